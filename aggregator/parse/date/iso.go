package date

import (
	"strings"
	"time"
)

// parseISO reads ISO 8601 as it is and as it is mangled: calendar, ordinal and
// week dates, whole or in part, with or without hyphens, slashes or points in
// their place, and a time behind T, t, _ or spaces. RFC 3339 and the W3C's
// profile are among it.
func parseISO(s string) (time.Time, bool) {
	r := cursor{s}
	compact := r.digits()
	year, ok := r.number(4, 4)
	if !ok {
		return time.Time{}, false
	}
	d := civil{year, 1, 1}
	switch {
	case r.s == "":
	case compact == 4 && r.skip("-/."):
		d, ok = r.isoDay(year)
	case compact == 4 && r.s[0]|0x20 == 'w':
		d, ok = r.isoWeek(year)
	case compact == 7:
		day, _ := r.number(3, 3)
		d, ok = ordinal(year, day)
	case compact == 8 || compact == 12 || compact == 14:
		d.month, _ = r.number(2, 2)
		d.day, _ = r.number(2, 2)
	default:
		return time.Time{}, false
	}
	if !ok {
		return time.Time{}, false
	}
	c, offset, ok := r.isoTime(compact)
	if !ok {
		return time.Time{}, false
	}
	return instant(d, c, offset)
}

// isoDay takes what follows the year and a hyphen.
func (r *cursor) isoDay(year int) (d civil, ok bool) {
	if r.s != "" && r.s[0]|0x20 == 'w' {
		return r.isoWeek(year)
	}
	if r.digits() == 3 {
		day, _ := r.number(3, 3)
		return ordinal(year, day)
	}
	d = civil{year, 1, 1}
	if d.month, ok = r.number(1, 2); !ok || !r.skip("-/.") {
		return d, ok
	}
	d.day, ok = r.number(1, 2)
	r.one('.') // 2026.3.3.
	return d, ok
}

// ordinal turns the day of a year into month and day.
func ordinal(year, day int) (civil, bool) {
	d := civilOf(time.Date(year, 1, day, 0, 0, 0, 0, time.UTC))
	return d, day >= 1 && d.year == year
}

// isoWeek takes Www or Www-D. Week 1 holds the year's first Thursday, so that
// its days may lie in the year before, and the last week's in the one after.
func (r *cursor) isoWeek(year int) (d civil, ok bool) {
	r.s = r.s[1:]
	week, ok := r.number(2, 2)
	if !ok || week < 1 || week > 53 {
		return d, false
	}
	weekday := 1
	if r.skip("-") || r.digits() == 1 {
		if weekday, ok = r.number(1, 1); !ok || weekday < 1 || weekday > 7 {
			return d, false
		}
	}
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	return civilOf(fourth.AddDate(0, 0, (week-1)*7+weekday-1-(int(fourth.Weekday())+6)%7)), true
}

// isoTime takes the time and the zone that may follow a day. compact is the
// number of digits in a row at the start: more than eight hold the time too.
func (r *cursor) isoTime(compact int) (c clock, offset int, ok bool) {
	switch {
	case r.s == "":
		return c, 0, true
	case compact > 8:
		c, ok = r.compactClock()
	case r.skip("Tt_ ,"):
		if r.s == "" {
			return c, 0, true
		}
		if r.digits() > 2 {
			c, ok = r.compactClock()
		} else {
			c, ok = r.clock()
		}
	default: // xsd:date has a zone and no time.
		ok = r.s[0] == 'Z' || r.s[0] == '+' || r.s[0] == '-' && compact == 4 && len(r.s) == 6
	}
	if !ok {
		return c, 0, false
	}
	offset, ok = r.zone()
	return c, offset, ok && r.remark()
}

// clock takes h:mm with optional seconds and fraction, or the hour alone.
func (r *cursor) clock() (c clock, ok bool) {
	if c.hour, ok = r.number(1, 2); !ok {
		return c, false
	}
	if !r.one(':') {
		// W3CDTF has no such time, but ISO 8601 has; what follows must be a
		// zone, or nothing.
		return c, r.s == "" || strings.IndexByte("Zz+-", r.s[0]) >= 0
	}
	if c.minute, ok = r.number(1, 2); !ok {
		return c, false
	}
	if r.one(':') {
		if c.second, ok = r.number(1, 2); !ok {
			return c, false
		}
		if len(r.s) > 3 && r.s[0] == ':' && r.digitsAt(1) == 3 {
			r.s = r.s[1:] // hh:mm:ss:mmm, as some databases write it
			c.nano, _ = r.number(3, 3)
			c.nano *= 1_000_000
		} else {
			c.nano = r.fraction()
		}
	}
	r.meridiem(&c)
	return c, c.valid()
}

func (r *cursor) digitsAt(i int) int {
	rest := cursor{r.s[i:]}
	return rest.digits()
}

// meridiem takes am or pm.
func (r *cursor) meridiem(c *clock) {
	w := strings.TrimLeft(r.s, " ")
	if len(w) < 2 || w[1]|0x20 != 'm' || len(w) > 2 && isLetter(w[2]) {
		return
	}
	switch w[0] | 0x20 {
	case 'a':
		c.noon(false)
	case 'p':
		c.noon(true)
	default:
		return
	}
	r.s = w[2:]
}

// noon moves a time of the twelve-hour clock to where it belongs. One of the
// other clock stays: 14:30 pm is half past two.
func (c *clock) noon(after bool) {
	switch {
	case after && c.hour < 12:
		c.hour += 12
	case !after && c.hour == 12:
		c.hour = 0
	}
}

// compactClock takes hhmm or hhmmss with an optional fraction.
func (r *cursor) compactClock() (c clock, ok bool) {
	n := r.digits()
	if n != 4 && n != 6 {
		return c, false
	}
	c.hour, _ = r.number(2, 2)
	c.minute, _ = r.number(2, 2)
	if n == 6 {
		c.second, _ = r.number(2, 2)
		c.nano = r.fraction()
	}
	return c, c.valid()
}

// remark reports whether nothing follows a date but a comment, or the name
// that some add to an offset: "(CEST)", "[Europe/Paris]", "+0200 CEST".
func (r *cursor) remark() bool {
	r.skip(" ")
	return r.s == "" || r.s[0] == '(' || r.s[0] == '['
}
