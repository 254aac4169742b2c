package publisher

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"weir/feed"
)

// maxRemembered is how many removals the manifest remembers, newest first.
const maxRemembered = 1000

// remembered is an entry that the operator removed, as the manifest has it, so
// that a store that lost everything does not bring it back (J10, I21). Whoever
// reads the file learns nothing of the story: a telling is the id of its source
// and the hash by which that knows it.
type remembered struct {
	When time.Time `json:"when"`
	// Never says that it was in no document before.
	Never    bool     `json:"never,omitempty"`
	Tellings []string `json:"tellings"`
}

// remember lists what was removed.
func (p *Publisher) remember(ctx context.Context) ([]remembered, error) {
	var list []remembered
	q := feed.Selection{States: []feed.EntryState{feed.StateRemoved}, Limit: maxRemembered}
	err := p.eachListed(ctx, q, func(e *feed.Entry) {
		r := remembered{When: e.StateSince, Never: e.Place.IsZero()}
		for i := range e.Sightings {
			if sg := &e.Sightings[i]; !sg.Key.IsZero() && len(r.Tellings) < feed.MaxTellings {
				r.Tellings = append(r.Tellings, sg.Source+" "+sg.Key.String())
			}
		}
		if len(r.Tellings) > 0 {
			list = append(list, r)
		}
	})
	slices.SortFunc(list, func(a, b remembered) int {
		return cmp.Or(b.When.Compare(a.When), slices.Compare(a.Tellings, b.Tellings))
	})
	return list[:min(len(list), maxRemembered)], err
}

// seed is what a store is to know of the removal.
func (r *remembered) seed() feed.Seed {
	s := feed.Seed{Removed: feed.Micro(r.When)}
	if !r.Never {
		s.Place = s.Removed
	}
	for _, t := range r.Tellings[:min(len(r.Tellings), feed.MaxTellings)] {
		source, key, _ := strings.Cut(t, " ")
		if k, ok := parseKey(key); ok {
			s.Tellings = append(s.Tellings, feed.Telling{Source: source, Key: k})
		}
	}
	return s
}

// parseKey reads a key as it is published.
func parseKey(text string) (k feed.Key, ok bool) {
	n, err := hex.Decode(k[:], []byte(text)[:min(len(text), 2*len(k))])
	return k, err == nil && n == len(k)
}
