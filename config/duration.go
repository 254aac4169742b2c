package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// duration reads a length of time between least and most into *to.
func (s section) duration(key string, least, most time.Duration, to *time.Duration) {
	for _, v := range s.values(key) {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		d, err := parseDuration(text)
		switch {
		case err != nil:
			hint := "write 90s, 15m, 1h30m or 2d"
			if _, e := strconv.Atoi(text); e == nil && v.node != nil {
				hint = fmt.Sprintf("a unit is missing: %ss, %[1]sm, %[1]sh or %[1]sd", cut(v.node.Value))
			}
			s.w.add(v, "is not a length of time", hint)
		case d < least || d > most:
			s.w.add(v, fmt.Sprintf("must be from %s to %s", short(least), short(most)), "")
		default:
			*to = d
		}
	}
}

// parseDuration reads what time.ParseDuration does, and days.
func parseDuration(s string) (time.Duration, error) {
	days, rest, ok := strings.Cut(s, "d")
	if !ok {
		return time.ParseDuration(s)
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("parse days: %w", err)
	}
	d := time.Duration(n) * 24 * time.Hour
	if rest == "" {
		return d, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil || more < 0 {
		return 0, fmt.Errorf("parse time after days %q", rest)
	}
	return d + more, nil
}

// short spells a duration the way people write it: 15m, not 15m0s.
func short(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == 0:
		return "0"
	case d%day == 0:
		return strconv.Itoa(int(d/day)) + "d"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
