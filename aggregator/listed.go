package aggregator

import (
	"fmt"
	"net/url"
	"slices"
	"time"

	"weir/aggregator/discover"
	"weir/feed"
)

// A list that lacks more than half of what it named is put to use after it was
// seen so this often over this long, as moves are: somebody cleared it by
// mistake, or lost the domain, more often than meant it.
const (
	heldList = 3 * 24 * time.Hour
	heldSeen = 3
)

// taken puts a list to use, or holds it; nil is one that is as it was.
func taken(s feed.ListState, list *discover.List, now time.Time, confirmed bool) feed.ListState {
	if list == nil {
		s.Held, s.Confirmed = feed.ListHold{}, false
		return s
	}
	feeds, left := admitted(list)
	gone := missing(s.Feeds, feeds)
	sudden := 2*gone > len(s.Feeds)
	if sudden && !confirmed && !ripe(s.Held, now) {
		if s.Held.Seen == 0 {
			s.Held.Since = feed.Micro(now)
		}
		s.Held.Seen++
		s.Held.Gone, s.Held.Feeds = gone, len(feeds)
		return s
	}
	return feed.ListState{Poll: s.Poll, Title: list.Title, Feeds: feeds, Left: left, More: list.More, Confirmed: sudden}
}

// ripe tells whether a held change was there for long enough, this answer
// counted.
func ripe(h feed.ListHold, now time.Time) bool {
	return h.Seen >= heldSeen-1 && now.Sub(h.Since) >= heldList
}

// missing counts the addresses that a list names no more.
func missing(before, after []feed.Listed) int {
	there := make(map[string]bool, len(after))
	for _, l := range after {
		there[l.URL] = true
	}
	n := 0
	for _, l := range before {
		if !there[l.URL] {
			n++
		}
	}
	return n
}

// admitted are the feeds of a list that can be followed, each once: none whose
// address holds a password, which a list has no right to send anywhere (XC25).
func admitted(list *discover.List) (feeds []feed.Listed, left []string) {
	left = list.Skipped
	seen := make(map[string]bool, len(list.Feeds))
	for _, l := range list.Feeds {
		if seen[l.URL] {
			continue
		}
		seen[l.URL] = true
		u, err := url.Parse(l.URL)
		switch {
		case err != nil || u.Hostname() == "":
			left = append(left, fmt.Sprintf("%q: its address is not valid", l.Title))
		case u.User != nil:
			left = append(left, fmt.Sprintf("%q: an address with a password is not taken from a list", l.Title))
		default:
			feeds = append(feeds, feed.Listed{URL: l.URL, Tags: l.Tags})
		}
	}
	return feeds, left[:min(len(left), maxLeft)]
}

// maxLeft bounds the lines on what was left out of a list.
const maxLeft = 100

// sameFeeds reports whether two lists name the same feeds with the same tags, in
// any order.
func sameFeeds(a, b []feed.Listed) bool {
	tags := make(map[string][]string, len(a))
	for _, l := range a {
		tags[l.URL] = l.Tags
	}
	return len(a) == len(b) && !slices.ContainsFunc(b, func(l feed.Listed) bool {
		was, ok := tags[l.URL]
		return !ok || !slices.Equal(was, l.Tags)
	})
}
