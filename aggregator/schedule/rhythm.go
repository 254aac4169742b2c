package schedule

import (
	"encoding/binary"
	"math"
	"slices"
	"time"
)

// A rhythm is what the past of a source teaches about when it publishes: how
// often at which quarter of an hour of the day and on which weekday (UTC), as
// decayed counts. Both apart, rather than each hour of the week, need a few
// weeks less to see that a podcast comes out on Thursdays at six.
type rhythm struct {
	since time.Time // when the counting began
	day   int64     // Unix day up to which the counts are decayed
	// quarters and days count quarters of an hour in which something was
	// published, in units of 1/64.
	quarters [quartersOfDay]uint16
	days     [7]uint16
}

const (
	quarter       = 15 * time.Minute
	quartersOfDay = int(24 * time.Hour / quarter)
	unit          = 64
	// halfLife is when what was seen counts half: habits change, and clocks
	// are moved twice a year.
	halfLife = 28 * 24 * time.Hour
	// backlog is how far back the first document is believed to show all that
	// there was.
	backlog = 2 * halfLife
	// rhythmVersion is the first byte of a packed rhythm; of another one
	// nothing is known, and learning begins anew.
	rhythmVersion = 1
	rhythmHead    = 1 + 8 + 4
	rhythmCell    = 3
)

// learn returns the packed rhythm after a reading, begun at began, that found
// new items with the given dates; last is when the one before it began. An item
// without a believable date came at some time between the two, for which the
// middle stands. What appears in one quarter of an hour counts once, as one
// poll brings all of it.
func learn(packed string, last, began time.Time, dates []time.Time) string {
	r, known := unpackRhythm(packed)
	var seen []int64
	if !known {
		r = rhythm{since: began, day: unixDay(began)}
		for _, d := range dates {
			switch age := began.Sub(d); {
			case d.IsZero() || age < 0:
			case age > backlog:
				r.since = began.Add(-backlog)
			default:
				seen = append(seen, d.Unix())
				if d.Before(r.since) {
					r.since = d
				}
			}
		}
	} else {
		if len(dates) == 0 {
			return packed
		}
		middle := last.Add(began.Sub(last) / 2)
		for _, d := range dates {
			if !d.After(last) || d.After(began) {
				d = middle
			}
			seen = append(seen, d.Unix())
		}
	}
	r.decay(unixDay(began))
	for i := range seen {
		seen[i] -= seen[i] % int64(quarter/time.Second)
	}
	slices.Sort(seen)
	for _, at := range slices.Compact(seen) {
		r.count(time.Unix(at, 0), began)
	}
	return r.pack()
}

func (r *rhythm) count(at, now time.Time) {
	weight := unit * fading(now.Sub(at))
	q, d := &r.quarters[quarterOf(at)], &r.days[at.UTC().Weekday()]
	*q = uint16(min(float64(*q)+weight, math.MaxUint16))
	*d = uint16(min(float64(*d)+weight, math.MaxUint16))
}

// decay fades the counts up to a day. It rounds down, so that nothing stays for
// ever.
func (r *rhythm) decay(day int64) {
	if day <= r.day {
		return
	}
	f := fading(time.Duration(min(day-r.day, 10000)) * 24 * time.Hour)
	r.day = day
	for i, w := range r.quarters {
		r.quarters[i] = uint16(float64(w) * f)
	}
	for i, w := range r.days {
		r.days[i] = uint16(float64(w) * f)
	}
}

// rate is how many quarters of an hour with news there are per second. Nothing
// seen for a while means seldom, not never; and somebody new is taken for one
// who publishes every so often as that somebody is asked.
func (r *rhythm) rate(now time.Time, every time.Duration) float64 {
	seen := 0.0
	for _, w := range r.days {
		seen += float64(w) / unit
	}
	seen *= fading(now.Sub(time.Unix(r.day*daySeconds, 0)) / (24 * time.Hour) * (24 * time.Hour))
	return (seen + 1) / (r.watched(now).Seconds() + every.Seconds())
}

// watched is for how long the source was looked at, decayed as its stories are.
func (r *rhythm) watched(now time.Time) time.Duration {
	mean := halfLife.Hours() / math.Ln2
	span := max(now.Sub(r.since), 0).Hours()
	return time.Duration(mean * (1 - math.Exp(-span/mean)) * float64(time.Hour))
}

// shape is how much likelier than on average news is in each quarter of an
// hour of the day and on each weekday. Habits are kept within half an hour or
// so, and a part of everything comes at any time. The first days tell little
// of hours, the first weeks of weekdays.
func (r *rhythm) shape(now time.Time) (quarters [quartersOfDay]float64, days [7]float64) {
	const (
		anytime = 0.1
		doubt   = 0.5 // weeks
		cells   = float64(quartersOfDay)
	)
	watched := r.watched(now).Hours() / 24
	near := [...]float64{0.02, 0.04, 0.11, 0.21, 0.24, 0.21, 0.11, 0.04, 0.02}
	total := 0.0
	for i, w := range r.quarters {
		if w == 0 {
			continue
		}
		total += float64(w) / unit
		for j, share := range near {
			at := (i + j - len(near)/2 + quartersOfDay) % quartersOfDay
			quarters[at] += float64(w) / unit * share
		}
	}
	// One more, at any time, keeps a single story from being taken for a habit.
	even := 1 + total/(1+watched)
	for i, w := range quarters {
		quarters[i] = anytime + (1-anytime)*(w*cells+even)/(total+even)
	}
	weeks := max(watched/7-1, 0)
	total = 0
	for _, w := range r.days {
		total += float64(w)
	}
	for i, w := range r.days {
		days[i] = 1
		if total > 0 {
			days[i] = (weeks*7*float64(w)/total + doubt) / (weeks + doubt)
		}
	}
	return quarters, days
}

// pack writes version, beginning and day, and of each count that is not 0 its
// place and itself.
func (r *rhythm) pack() string {
	b := make([]byte, 0, 64)
	b = append(b, rhythmVersion)
	b = binary.BigEndian.AppendUint64(b, uint64(r.since.Unix()))
	b = binary.BigEndian.AppendUint32(b, uint32(r.day))
	for i, w := range append(r.quarters[:], r.days[:]...) {
		if w > 0 {
			b = append(b, byte(i))
			b = binary.BigEndian.AppendUint16(b, w)
		}
	}
	return string(b)
}

// unpackRhythm reports false for what this version did not pack.
func unpackRhythm(packed string) (r rhythm, ok bool) {
	if len(packed) < rhythmHead || packed[0] != rhythmVersion || (len(packed)-rhythmHead)%rhythmCell != 0 {
		return r, false
	}
	b := []byte(packed)
	r.since = time.Unix(int64(binary.BigEndian.Uint64(b[1:])), 0)
	r.day = int64(int32(binary.BigEndian.Uint32(b[9:])))
	for b = b[rhythmHead:]; len(b) > 0; b = b[rhythmCell:] {
		w := binary.BigEndian.Uint16(b[1:])
		switch i := int(b[0]); {
		case i < quartersOfDay:
			r.quarters[i] = w
		case i < quartersOfDay+len(r.days):
			r.days[i-quartersOfDay] = w
		default:
			return rhythm{}, false
		}
	}
	return r, true
}

const daySeconds = 24 * 60 * 60

func unixDay(t time.Time) int64 { return t.Unix() / daySeconds }

func quarterOf(t time.Time) int {
	t = t.UTC()
	return t.Hour()*4 + t.Minute()/15
}

// fading is what is left of a count after an age.
func fading(age time.Duration) float64 { return math.Exp2(-max(age, 0).Hours() / halfLife.Hours()) }
