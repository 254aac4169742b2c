package parse

import (
	"strconv"
	"strings"
	"time"
)

// parseDate reads a date as feeds write it: RFC 3339 and what looks like it,
// RFC 822 with its descendants, and epoch seconds. What it cannot read, or
// does not believe, is the zero time: years before 1990 or after 9999, and
// zones that RFC 822 does not name (I12 to I14). A date without a zone is UTC.
//
// The common forms cost no allocation; nothing is ever guessed by trying
// layouts, so junk costs as little as dates do (XC15).
func parseDate(s string) time.Time {
	if len(s) > maxDate {
		return time.Time{}
	}
	s = strings.TrimSpace(s)
	t, ok := parseISO(s)
	if !ok {
		t, ok = parseMail(s)
	}
	if !ok {
		t, ok = parseEpoch(s)
	}
	if t = t.UTC(); !ok || t.Year() < 1990 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// dateReader takes a date apart from the left.
type dateReader struct{ s string }

// number takes a number of between low and high digits.
func (r *dateReader) number(low, high int) (int, bool) {
	n, i := 0, 0
	for i < len(r.s) && i < high && r.s[i]-'0' <= 9 {
		n = n*10 + int(r.s[i]-'0')
		i++
	}
	if i < low {
		return 0, false
	}
	r.s = r.s[i:]
	return n, true
}

// skip takes any of the given bytes and reports whether there was one.
func (r *dateReader) skip(set string) bool {
	i := 0
	for i < len(r.s) && strings.IndexByte(set, r.s[i]) >= 0 {
		i++
	}
	r.s = r.s[i:]
	return i > 0
}

// word takes letters.
func (r *dateReader) word() string {
	i := 0
	for i < len(r.s) && (r.s[i]|0x20 >= 'a' && r.s[i]|0x20 <= 'z') {
		i++
	}
	w := r.s[:i]
	r.s = r.s[i:]
	return w
}

// clock is a time of day.
type clock struct {
	hour, minute, second, nano int
}

// clock takes hh:mm with optional seconds and fraction; 24:00 and a leap
// second roll over.
func (r *dateReader) clock() (clock, bool) {
	var c clock
	var ok bool
	if c.hour, ok = r.number(1, 2); !ok {
		return c, false
	}
	if !r.skip(":") && !r.skip(".") {
		return c, false
	}
	if c.minute, ok = r.number(2, 2); !ok {
		return c, false
	}
	if strings.HasPrefix(r.s, ":") {
		r.s = r.s[1:]
		if c.second, ok = r.number(1, 2); !ok {
			return c, false
		}
		c.nano = r.fraction()
	}
	switch w := strings.TrimLeft(r.s, " "); {
	case hasFold(w, "pm") && c.hour < 12:
		c.hour += 12
		r.s = w[2:]
	case hasFold(w, "pm"):
		r.s = w[2:]
	case hasFold(w, "am"):
		if c.hour == 12 {
			c.hour = 0
		}
		r.s = w[2:]
	}
	return c, c.hour <= 24 && c.minute < 60 && c.second <= 60
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func (r *dateReader) fraction() int {
	if len(r.s) < 2 || r.s[0] != '.' && r.s[0] != ',' || r.s[1]-'0' > 9 {
		return 0
	}
	n, unit := 0, 100_000_000
	for r.s = r.s[1:]; len(r.s) > 0 && r.s[0]-'0' <= 9; r.s = r.s[1:] {
		n += int(r.s[0]-'0') * unit
		unit /= 10
	}
	return n
}

// zone takes the offset from UTC in seconds: Z, a signed offset, one of RFC
// 822's names, or GMT with an offset behind it. Nothing is UTC; a name that
// is not known is refused, because it would move the instant (G22).
func (r *dateReader) zone() (int, bool) {
	r.skip(" ")
	if r.s == "" {
		return 0, true
	}
	if r.s[0] != '+' && r.s[0] != '-' {
		name := r.word()
		offset, ok := namedZone(name)
		if !ok {
			return 0, false
		}
		if r.skip(" "); offset != 0 || r.s == "" || r.s[0] != '+' && r.s[0] != '-' {
			return offset, name != ""
		}
	}
	sign := 1
	if r.s[0] == '-' {
		sign = -1
	}
	r.s = r.s[1:]
	h, ok := r.number(1, 2)
	if !ok {
		return 0, false
	}
	r.skip(":")
	m, _ := r.number(2, 2)
	if h > 15 || m > 59 {
		return 0, false
	}
	return sign * (h*3600 + m*60), true
}

func namedZone(name string) (seconds int, ok bool) {
	if len(name) > 4 {
		return 0, false
	}
	const hour = 3600
	switch strings.ToUpper(name) {
	case "Z", "GMT", "UT", "UTC":
		return 0, true
	case "EST":
		return -5 * hour, true
	case "EDT":
		return -4 * hour, true
	case "CST":
		return -6 * hour, true
	case "CDT":
		return -5 * hour, true
	case "MST":
		return -7 * hour, true
	case "MDT":
		return -6 * hour, true
	case "PST":
		return -8 * hour, true
	case "PDT":
		return -7 * hour, true
	case "CET", "MEZ":
		return 1 * hour, true
	case "CEST", "MESZ":
		return 2 * hour, true
	}
	return 0, false
}

// date builds the instant, refusing days that the month does not have.
func date(year, month, day int, c clock, offset int) (time.Time, bool) {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day {
		return time.Time{}, false
	}
	seconds := c.hour*3600 + c.minute*60 + c.second - offset
	return t.Add(time.Duration(seconds)*time.Second + time.Duration(c.nano)), true
}

// parseISO reads YYYY-MM-DD, or parts of it, with an optional time.
func parseISO(s string) (time.Time, bool) {
	r := dateReader{s}
	year, ok := r.number(4, 4)
	if !ok {
		return time.Time{}, false
	}
	month, day := 1, 1
	switch {
	case r.s == "":
	case r.skip("-/."):
		if month, ok = r.number(1, 2); !ok {
			return time.Time{}, false
		}
		if r.skip("-/.") {
			if day, ok = r.number(1, 2); !ok {
				return time.Time{}, false
			}
		}
	case len(r.s) == 4:
		month, _ = r.number(2, 2)
		if day, ok = r.number(2, 2); !ok {
			return time.Time{}, false
		}
	default:
		return time.Time{}, false
	}
	if r.s == "" {
		return date(year, month, day, clock{}, 0)
	}
	if !r.skip("Tt ") {
		return time.Time{}, false
	}
	c, ok := r.clock()
	if !ok {
		return time.Time{}, false
	}
	offset, ok := r.zone()
	if !ok || strings.TrimSpace(r.s) != "" {
		return time.Time{}, false
	}
	return date(year, month, day, c, offset)
}

// parseMail reads the family of RFC 822: an optional weekday, day and month
// in either order, a year of two or four digits, an optional time and zone.
// It also reads asctime's order, where the year comes after the time.
func parseMail(s string) (time.Time, bool) {
	r := dateReader{s}
	w := r.word()
	month := monthOf(w)
	if w != "" && month == 0 {
		r.skip(" ,.")
		month = monthOf(r.word())
	}
	r.skip(" ,.-")
	day, ok := r.number(1, 2)
	if !ok {
		return time.Time{}, false
	}
	for _, suffix := range [...]string{"st", "nd", "rd", "th"} {
		if hasFold(r.s, suffix) {
			r.s = r.s[2:]
			break
		}
	}
	r.skip(" ,.-")
	if month == 0 {
		if month = monthOf(r.word()); month == 0 {
			return time.Time{}, false
		}
		r.skip(" ,.-")
	}
	if len(r.s) > 2 && (r.s[2] == ':' || r.s[1] == ':') {
		return asctime(&r, month, day)
	}
	year, ok := r.year()
	if !ok {
		return time.Time{}, false
	}
	r.skip(" ,T-")
	var c clock
	if r.s != "" {
		if c, ok = r.clock(); !ok {
			return time.Time{}, false
		}
	}
	offset, ok := r.zone()
	if !ok || trailing(r.s) {
		return time.Time{}, false
	}
	return date(year, month, day, c, offset)
}

// trailing reports whether something other than a comment follows a date.
func trailing(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && s[0] != '('
}

func asctime(r *dateReader, month, day int) (time.Time, bool) {
	c, ok := r.clock()
	if !ok {
		return time.Time{}, false
	}
	r.skip(" ")
	offset := 0
	if r.s != "" && r.s[0]-'0' > 9 {
		name := r.word()
		if offset, ok = namedZone(name); !ok {
			return time.Time{}, false
		}
		r.skip(" ")
	}
	year, ok := r.year()
	if !ok || trailing(r.s) {
		return time.Time{}, false
	}
	return date(year, month, day, c, offset)
}

// year takes a year; two digits are of this century until 68 (POSIX).
func (r *dateReader) year() (int, bool) {
	rest := len(r.s)
	y, ok := r.number(2, 5)
	switch digits := rest - len(r.s); {
	case !ok:
		return 0, false
	case digits == 4:
		return y, true
	case digits == 2 && y < 69:
		return y + 2000, true
	case digits <= 3:
		return y + 1900, true
	}
	return 0, false
}

// monthOf recognises an English month by its first three letters, 0 if it is
// none; a word that only begins like one is none either.
func monthOf(w string) int {
	const months = "janfebmaraprmayjunjulaugsepoctnovdec"
	if len(w) < 3 || len(w) > 9 {
		return 0
	}
	var b [3]byte
	for i := range b {
		b[i] = w[i] | 0x20
	}
	for m := range 12 {
		if string(b[:]) != months[3*m:3*m+3] {
			continue
		}
		full := time.Month(m + 1).String()
		if len(w) == 3 || hasFold(full, w) || strings.EqualFold(w, "sept") {
			return m + 1
		}
	}
	return 0
}

// parseEpoch reads seconds or milliseconds since 1970.
func parseEpoch(s string) (time.Time, bool) {
	if len(s) < 9 || len(s) > 13 {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return time.Time{}, false
	}
	if len(s) >= 12 {
		return time.UnixMilli(n), true
	}
	return time.Unix(n, 0), true
}
