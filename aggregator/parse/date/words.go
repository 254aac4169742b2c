package date

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// writing is a date as people and mail programs write it, while it is read:
// weekday, day, month, year, time and zone in nearly any order.
type writing struct {
	cursor
	// nums are the numbers that may be day, month or year, in order; dot says
	// that a point, slash that a slash stands between the first two.
	nums       [3]number
	n          int
	dot, slash bool
	// named is the month if a word names it; shaky says that the word is also
	// a weekday's.
	named int
	shaky bool
	// unit are year, month and day that name themselves: 2026年3月3日.
	unit civil
	// weekday is the English weekday that stands there, -1 if none.
	weekday time.Weekday

	clock             clock
	timed, zoned      bool
	bare              bool // the hour stands alone and needs a word that makes it one
	afternoon, halved bool // halved: the clock has twelve hours
	offset            int
	// strange is how many words nobody knows stood before the first number.
	strange int
}

type number struct{ value, digits int }

// read takes the whole date apart and reports whether all of it was a date.
func (w *writing) read(s string) bool {
	w.s, w.weekday = s, -1
	for w.s != "" {
		c := w.s[0]
		ok := true
		switch {
		case isDigit(c):
			ok = w.digit()
		case (c == '+' || c == '-') && w.timed && !w.zoned && len(w.s) > 1 && isDigit(w.s[1]), c == '[' && w.timed:
			ok = w.zone()
		case c == '(':
			ok = w.comment()
		case isSeparator(c):
			w.s = w.s[1:]
		case isLetter(c) || c >= utf8.RuneSelf:
			ok = w.letters()
		default:
			ok = false
		}
		if !ok {
			return false
		}
	}
	return !w.bare
}

func isSeparator(c byte) bool { return strings.IndexByte(" ,.-/\t\r\n;|'", c) >= 0 }

// digit takes a number and decides what it is a part of.
func (w *writing) digit() bool {
	n := number{digits: w.digits()}
	if n.digits > 6 {
		return false
	}
	rest := w.s[n.digits:]
	if !w.timed && n.digits <= 2 && w.startsClock(rest) {
		return w.time()
	}
	if w.complete() && !w.timed && (n.digits == 4 || n.digits == 6) {
		var ok bool
		w.clock, ok = w.compactClock()
		w.timed = ok
		return ok
	}
	n.value, _ = w.number(1, n.digits)
	if w.inUnits(n) {
		return true
	}
	switch {
	case w.n < 2 || w.n < 3 && !w.complete():
		w.nums[w.n] = n
		w.n++
		w.ordinal()
		if w.n == 1 && w.s != "" {
			w.dot, w.slash = w.s[0] == '.', w.s[0] == '/'
		}
		return n.digits <= 4
	case !w.timed && n.digits <= 2:
		w.clock.hour, w.timed, w.bare = n.value, true, !w.halved
		return w.clock.valid()
	}
	return false
}

// complete reports whether day, month and year were seen.
func (w *writing) complete() bool {
	switch {
	case w.unit.day > 0:
		return true
	case w.named > 0:
		return w.n == 2
	}
	return w.n == 3
}

// startsClock reports whether a number with this behind it is an hour: 8:15
// anywhere; 8.15, 8h15 and 8h once there is a day.
func (w *writing) startsClock(rest string) bool {
	if len(rest) > 1 && rest[0] == ':' && isDigit(rest[1]) {
		return true
	}
	if !w.complete() || rest == "" {
		return false
	}
	tail := cursor{rest[1:]}
	switch rest[0] {
	case '.':
		return tail.digits() == 2
	case 'h', 'H':
		return tail.digits() == 2 || rest[1:] == "" || !isLetter(rest[1])
	}
	return false
}

// time takes h:mm:ss, h.mm.ss, 8h15 or 8h.
func (w *writing) time() bool {
	w.timed = true
	if at := w.digits(); w.s[at] == ':' {
		var ok bool
		w.clock, ok = w.cursor.clock()
		return ok
	}
	w.clock.hour, _ = w.number(1, 2)
	w.s = w.s[1:]
	w.clock.minute, _ = w.number(2, 2)
	if len(w.s) > 2 && w.s[0] == '.' && w.digitsAt(1) == 2 {
		w.s = w.s[1:]
		w.clock.second, _ = w.number(2, 2)
	}
	return w.clock.valid()
}

// ordinal takes what makes a number the how-manieth: 3rd, 1er, 1º.
func (w *writing) ordinal() {
	for _, suffix := range [...]string{"st", "nd", "rd", "th", "er", "º", "ª", "°"} {
		if hasFold(w.s, suffix) {
			if r, _ := utf8.DecodeRuneInString(w.s[len(suffix):]); !unicode.IsLetter(r) {
				w.s = w.s[len(suffix):]
			}
			return
		}
	}
}

