package date

import (
	"strings"
	"testing"
	"time"
)

// readings are dates as feeds write them, and what they mean; nothing, for
// those that must be refused (I12 to I14, G22).
func readings() []struct{ in, want string } {
	return []struct{ in, want string }{
		// RFC 822 and its descendants.
		{"Tue, 03 Mar 2026 08:15:00 GMT", "2026-03-03T08:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 +0100", "2026-03-03T07:15:00Z"},
		{"Tue, 3 Mar 2026 08:15:00 -0500", "2026-03-03T13:15:00Z"},
		{"Tue,  3 Mar 2026 08:15:00  EST", "2026-03-03T13:15:00Z"},
		{"Tue 03 Mar 2026 08:15:00 -800", "2026-03-03T16:15:00Z"},
		{"Tue, 03 Mar 2026 08:15 EDT", "2026-03-03T12:15:00Z"},
		{"Tuesday, 03-Mar-26 08:15:00 GMT", "2026-03-03T08:15:00Z"},
		{"Tuesday 3 March 26 08:15 CST", "2026-03-03T14:15:00Z"},
		{"3 Mar 26 08:15 UT", "2026-03-03T08:15:00Z"},
		{"Thu, 03 Mar 98 08:15:00 GMT", "1998-03-03T08:15:00Z"},
		{"3 Mar 126 08:15", "2026-03-03T08:15:00Z"},
		{"Tues, 3rd Sept. 2024, 8:15 pm", "2024-09-03T20:15:00Z"},
		{"TUE, 03 MAR 2026 08:15:00 gmt", "2026-03-03T08:15:00Z"},
		{"Tue,03 Mar 2026 08:15:00GMT", "2026-03-03T08:15:00Z"},
		{"Tue, 03 Mar, 2026 08:15:00 GMT", "2026-03-03T08:15:00Z"},
		{"Tue., 03. Mar. 2026 08:15:00 Z", "2026-03-03T08:15:00Z"},
		{"03 Mar 2026", "2026-03-03T00:00:00Z"},
		{"Tue, 03 Mar 2026 24:00:00 GMT", "2026-03-04T00:00:00Z"},
		{"Tue, 03 Mar 2026 8:5:3 GMT", "2026-03-03T08:05:03Z"},
		{"Tue, 03 Mar 2026 0815 +0000", "2026-03-03T08:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 GMT+0200", "2026-03-03T06:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 UTC+2", "2026-03-03T06:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 GMT -05:30", "2026-03-03T13:45:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 +02", "2026-03-03T06:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 +5:30", "2026-03-03T02:45:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 \u22120500", "2026-03-03T13:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 +0200 (CEST)", "2026-03-03T06:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 +0200 CEST", "2026-03-03T06:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 (PST)", "2026-03-03T16:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 (our time)", "2026-03-03T08:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 Etc/GMT", "2026-03-03T08:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 JST", "2026-03-02T23:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 AEST", "2026-03-02T22:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 MESZ", "2026-03-03T06:15:00Z"},
		{"Tue, 03 Mar 2026 08:15:00 IST", "2026-03-03T02:45:00Z"},
		{"Tue, 03 Mar 2026 08:15:00", "2026-03-03T08:15:00Z"},
		{"\"Tue, 03 Mar 2026 08:15:00 GMT\"", "2026-03-03T08:15:00Z"},
		// asctime, date, JavaScript, Ruby, Go, Twitter, Perforce.
		{"Tue Mar  3 08:15:00 2026", "2026-03-03T08:15:00Z"},
		{"Tue Mar  3 08:15:00 UTC 2026", "2026-03-03T08:15:00Z"},
		{"Tue Mar  3 08:15:00 CET 2026", "2026-03-03T07:15:00Z"},
		{"Tue Mar 03 08:15:00 +0100 2026", "2026-03-03T07:15:00Z"},
		{"Tue  3 Mar 08:15:00 UTC 2026", "2026-03-03T08:15:00Z"},
		{"Tue Mar 03 2026 08:15:00 GMT+0100 (Central European Standard Time)", ""}, // too long for a date
		{"Tue Mar 03 2026 08:15:00 GMT+0100 (CET)", "2026-03-03T07:15:00Z"},
		{"2026-03-03 08:15:00.5 +0100 CET", "2026-03-03T07:15:00.5Z"},
		{"Tue, 2026/03/03 08:15:00 EST", "2026-03-03T13:15:00Z"},
		// As people write.
		{"March 3, 2026", "2026-03-03T00:00:00Z"},
		{"March 3rd, 2026 at 8:15 p.m.", "2026-03-03T20:15:00Z"},
		{"Mar 3, 2026 12:15 AM", "2026-03-03T00:15:00Z"},
		{"Tuesday, March 3, 2026 - 8:15pm", "2026-03-03T20:15:00Z"},
		{"3 March 2026 8 pm", "2026-03-03T20:00:00Z"},
		{"the 3rd of March 2026", "2026-03-03T00:00:00Z"},
		{"08:15, 3 March 2026", "2026-03-03T08:15:00Z"},
		{"Posted on Tuesday 3 March 2026", "2026-03-03T00:00:00Z"},
		{"2026 March 3", "2026-03-03T00:00:00Z"},
		{"2026-Mar-03 08:15", "2026-03-03T08:15:00Z"},
		{"March 2026", "2026-03-01T00:00:00Z"},
		// RFC 3339 and ISO 8601.
		{"2026-03-03T08:15:00Z", "2026-03-03T08:15:00Z"},
		{"2026-03-03t08:15:00z", "2026-03-03T08:15:00Z"},
		{"2026-03-03T08:15:00.123456Z", "2026-03-03T08:15:00.123456Z"},
		{"2026-03-03T08:15:00,5Z", "2026-03-03T08:15:00.5Z"},
		{"2026-03-03T08:15:00+05:30", "2026-03-03T02:45:00Z"},
		{"2026-03-03T08:15:00+0530", "2026-03-03T02:45:00Z"},
		{"2026-03-03T08:15:00+02", "2026-03-03T06:15:00Z"},
		{"2026-03-03T08:15:00 +01:00", "2026-03-03T07:15:00Z"},
		{"2026-03-03T08:15-08:00", "2026-03-03T16:15:00Z"},
		{"2026-03-03T08:15:00+00:00Z", "2026-03-03T08:15:00Z"},
		{"2026-03-03T08:15:00+01:00[Europe/Paris]", "2026-03-03T07:15:00Z"},
		{"2026-03-03 08:15:00 +0000", "2026-03-03T08:15:00Z"},
		{"2026-03-03 08:15:00 UTC", "2026-03-03T08:15:00Z"},
		{"2026-03-03 08:15:00.0", "2026-03-03T08:15:00Z"},
		{"2026-03-03 8:15 PM", "2026-03-03T20:15:00Z"},
		{"2026-03-03T08:15:00", "2026-03-03T08:15:00Z"},
		{"2026-03-03T24:00:00Z", "2026-03-04T00:00:00Z"},
		{"2026-06-30T23:59:60Z", "2026-07-01T00:00:00Z"},
		{"2026-03-03T08Z", "2026-03-03T08:00:00Z"},
		{"2026-03-03", "2026-03-03T00:00:00Z"},
		{"2026-03-03Z", "2026-03-03T00:00:00Z"},
		{"2026-03-03+01:00", "2026-03-02T23:00:00Z"},
		{"2026/03/03", "2026-03-03T00:00:00Z"},
		{"2026/3/3 8:15:00", "2026-03-03T08:15:00Z"},
		{"2026.03.03", "2026-03-03T00:00:00Z"},
		{"2026. 3. 3.", "2026-03-03T00:00:00Z"},
		{"2026-03", "2026-03-01T00:00:00Z"},
		{"2026", "2026-01-01T00:00:00Z"},
		{"20260303", "2026-03-03T00:00:00Z"},
		{"20260303T081500Z", "2026-03-03T08:15:00Z"},
		{"20260303T0815+0100", "2026-03-03T07:15:00Z"},
		{"20260303081500", "2026-03-03T08:15:00Z"},
		{"2026-062", "2026-03-03T00:00:00Z"},
		{"2026062", "2026-03-03T00:00:00Z"},
		{"2026-062T08:15Z", "2026-03-03T08:15:00Z"},
		{"2026-W10-2", "2026-03-03T00:00:00Z"},
		{"2026W102", "2026-03-03T00:00:00Z"},
		{"2026-W01-1", "2025-12-29T00:00:00Z"},
		{" \n2026-03-03T08:15:00Z ", "2026-03-03T08:15:00Z"},
		// Epochs.
		{"1772525700", "2026-03-03T08:15:00Z"},
		{"1772525700.5", "2026-03-03T08:15:00.5Z"},
		{"1772525700123", "2026-03-03T08:15:00.123Z"},
		{"1772525700123456", "2026-03-03T08:15:00.123456Z"},
		{"2199-01-01T00:00:00Z", "2199-01-01T00:00:00Z"}, // the future is not ours to judge
		// Numbers whose order one of them settles.
		{"25/03/2026", "2026-03-25T00:00:00Z"},
		{"03/25/2026 8:15 PM", "2026-03-25T20:15:00Z"},
		{"03/03/2026", "2026-03-03T00:00:00Z"},
		{"03.04.2026", "2026-04-03T00:00:00Z"},
		{"3.4.26 08:15", "2026-04-03T08:15:00Z"},
		{"03.04.2026, 08.15 Uhr", "2026-04-03T08:15:00Z"},
		{"25-03-2026 08:15", "2026-03-25T08:15:00Z"},
		{"98-12-31", "1998-12-31T00:00:00Z"},
		{"Fri, 03/04/2026", "2026-04-03T00:00:00Z"}, // 3 April is a Friday, 4 March is none
		{"Wed 03/04/2026", "2026-03-04T00:00:00Z"},
		// Not believed.
		{"0001-01-01T00:00:00Z", ""},
		{"Mon, 01 Jan 0001 00:00:00 +0000", ""},
		{"1970-01-01T00:00:00Z", ""},
		{"Thu, 01 Jan 1970 00:00:00 GMT", ""},
		{"0000-00-00 00:00:00", ""},
		{"1989-12-31T23:59:59Z", ""},
		{"10000-01-01T00:00:00Z", ""},
		{"2026-02-30T00:00:00Z", ""},
		{"2026-13-01", ""},
		{"2026-367", ""},
		{"2026-W54-1", ""},
		{"Tue, 31 Feb 2026 00:00:00 GMT", ""},
		{"Tue, 03 Mar 2026 08:15:00 XYZ", ""},
		{"Tue, 03 Mar 2026 08:15:00 A", ""}, // RFC 5322 §4.3
		{"Tue, 03 Mar 2026 08:15:00 ET", ""},
		{"Tue, 03 Mar 2026 08:15:00 (XYZ)", ""},
		{"Tue, 03 Mar 2026 08:15:00 Mars/Olympus", ""},
		{"Tue, 03 Mar 2026 08:15:00 EST-0400", ""},
		{"Tue, 03 Mar 2026 08:15:00 +9999", ""},
		{"Tue, 03 Mar 2026 08:15:00 +010000", ""},
		{"2026-03-03T08:15:00+01:00Z", ""},
		{"2026-03-03T25:00:00Z", ""},
		{"2026-03-03T24:01:00Z", ""},
		{"2026-03-03T08:60:00Z", ""},
		{"03/04/2026", ""}, // which is the month?
		{"03-04-2026", ""},
		{"03-12-31", ""},
		{"35/35/2026", ""},
		{"3 Martian 2026", ""},
		{"3 Mar", ""},
		{"3 Mar 2026 8", ""},
		{"08:15", ""},
		{"3 days ago", ""},
		{"yesterday", ""},
		{"12345", ""},
		{"", ""},
		{"-", ""},
		{"+", ""},
		{"[", ""},
		{"(", ""},
		{strings.Repeat("2026-03-03 ", 9), ""},
	}
}

