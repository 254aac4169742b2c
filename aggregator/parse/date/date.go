// Package date reads dates as feeds write them. Call [Read]; what cannot be
// read, or believed, is the zero [Reading]. A date that two numbers and a year
// make may mean two days: a Reading then holds both, and whoever knows the
// other dates of the feed chooses.
//
// A date is taken apart once, from the left. Nothing is guessed by trying
// layouts, so junk costs as little as dates do (XC15), and neither allocates.
package date

import (
	"strings"
	"time"
)

// Longest is the length in bytes of the longest text that is looked at.
const Longest = 64

// Reading is what a date can mean.
type Reading struct {
	// Day is the instant, in UTC, when the day comes first, or the only one;
	// Month is the instant when the month does. Zero means that it cannot be
	// read so.
	Day, Month time.Time
	// Numeric says that the order of day and month mattered.
	Numeric bool
	// Proof says that the order which was found is the writer's: the other is
	// impossible, or contradicts the weekday beside it.
	Proof bool
}

// Read reads a date as feeds write it: RFC 3339 and all of ISO 8601, RFC
// 822 with its descendants, epoch seconds, and what people and programs write
// in the languages of names.go. What it cannot read, or does not believe, is
// the zero Reading: years before 1990 or after 9999, and zones that nobody
// agrees on (I12 to I14). A date without a zone is UTC.
func Read(s string) Reading {
	if len(s) > Longest {
		return Reading{}
	}
	s = trimDate(s)
	t, ok := parseISO(s)
	if !ok {
		t, ok = parseEpoch(s)
	}
	if ok {
		return Reading{Day: believed(t)}
	}
	var w writing
	if !w.read(s) {
		return Reading{}
	}
	return w.meaning()
}

// believed returns t in UTC, or zero: an instant before feeds existed, or
// after four digits end, is a mistake of a program (I12).
func believed(t time.Time) time.Time {
	if t = t.UTC(); t.Year() < 1990 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// trimDate takes off what stands around dates by mistake.
func trimDate(s string) string {
	s = strings.TrimSpace(s)
	for len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	return s
}

// cursor takes a date apart from the left.
type cursor struct{ s string }

// number takes a number of between low and high digits.
func (r *cursor) number(low, high int) (int, bool) {
	n, i := 0, 0
	for i < len(r.s) && i < high && isDigit(r.s[i]) {
		n = n*10 + int(r.s[i]-'0')
		i++
	}
	if i < low {
		return 0, false
	}
	r.s = r.s[i:]
	return n, true
}

// digits counts the digits that come next.
func (r *cursor) digits() int {
	i := 0
	for i < len(r.s) && isDigit(r.s[i]) {
		i++
	}
	return i
}

// skip takes any of the given bytes and reports whether there was one.
func (r *cursor) skip(set string) bool {
	i := 0
	for i < len(r.s) && strings.IndexByte(set, r.s[i]) >= 0 {
		i++
	}
	r.s = r.s[i:]
	return i > 0
}

// one takes the given byte if it comes next.
func (r *cursor) one(c byte) bool {
	if r.s == "" || r.s[0] != c {
		return false
	}
	r.s = r.s[1:]
	return true
}

// word takes ASCII letters.
func (r *cursor) word() string {
	i := 0
	for i < len(r.s) && isLetter(r.s[i]) {
		i++
	}
	w := r.s[:i]
	r.s = r.s[i:]
	return w
}

// fraction takes a fraction of a second, as nanoseconds; finer digits than
// that are dropped.
func (r *cursor) fraction() int {
	if len(r.s) < 2 || r.s[0] != '.' && r.s[0] != ',' || !isDigit(r.s[1]) {
		return 0
	}
	n, unit := 0, 100_000_000
	for r.s = r.s[1:]; len(r.s) > 0 && isDigit(r.s[0]); r.s = r.s[1:] {
		n += int(r.s[0]-'0') * unit
		unit /= 10
	}
	return n
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// clock is a time of day. 24:00 and a leap second roll over.
type clock struct {
	hour, minute, second, nano int
}

func (c clock) valid() bool {
	return c.hour < 24 && c.minute < 60 && c.second <= 60 ||
		c.hour == 24 && c.minute == 0 && c.second == 0 && c.nano == 0
}

// civil is a day of the calendar.
type civil struct{ year, month, day int }

func civilOf(t time.Time) civil { return civil{t.Year(), int(t.Month()), t.Day()} }

// instant builds a time, refusing days that the month does not have.
func instant(d civil, c clock, offset int) (time.Time, bool) {
	if d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || !c.valid() {
		return time.Time{}, false
	}
	t := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
	if t.Day() != d.day {
		return time.Time{}, false
	}
	seconds := c.hour*3600 + c.minute*60 + c.second - offset
	return t.Add(time.Duration(seconds)*time.Second + time.Duration(c.nano)), true
}

// shortYear completes a year of two digits, which is of this century until 68
// (POSIX), and one of three, which counts from 1900: programs that did so are
// still about.
func shortYear(y, digits int) (int, bool) {
	switch {
	case digits == 4:
		return y, true
	case digits == 2 && y < 69:
		return y + 2000, true
	case digits == 2, digits == 3 && y < 200:
		return y + 1900, true
	}
	return 0, false
}

// parseEpoch reads seconds since 1970, with or without a fraction, and
// milliseconds and microseconds, which their length tells from seconds.
func parseEpoch(s string) (time.Time, bool) {
	r := cursor{s}
	digits := r.digits()
	n, ok := r.number(9, 16)
	if !ok || digits > 16 {
		return time.Time{}, false
	}
	fraction := r.fraction()
	switch {
	case r.s != "":
		return time.Time{}, false
	case digits <= 10:
		return time.Unix(int64(n), int64(fraction)), true
	case digits == 12 || digits == 13:
		return time.UnixMilli(int64(n)), true
	case digits == 15 || digits == 16:
		return time.UnixMicro(int64(n)), true
	}
	return time.Time{}, false
}
