package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	"weir/feed"
	"weir/store"
)

// entryReport is everything about one entry.
type entryReport struct {
	Slug  string `json:"slug"`
	Title string `json:"title"`
	Link  string `json:"link,omitempty"`
	// SlugFrom is explicit, file, link, title, key or unknown; SlugWanted is what it
	// would have been, had SlugTaken's entry not had it.
	SlugFrom   string       `json:"slug_from"`
	SlugWanted string       `json:"slug_wanted,omitempty"`
	SlugTaken  *otherReport `json:"slug_taken_by,omitempty"`
	ID         string       `json:"id"`
	// Minted says that Weir made the id; else it is the publisher's own.
	Minted bool       `json:"minted"`
	State  string     `json:"state"`
	Since  *time.Time `json:"since,omitempty"`
	// StateWhy explains the state.
	StateWhy string `json:"state_why"`
	// Into is the entry that this one was joined to.
	Into     string          `json:"into,omitempty"`
	Owner    tellingReport   `json:"owner"`
	OwnerWhy string          `json:"owner_why"`
	Also     []tellingReport `json:"also"`
	// Published never moves; Inferred says that the source stated none that
	// could be believed.
	Published time.Time       `json:"published"`
	Inferred  bool            `json:"inferred"`
	Updated   time.Time       `json:"updated"`
	FirstSeen time.Time       `json:"first_seen"`
	Place     time.Time       `json:"place"`
	Channels  []channelReport `json:"channels"`
}

// tellingReport is one source telling the story.
type tellingReport struct {
	Source string    `json:"source"`
	Title  string    `json:"title,omitempty"`
	Link   string    `json:"link,omitempty"`
	Seen   time.Time `json:"seen"`
	// Why is the rule that joined or parted it; empty where nothing else was
	// found under its names.
	Why string `json:"why,omitempty"`
}

type channelReport struct {
	ID string `json:"id"`
	In bool   `json:"in"`
	// Why says what keeps the entry out, or where in the channel it is.
	Why string `json:"why,omitempty"`
}

func reportEntry(s *scene, states []feed.SourceStatus, e *feed.Entry) (*entryReport, error) {
	r := &entryReport{
		Slug: e.Slug, Title: e.Title, Link: e.Link, SlugFrom: e.Named.Origin.String(), SlugWanted: e.Named.Base,
		ID: e.ID, Minted: s.site().Minted(e.ID), State: e.State.String(), Into: e.Into, Since: instant(e.StateSince), StateWhy: stateWhy(states, e),
		Owner: telling(e.Owner()), OwnerWhy: ownerWhy(states, e), Also: []tellingReport{},
		Published: e.Published, Inferred: e.Inferred, Updated: e.Updated, FirstSeen: e.FirstSeen, Place: e.Place,
		Channels: inChannels(s, e),
	}
	for _, sg := range e.Sightings[min(1, len(e.Sightings)):] {
		r.Also = append(r.Also, telling(sg))
	}
	if e.Named.Base == "" {
		return r, nil
	}
	by, err := s.store.Entry(e.Named.Base)
	if err == nil {
		r.SlugTaken = &otherReport{by.Slug, by.Title, by.Source(), by.State.String()}
	} else if errors.Is(err, store.ErrNotFound) {
		err = nil // it was dropped since
	}
	return r, err
}

func telling(sg feed.Sighting) tellingReport {
	return tellingReport{Source: sg.Source, Title: sg.Title, Link: sg.Link, Seen: sg.Seen, Why: sg.Why}
}

// stateWhy explains a state.
func stateWhy(states []feed.SourceStatus, e *feed.Entry) string {
	switch e.State {
	case feed.StatePlaced:
		return "published"
	case feed.StateShelved:
		return "in archives alone: its source was added later and had newer stories (flood.first_fetch)"
	case feed.StateHeld:
		return heldWhy(states, e.Source())
	case feed.StateWithdrawn:
		return "its source shows it no longer; it comes back when it is shown again"
	case feed.StateBlocked:
		return blockedWhy(states, e)
	case feed.StateRetired:
		return "its source is no longer configured; it comes back with it"
	case feed.StateRemoved:
		return "removed with `weir remove`; no telling of the story brings it back"
	case feed.StateJoined:
		return "joined with `weir join`: its story is told as " + e.Into
	case feed.StatePruned:
		return "dropped by keep:; its text is gone, and it does not come back"
	}
	return "unknown to this version"
}

// blockedWhy says by what a publisher forbids that an entry is published.
func blockedWhy(states []feed.SourceStatus, e *feed.Entry) string {
	by := "its publisher asks that it is not published elsewhere"
	if e.Block != "" {
		return by + " (" + e.Block + "); it comes back when that is no longer said"
	}
	if i := slices.IndexFunc(states, func(st feed.SourceStatus) bool { return st.Source.ID == e.Source() }); i >= 0 && states[i].State.Doc.Denied != "" {
		by = "its feed asks that nothing of it is published elsewhere (" + states[i].State.Doc.Denied + ")"
	}
	return by + "; it comes back when that is no longer said"
}

// heldWhy says why an entry waits, and for what.
func heldWhy(states []feed.SourceStatus, source string) string {
	way := "`weir release " + source + "` lets it in"
	i := slices.IndexFunc(states, func(st feed.SourceStatus) bool { return st.Source.ID == source })
	if i < 0 || states[i].Hold.Why == "" {
		return way
	}
	h := &states[i].Hold
	if !h.Until.IsZero() {
		way += ", or it goes in by itself on " + h.Until.UTC().Format("2006-01-02 15:04 UTC")
	}
	return h.Why + "; " + way
}

// ownerWhy says what makes the owner the owner.
func ownerWhy(states []feed.SourceStatus, e *feed.Entry) string {
	rivals := others(e)
	if len(rivals) == 0 {
		return "nobody else tells it"
	}
	priority := func(id string) int {
		for i := range states {
			if states[i].Source.ID == id {
				return states[i].Source.Priority
			}
		}
		return 0
	}
	own, best := priority(e.Source()), priority(rivals[0])
	for _, id := range rivals {
		best = max(best, priority(id))
	}
	earliest := !slices.ContainsFunc(e.Sightings, func(sg feed.Sighting) bool {
		return sg.Source != e.Source() && sg.Seen.Before(e.Owner().Seen)
	})
	switch {
	case own > best:
		return "it has the highest priority"
	case e.Traits.Home && earliest:
		return "the page is on its own site, and nobody told it sooner"
	case e.Traits.Home:
		return "the page is on its own site"
	case earliest:
		return "it told the story first"
	}
	return "it has been the owner since before the others could be"
}

// inChannels tells of every channel whether the entry is in it.
func inChannels(s *scene, e *feed.Entry) []channelReport {
	list := make([]channelReport, 0, len(s.config.Channels))
	for _, ch := range s.config.Channels {
		r := channelReport{ID: ch.ID}
		switch {
		case !e.State.Published():
			r.Why = "it is " + e.State.String()
		case !ch.Rule.Match(e):
			r.Why = "where is not true: " + strings.Join(strings.Fields(ch.Where), " ")
		default:
			r.In = true
			if e.State == feed.StateShelved {
				r.Why = "in its archive alone"
			}
		}
		list = append(list, r)
	}
	return list
}
