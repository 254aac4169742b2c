package parse

import (
	"slices"
	"strings"
	"time"

	"weir/aggregator/parse/date"
	"weir/feed"
	"weir/feed/markup"
)

// calendar reads the dates of one document. Whether 03/04/2026 is in March or
// in April no date can say alone: the document is asked, and what it answered
// is remembered, so that a part of a later one is read alike (I13).
type calendar struct {
	order feed.DateOrder
	// proofs count the dates that can be read, or that agree with the weekday
	// beside them, in one order only.
	dayProofs, monthProofs int
	// open says that a date needed an order.
	open bool
	// day and month are how the doubtful dates follow each other when the one,
	// or the other, comes first.
	day, month trend
	// unread is the first date that could not be read, and whose it is.
	unread     string
	unreadItem uint64
}

// read reads one date.
func (c *calendar) read(raw string) time.Time {
	r := date.Read(raw)
	if !r.Numeric {
		return r.Day
	}
	switch {
	case r.Day.IsZero() && r.Month.IsZero():
	case r.Month.IsZero():
		if r.Proof {
			c.dayProofs++
		}
		return r.Day
	case r.Day.IsZero():
		if r.Proof {
			c.monthProofs++
		}
		return r.Month
	default:
		c.open = true
		c.day.add(r.Day)
		c.month.add(r.Month)
	}
	switch c.order {
	case feed.DayFirst:
		return r.Day
	case feed.MonthFirst:
		return r.Month
	}
	return time.Time{}
}

// settled reports whether the document agrees with the order in which its
// dates were read.
func (c *calendar) settled() bool {
	switch c.order {
	case feed.DayFirst:
		return c.monthProofs == 0
	case feed.MonthFirst:
		return c.dayProofs == 0
	}
	return !c.open && c.dayProofs == 0 && c.monthProofs == 0
}

// decide says in which order a document has its dates: as most dates do that
// leave no doubt; else so that its items follow each other in time; else as
// people do who write its language.
func (c *calendar) decide(language string) feed.DateOrder {
	switch {
	case c.dayProofs > c.monthProofs:
		return feed.DayFirst
	case c.monthProofs > c.dayProofs:
		return feed.MonthFirst
	}
	// A document of few dates goes some way by chance.
	const enough = 4
	if c.day.count >= enough {
		switch day, month := c.day.turns(), c.month.turns(); {
		case day == 0 && month > 0:
			return feed.DayFirst
		case month == 0 && day > 0:
			return feed.MonthFirst
		}
	}
	return languageOrder(language)
}

// languageOrder is the order of the people who write a language. English has both
// and Canada cannot decide.
func languageOrder(tag string) feed.DateOrder {
	tag = strings.ToLower(tag)
	primary, rest, _ := strings.Cut(tag, "-")
	region := rest[max(strings.LastIndexByte(rest, '-')+1, 0):]
	switch {
	case primary == "", primary == "und", region == "ca":
		return feed.DateOrderUnknown
	case region == "us" || region == "ph" || region == "pr":
		return feed.MonthFirst
	case primary == "en" && len(region) != 2:
		return feed.DateOrderUnknown
	case primary == "ja", primary == "zh", primary == "ko", primary == "hu", primary == "lt", primary == "mn":
		return feed.DateOrderUnknown // the year comes first
	}
	return feed.DayFirst
}

// trend counts how often a sequence of instants goes up and down.
type trend struct {
	last            time.Time
	count, up, down int
}

func (t *trend) add(at time.Time) {
	if t.count > 0 {
		switch {
		case at.After(t.last):
			t.up++
		case at.Before(t.last):
			t.down++
		}
	}
	t.last = at
	t.count++
}

// turns is how often it goes against its main direction.
func (t *trend) turns() int { return min(t.up, t.down) }

// learnedVersion is the version of what is learned and how. Another version's
// is not heeded.
const learnedVersion = 1

// newCalendar goes on from what was learned.
func newCalendar(l feed.Learned) *calendar {
	if l.Version != learnedVersion {
		return &calendar{}
	}
	return &calendar{order: l.Dates}
}

// learned is what to remember: nothing at all of most sources. The example of
// an unread date stays as long as its item does.
func (c *calendar) learned(before feed.Learned, seen []feed.Known) feed.Learned {
	l := feed.Learned{Version: learnedVersion, Dates: c.order, Unread: c.unread, UnreadItem: c.unreadItem}
	if before.Version == learnedVersion && before.Unread != "" &&
		slices.ContainsFunc(seen, func(k feed.Known) bool { return k.Hash == before.UnreadItem }) {
		l.Unread, l.UnreadItem = before.Unread, before.UnreadItem
	}
	if l.Dates == feed.DateOrderUnknown && l.Unread == "" {
		return feed.Learned{}
	}
	return l
}

// note remembers the first item with a date that could not be read.
func (c *calendar) note(it *feed.Item) {
	for _, d := range [...]struct {
		at  time.Time
		raw string
	}{{it.Published, it.RawPublished}, {it.Updated, it.RawUpdated}} {
		if c.unread == "" && d.raw != "" && d.at.IsZero() {
			c.unread, c.unreadItem = d.raw, it.Hash
		}
	}
}

// publish takes the date of publication as it was sent. One that can be read
// is not given up for one that cannot.
func (d *draft) publish(raw string) {
	if at := d.dates.read(raw); !at.IsZero() || d.Published.IsZero() {
		d.Published, d.RawPublished = at, rawDate(raw)
	}
}

// update takes the date of the last change.
func (d *draft) update(raw string) {
	if at := d.dates.read(raw); !at.IsZero() || d.Updated.IsZero() {
		d.Updated, d.RawUpdated = at, rawDate(raw)
	}
}

func rawDate(raw string) string { return markup.Chars(clip(raw, maxDate)) }