// One date, one instant, or none.
func TestReadDate(t *testing.T) {
	for _, tt := range readings() {
		check(t, tt.in, tt.want)
	}
}

// check reads a date without knowing the order of day and month.
func check(t *testing.T, in, want string) {
	t.Helper()
	r := Read(in)
	got := r.Day
	switch {
	case r.Numeric && got.IsZero():
		got = r.Month
	case r.Numeric && !r.Month.IsZero():
		got = time.Time{}
	}
	if s := got.Format(time.RFC3339Nano); (want == "") != got.IsZero() || want != "" && s != want {
		t.Errorf("%q: %s, want %q", in, s, want)
	}
	if got.Location() != time.UTC {
		t.Errorf("%q: not in UTC", in)
	}
}

// Dates in other languages than English (G22).
func TestReadDateInOtherLanguages(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"Dienstag, 3. März 2026, 8:15 Uhr", "2026-03-03T08:15:00Z"},
		{"Di, 03 Mrz 2026 08:15:00 +0100", "2026-03-03T07:15:00Z"},
		{"am 24. Dezember 2025 um 14.30 Uhr", "2025-12-24T14:30:00Z"},
		{"24. Jänner 2026", "2026-01-24T00:00:00Z"},
		{"mardi 3 mars 2026 à 8h15", "2026-03-03T08:15:00Z"},
		{"mar., 03 févr. 2026 08:15:00 +0100", "2026-02-03T07:15:00Z"},
		{"1er août 2026", "2026-08-01T00:00:00Z"},
		{"jeu, 24 déc 2025 14:30:00 GMT", "2025-12-24T14:30:00Z"},
		{"martes, 3 de marzo de 2026, 8:15", "2026-03-03T08:15:00Z"},
		{"mar, 03 mar 2026 08:15:00 +0000", "2026-03-03T08:15:00Z"},
		{"3 de enero de 2026 8:15 p. m.", "2026-01-03T20:15:00Z"},
		{"mer, 24 dic 2025 14:30:00 +0100", "2025-12-24T13:30:00Z"},
		{"3 gennaio 2026 alle ore 08.15", "2026-01-03T08:15:00Z"},
		{"terça-feira, 3 de março de 2026", "2026-03-03T00:00:00Z"},
		{"Qua, 24 Dez 2025 14:30:00 -0300", "2025-12-24T17:30:00Z"},
		{"3 de outubro de 2025 às 8h15", "2025-10-03T08:15:00Z"},
		{"dinsdag 3 maart 2026 om 08:15", "2026-03-03T08:15:00Z"},
		{"wtorek, 3 października 2025 08:15", "2025-10-03T08:15:00Z"},
		{"3 listopada 2025", "2025-11-03T00:00:00Z"},
		{"Вт, 03 мар 2026 08:15:00 +0300", "2026-03-03T05:15:00Z"},
		{"3 сентября 2025 г. в 8:15", "2025-09-03T08:15:00Z"},
		{"вівторок, 3 березня 2026 р.", "2026-03-03T00:00:00Z"},
		{"úterý 3. března 2026 v 8:15", ""},
		{"úterý 3. března 2026 8:15", "2026-03-03T08:15:00Z"},
		{"3. září 2025", "2025-09-03T00:00:00Z"},
		{"tisdag den 3 mars 2026 kl. 08:15", "2026-03-03T08:15:00Z"},
		{"lør, 03 okt 2025 08:15:00 +0200", "2025-10-03T06:15:00Z"},
		{"3. desember 2025 kl 08.15", "2025-12-03T08:15:00Z"},
		{"ti 3. maaliskuuta 2026 klo 8.15", "2026-03-03T08:15:00Z"},
		{"3 Ağustos 2025 Pazar 08:15", ""},
		{"Pazar, 3 Ağustos 2025 08:15", "2025-08-03T08:15:00Z"},
		{"Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"},
		{"3 Σεπτεμβρίου 2025", "2025-09-03T00:00:00Z"},
		{"2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z"},
		{"2025. szeptember 3.", "2025-09-03T00:00:00Z"},
		{"marți, 3 martie 2026", "2026-03-03T00:00:00Z"},
		{"3 שבט 2026", ""},
		{"3 מרץ 2026", "2026-03-03T00:00:00Z"},
		{"3 مارس 2026", "2026-03-03T00:00:00Z"},
		{"3 tháng 3 năm 2026", "2026-03-03T00:00:00Z"},
		{"2004年05月28日", "2004-05-28T00:00:00Z"},
		{"2026年3月3日(火) 8時15分30秒", "2026-03-03T08:15:30Z"},
		{"2026年3月3日 星期二 下午 3:05", "2026-03-03T15:05:00Z"},
		{"2026 年 3 月 3 日 08:15:00 +0800", "2026-03-03T00:15:00Z"},
		{"2004년 05월 28일 10:21:31", "2004-05-28T10:21:31Z"},
		{"2026년 3월 3일 화요일 오후 8시 15분", "2026-03-03T20:15:00Z"},
		{"2004-05-25 오전 11:23:17", "2004-05-25T11:23:17Z"},
		{"2004-05-25 오후 11:23:17", "2004-05-25T23:23:17Z"},
		{"2026. 3. 3. 오후 8:15", "2026-03-03T20:15:00Z"},
		{"3 Mar 2026\u00a008:15", "2026-03-03T08:15:00Z"},
	} {
		check(t, tt.in, tt.want)
	}
}

