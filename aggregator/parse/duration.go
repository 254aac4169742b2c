package parse

import (
	"strconv"
	"strings"
	"time"
)

// parseDuration reads how long a file plays, in the ways in which feeds say
// it: [[hh:]mm:]ss, seconds with a fraction, an ISO 8601 duration (PT1H2M3S),
// or numbers with units (1 h 2 min). It gives at most a year, and 0 for what
// is no duration.
func parseDuration(s string) time.Duration {
	if len(s) > maxDate {
		return 0
	}
	seconds, ok := played(s)
	if !ok {
		seconds, ok = units(strings.ToLower(s))
	}
	if !ok || seconds > 366*24*3600 {
		return 0
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Millisecond)
}

// played reads numbers with colons between, the last one seconds.
func played(s string) (seconds float64, ok bool) {
	parts := 0
	for part := range strings.SplitSeq(strings.TrimSpace(s), ":") {
		n, ok := amount(strings.TrimSpace(part))
		if parts++; !ok || parts > 3 {
			return 0, false
		}
		seconds = seconds*60 + n
	}
	return seconds, true
}

// units reads numbers that are each followed by a unit.
func units(s string) (seconds float64, ok bool) {
	if strings.HasPrefix(s, "p") {
		s = strings.Replace(s[1:], "t", "", 1)
	}
	for s = strings.TrimLeft(s, " ,"); s != ""; s = strings.TrimLeft(s, " ,") {
		end := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if end <= 0 {
			return 0, false
		}
		n, ok := amount(s[:end])
		if !ok {
			return 0, false
		}
		s = strings.TrimLeft(s[end:], " ")
		if end = strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }); end < 0 {
			end = len(s)
		}
		switch s[:end] {
		case "d", "day", "days":
			n *= 24 * 3600
		case "h", "hr", "hrs", "hour", "hours":
			n *= 3600
		case "m", "min", "mins", "minute", "minutes":
			n *= 60
		case "s", "sec", "secs", "second", "seconds":
		default:
			return 0, false
		}
		seconds += n
		s = strings.TrimPrefix(s[end:], ".")
	}
	return seconds, seconds > 0
}

// amount reads digits with a fraction, and nothing else that a number could
// be written as.
func amount(s string) (float64, bool) {
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && s[i] != '.' {
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && n < 1e8
}
