package article

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxDate is the length of a date, in bytes (XC15).
const maxDate = 64

// layouts are the spellings of dates that people and publishing tools use.
// None is ambiguous: 02/03/2026 is a different day on either side of an ocean.
var layouts = [...]string{
	time.RFC3339Nano,
	"2006-01-02",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04",
	"2006-01-02T15:04Z07:00",
	"2006-01-02 15:04",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02 15:04Z07:00",
	"2006-01-02 15:04 -0700",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999 Z07:00",
	"2006-01-02 15:04:05.999999999 -0700",
	"2006-01-02T15:04:05.999999999-0700",
	"2006/01/02",
	"2006/01/02 15:04",
	"2006/01/02 15:04:05",
	"20060102",
	"2006-1-2",
	"Mon, 2 Jan 2006 15:04:05 -0700",
	"2 January 2006",
	"Jan 2 2006",
	"Jan 2 2006 15:04",
	"Jan 2, 2006 15:04",
	"Jan 2, 2006 3:04 PM",
	"2 January 2006 15:04",
	"2 January 2006, 15:04",
	"2 Jan 2006",
	"2 Jan 2006 15:04",
	"January 2, 2006",
	"January 2 2006",
	"January 2, 2006 15:04",
	"January 2, 2006, 15:04",
	"January 2, 2006 3:04 PM",
	"Jan 2, 2006",
	"Monday, January 2, 2006",
	"Monday, 2 January 2006",
}

// fileTime reports whether a date is that of the file itself, in the words of
// Eleventy. Without any other that is what holds anyhow.
func fileTime(s string) bool {
	switch strings.ToLower(strings.Join(strings.Fields(s), " ")) {
	case "last modified", "created", "git last modified", "git created":
		return true
	}
	return false
}

// utcNames are the zone names that are read: the offset of any other
// abbreviation is anybody's guess.
var utcNames = [...]string{" UTC", " GMT", " Z"}

// parseTime reads a date; one without a zone is in the given one.
func parseTime(s string, zone *time.Location) (time.Time, error) {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxDate {
		return time.Time{}, fmt.Errorf("a date has at most %d characters", maxDate)
	}
	for _, name := range utcNames {
		if rest, ok := strings.CutSuffix(s, name); ok {
			s = rest + " +0000"
		}
	}
	for _, layout := range layouts {
		t, err := time.ParseInLocation(layout, s, zone)
		if err != nil {
			continue
		}
		if y := t.Year(); y < 1900 || y > 2199 {
			return time.Time{}, fmt.Errorf("the year %d is not plausible", y)
		}
		return t, nil
	}
	return time.Time{}, errors.New("this is no date that can be read: write 2026-11-24 or 2026-11-24T08:00:00+01:00")
}