// inUnits takes the sign that says what the number before it counts, as
// Chinese, Japanese and Korean have it.
func (w *writing) inUnits(n number) bool {
	rest := strings.TrimPrefix(w.s, " ")
	if rest == "" || rest[0] < utf8.RuneSelf {
		return false
	}
	sign, size := utf8.DecodeRuneInString(rest)
	switch sign {
	case '年', '년':
		w.unit.year, _ = shortYear(n.value, n.digits)
	case '月', '월':
		w.unit.month = n.value
	case '日', '일', '号', '號':
		w.unit.day = n.value
	case '時', '时', '点', '點', '시':
		w.clock.hour, w.timed = n.value, true
	case '分', '분':
		w.clock.minute = n.value
	case '秒', '초':
		w.clock.second = n.value
	default:
		return false
	}
	w.s = rest[size:]
	return true
}

// comment skips brackets, which may hold the zone when nothing else does.
func (w *writing) comment() bool {
	end := strings.IndexByte(w.s, ')')
	if end < 0 {
		return false
	}
	ok := true
	if w.timed && !w.zoned {
		w.offset, ok = w.commented()
	}
	w.s = w.s[end+1:]
	return ok
}

// zone takes the zone behind the time.
func (w *writing) zone() bool {
	var ok bool
	w.offset, ok = w.cursor.zone()
	w.zoned = true
	if strings.HasPrefix(w.s, "[") {
		w.s = ""
	}
	return ok
}

// meaning says which instants the date may be.
func (w *writing) meaning() Reading {
	if w.halved {
		w.clock.noon(w.afternoon)
	}
	at := func(d civil) time.Time {
		t, ok := instant(d, w.clock, w.offset)
		if !ok {
			return time.Time{}
		}
		return believed(t)
	}
	a, b, c := w.nums[0], w.nums[1], w.nums[2]
	switch {
	case w.unit != civil{}:
		if w.n > 0 {
			return Reading{}
		}
		if w.unit.day == 0 && !w.timed {
			w.unit.day = 1
		}
		return Reading{Day: at(w.unit)}
	case w.named > 0:
		d, ok := namedDay(w.named, w.n, a, b)
		if !ok {
			return Reading{}
		}
		return Reading{Day: at(d)}
	case w.n < 3:
		return Reading{}
	case a.digits == 4:
		return Reading{Day: at(civil{a.value, b.value, c.value})}
	case a.digits == 2 && a.value > 31:
		year, _ := shortYear(a.value, 2)
		return Reading{Day: at(civil{year, b.value, c.value})}
	}
	year, ok := shortYear(c.value, c.digits)
	if !ok || c.digits == 3 || a.digits > 2 || b.digits > 2 {
		return Reading{}
	}
	r := Reading{Day: at(civil{year, b.value, a.value}), Month: at(civil{year, a.value, b.value}), Numeric: true}
	return w.settle(r, year)
}

// namedDay makes a day of a month's name and the numbers beside it, of which
// the day comes first unless only the other can be it. Without a day it is the
// month's first, as in ISO 8601.
func namedDay(month, n int, a, b number) (civil, bool) {
	switch {
	case n == 1 && a.digits == 4:
		return civil{a.value, month, 1}, true
	case n != 2:
		return civil{}, false
	case a.digits > 2 || b.digits <= 2 && a.value > 31:
		a, b = b, a
	}
	year, ok := shortYear(b.value, b.digits)
	return civil{year, month, a.value}, ok && a.digits <= 2
}

// settle decides what the date itself tells of the order of day and month.
// With points between, the day comes first wherever people write so.
func (w *writing) settle(r Reading, year int) Reading {
	switch {
	case r.Day.IsZero() || r.Month.IsZero():
		r.Proof = w.slash || !w.dot && w.nums[2].digits == 4 // 03-12-31 may begin with the year
	case r.Day.Equal(r.Month):
		return Reading{Day: r.Day}
	case w.dot:
		return Reading{Day: r.Day}
	case w.weekday >= 0:
		day := time.Date(year, time.Month(w.nums[1].value), w.nums[0].value, 0, 0, 0, 0, time.UTC).Weekday() == w.weekday
		month := time.Date(year, time.Month(w.nums[0].value), w.nums[1].value, 0, 0, 0, 0, time.UTC).Weekday() == w.weekday
		if day != month {
			r.Proof = true
			if day {
				r.Month = time.Time{}
			} else {
				r.Day = time.Time{}
			}
		}
	}
	return r
}
