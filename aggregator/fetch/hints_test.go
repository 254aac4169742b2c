package fetch_test

import (
	"net/http"
	"testing"
	"time"

	"weir/aggregator/fetch"
)

func now() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// P23, P24, P25, P26, P27, XB19: how long an answer stays fresh.
func TestFreshness(t *testing.T) {
	const week = 7 * 24 * time.Hour
	at := func(d time.Duration) string { return now().Add(d).Format(http.TimeFormat) }
	for _, tc := range []struct {
		name   string
		h      http.Header
		want   time.Duration
		stated bool
	}{
		{"silent", http.Header{}, 0, false},
		{"max-age", http.Header{"Cache-Control": {"max-age=600"}}, 10 * time.Minute, true},
		{"any case, quoted, among others", http.Header{"Cache-Control": {`public, Max-Age = "600" , s-maxage=9`}}, 10 * time.Minute, true},
		{"the first counts", http.Header{"Cache-Control": {"max-age=60", "max-age=600"}}, time.Minute, true},
		{"a comma inside quotes", http.Header{"Cache-Control": {`x="a, max-age=60", max-age=600`}}, 10 * time.Minute, true},
		{"s-maxage is for shared caches", http.Header{"Cache-Control": {"s-maxage=600"}}, 0, false},
		{"no-store", http.Header{"Cache-Control": {"max-age=600, no-store"}}, 0, true},
		{"no-cache", http.Header{"Cache-Control": {"No-Cache"}, "Expires": {at(time.Hour)}}, 0, true},
		{"no-cache for one field", http.Header{"Cache-Control": {`no-cache="Set-Cookie", max-age=60`}}, time.Minute, true},
		{"max-age is no number", http.Header{"Cache-Control": {"max-age=soon"}, "Expires": {at(time.Hour)}}, 0, true},
		{"negative", http.Header{"Cache-Control": {"max-age=-1"}}, 0, true},
		{"absurd", http.Header{"Cache-Control": {"max-age=9000000000000000000"}}, week, true},
		{"more absurd", http.Header{"Cache-Control": {"max-age=99999999999999999999999999"}}, week, true},
		{"age is subtracted", http.Header{"Cache-Control": {"max-age=600"}, "Age": {"500"}}, 100 * time.Second, true},
		{"older than fresh", http.Header{"Cache-Control": {"max-age=600"}, "Age": {"700"}}, 0, true},
		{"bad age", http.Header{"Cache-Control": {"max-age=600"}, "Age": {"-5"}}, 10 * time.Minute, true},
		{"expires", http.Header{"Expires": {at(time.Hour)}}, time.Hour, true},
		{"expires by the response's clock", http.Header{"Expires": {at(time.Hour)}, "Date": {at(-time.Hour)}}, 2 * time.Hour, true},
		{"expires less age", http.Header{"Expires": {at(time.Hour)}, "Date": {at(0)}, "Age": {"600"}}, 50 * time.Minute, true},
		{"expires 0", http.Header{"Expires": {"0"}}, 0, true},
		{"expired", http.Header{"Expires": {at(-time.Hour)}}, 0, true},
		{"expires in RFC 850", http.Header{"Expires": {"Wednesday, 04-Mar-26 13:00:00 GMT"}}, time.Hour, true},
		{"expires in asctime", http.Header{"Expires": {"Wed Mar  4 13:00:00 2026"}}, time.Hour, true},
		{"expires in UTC", http.Header{"Expires": {"Wed, 04 Mar 2026 13:00:00 UTC"}}, time.Hour, true},
		{"in a zone of its own", http.Header{"Expires": {"Wed, 04 Mar 2026 13:00:00 PST"}}, 0, true},
		{"max-age over expires", http.Header{"Cache-Control": {"max-age=60"}, "Expires": {at(time.Hour)}}, time.Minute, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, stated := fetch.Freshness(tc.h, now())
			if got != tc.want || stated != tc.stated {
				t.Errorf("freshness = %v, %v; want %v, %v", got, stated, tc.want, tc.stated)
			}
		})
	}
}

// P59, XB18: both forms of Retry-After, clamped; what names no time ahead
// names none.
func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"120":                            2 * time.Minute,
		" 120 ":                          2 * time.Minute,
		"1":                              time.Minute,
		"99999999999":                    7 * 24 * time.Hour,
		"99999999999999999999999999":     7 * 24 * time.Hour,
		"Wed, 04 Mar 2026 12:30:00 GMT":  30 * time.Minute,
		"Wed, 04 Mar 2026 12:00:01 GMT":  time.Minute,
		"Fri, 31 Dec 9999 23:59:59 GMT":  7 * 24 * time.Hour,
		"Wed Mar  4 12:30:00 2026":       30 * time.Minute,
		"0":                              0,
		"-5":                             0,
		"":                               0,
		"soon":                           0,
		"1.5":                            0,
		"Wed, 04 Mar 2026 11:00:00 GMT":  0,
		"Thu, 01 Jan 1970 00:00:00 GMT":  0,
		"Wed, 04 Mar 2026 25:00:00 GMT":  0,
		"Wed, 04 Mar 2026 12:30:00 CEST": 0,
	} {
		got := fetch.RetryAfter(value, now())
		if want == 0 && !got.IsZero() || want != 0 && !got.Equal(now().Add(want)) {
			t.Errorf("RetryAfter(%q) = %v, want %v ahead", value, got, want)
		}
	}
}

// P26: Last-Modified dates the document.
func TestModified(t *testing.T) {
	for value, want := range map[string]time.Time{
		"Wed, 04 Mar 2026 12:00:00 GMT": now(),
		"Wed, 04 Mar 2026 12:00:00 UTC": now(),
		"yesterday":                     {},
	} {
		url := server(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Last-Modified", value) })
		if got := get(t, local(t, fetch.Options{}), url).Modified; !got.Equal(want) {
			t.Errorf("Last-Modified %q: %v, want %v", value, got, want)
		}
	}
}