// Every name of a month belongs to one month only, and is written as it is
// looked up.
func TestMonthNames(t *testing.T) {
	seen := map[string]time.Month{}
	for m := time.January; m <= time.December; m++ {
		for _, name := range strings.Fields(monthNames(m)) {
			if other, ok := seen[name]; ok && other != m {
				t.Errorf("%s is %s and %s", name, other, m)
			}
			seen[name] = m
			var w writing
			w.s = name
			var b [48]byte
			if word, ok := w.folded(b[:0]); !ok || w.s != "" || monthOf(word) != int(m) {
				t.Errorf("%s is looked up as %q, month %d", name, word, monthOf(word))
			}
		}
	}
	if len(seen) < 300 {
		t.Errorf("only %d names", len(seen))
	}
}

// What time.Parse reads of a well-formed layout, we read alike.
func TestReadDateAgreesWithTheLibrary(t *testing.T) {
	layouts := []string{
		time.RFC1123, time.RFC1123Z, time.RFC822Z, time.RFC850, time.ANSIC, time.UnixDate, time.RubyDate,
		time.RFC3339, time.RFC3339Nano, time.DateTime, time.DateOnly,
		"2006-01-02T15:04:05-0700", "20060102T150405Z0700", "2006-002T15:04:05Z07:00", "Jan _2, 2006 3:04:05 PM",
		"2 January 2006 15:04", "Monday, January 2, 2006 3:04 PM -07:00", "2006/01/02 15:04:05",
	}
	zones := []*time.Location{time.UTC, time.FixedZone("EST", -5*3600), time.FixedZone("CEST", 2*3600)}
	at := time.Date(1990, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	for n := 0; at.Year() < 2060; n++ {
		at = at.Add(397*time.Hour + 11*time.Minute + 13*time.Second)
		layout, zone := layouts[n%len(layouts)], zones[n%len(zones)]
		text := at.In(zone).Format(layout)
		want, err := time.Parse(layout, text)
		if err != nil {
			t.Fatal(err)
		}
		if name, offset := want.Zone(); offset == 0 && strings.Contains(layout, "MST") {
			_, there := at.In(zone).Zone() // time.Parse invents zones for names
			want = want.Add(-time.Duration(there) * time.Second)
			_ = name
		}
		if got := Read(text).Day; !got.Equal(want) {
			t.Fatalf("%q: %s, want %s", text, got, want.UTC())
		}
	}
}

// No date costs an allocation, and neither does junk (XC15).
func TestReadDateAllocatesNothing(t *testing.T) {
	for _, tt := range readings() {
		if n := testing.AllocsPerRun(20, func() { Read(tt.in) }); n > 0 {
			t.Errorf("%q: %v allocations", tt.in, n)
		}
	}
	for _, s := range []string{
		"Dienstag, 3. März 2026, 8:15 Uhr", "2026년 3월 3일 화요일 오후 8시 15분", "last Tuesday or so", "Κυρ, 11 Ιούλ 2004 12:00:00 EST",
	} {
		if n := testing.AllocsPerRun(100, func() { Read(s) }); n > 0 {
			t.Errorf("%q: %v allocations", s, n)
		}
	}
}

// FuzzDate: whatever comes, a reading is within the years of feeds, in UTC,
// and reads the same when it is written down.
func FuzzDate(f *testing.F) {
	for _, tt := range readings() {
		f.Add(tt.in)
	}
	f.Add("2026년 3월 3일 화요일 오후 8시 15분")
	f.Fuzz(func(t *testing.T, s string) {
		r := Read(s)
		if r != Read(s) {
			t.Errorf("%q reads twice differently", s)
		}
		for _, d := range [...]time.Time{r.Day, r.Month} {
			if d.IsZero() {
				continue
			}
			if d.Year() < 1990 || d.Year() > 9999 || d.Location() != time.UTC {
				t.Errorf("%q became %v", s, d)
			}
			if again := Read(d.Format(time.RFC3339Nano)); !again.Day.Equal(d) {
				t.Errorf("%q became %v, and that %v", s, d, again.Day)
			}
		}
	})
}

func BenchmarkRead(b *testing.B)    { benchmark(b, "Tue, 03 Mar 2026 08:15:00 GMT") }
func BenchmarkReadISO(b *testing.B) { benchmark(b, "2026-03-03T08:15:00Z") }

func benchmark(b *testing.B, s string) {
	b.ReportAllocs()
	for b.Loop() {
		if Read(s).Day.IsZero() {
			b.Fatal(s)
		}
	}
}
