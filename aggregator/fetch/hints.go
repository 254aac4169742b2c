package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds on what a server may ask for (XB18, XB19).
const (
	shortestRetry = time.Minute
	longestRetry  = 7 * 24 * time.Hour
	longestFresh  = 7 * 24 * time.Hour
)

// freshness returns how long the response stays fresh from now on, and whether
// it speaks of that at all (RFC 9111 §4.2, P24, P25). No-store and no-cache say
// that it is stale at once, which is no invitation to come sooner.
func freshness(h http.Header, now time.Time) (left time.Duration, stated bool) {
	life, stated := lifetime(h, now)
	if !stated {
		return 0, false
	}
	age, _ := seconds(h.Get("Age"))
	return min(max(life-age, 0), longestFresh), true
}

func lifetime(h http.Header, now time.Time) (time.Duration, bool) {
	d := cacheControl(h["Cache-Control"])
	switch {
	case d.stale:
		return 0, true
	case d.aged:
		return d.maxAge, true
	}
	expires, ok := h["Expires"]
	if !ok || len(expires) == 0 {
		return 0, false
	}
	until := httpTime(expires[0])
	if until.IsZero() {
		return 0, true
	}
	if date := httpTime(h.Get("Date")); !date.IsZero() {
		now = date
	}
	return until.Sub(now), true
}

// directives are what Weir heeds of a Cache-Control header.
type directives struct {
	stale  bool
	aged   bool
	maxAge time.Duration
}

// cacheControl reads the header's lines as one list, in which values may be
// quoted and the first max-age counts (P24).
func cacheControl(lines []string) (d directives) {
	for _, line := range lines {
		for line != "" {
			var item string
			item, line = cutItem(line)
			name, value, _ := strings.Cut(item, "=")
			value = strings.Trim(strings.TrimSpace(value), `"`)
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "no-store":
				d.stale = true
			case "no-cache":
				// With a value it only speaks of the fields named there.
				d.stale = d.stale || value == ""
			case "max-age":
				if !d.aged {
					d.aged = true
					d.maxAge, _ = seconds(value)
				}
			}
		}
	}
	return d
}

// cutItem cuts a list at the first comma outside quotes.
func cutItem(s string) (item, rest string) {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// retryAfter reads both forms of Retry-After (RFC 9110 §10.2.3, P59). What is
// not in the future says nothing; what is, is clamped (XB18).
func retryAfter(value string, now time.Time) time.Time {
	wait, ok := seconds(value)
	if !ok {
		at := httpTime(value)
		if at.IsZero() {
			return time.Time{}
		}
		wait = at.Sub(now)
	}
	if wait <= 0 {
		return time.Time{}
	}
	return now.Add(min(max(wait, shortestRetry), longestRetry))
}

// seconds reads a number of seconds; those of more than a year are a year.
func seconds(s string) (time.Duration, bool) {
	const year = 365 * 24 * 3600
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n > year {
		n = year
	}
	return time.Duration(n) * time.Second, true
}

// httpTime reads the three legal forms of an HTTP date, and the one with UTC
// for GMT that servers send (P26); zero if it is none.
func httpTime(s string) time.Time {
	if s == "" || len(s) > 64 {
		return time.Time{}
	}
	if t, err := http.ParseTime(s); err == nil {
		return t.UTC()
	}
	if strings.HasSuffix(s, " UTC") {
		if t, err := time.Parse(time.RFC1123, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
