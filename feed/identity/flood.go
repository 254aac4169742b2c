package identity

import (
	"fmt"
	"slices"
	"time"

	"weir/feed"
)

// Flood bounds how much of a channel one source may fill at once (XG04). Zero
// fields bound nothing.
type Flood struct {
	// First is how many items of a source that joins a published planet enter
	// channels, Days how old they may be.
	First, Days int
	// Burst is how many new items of one later poll enter channels unasked.
	Burst int
}

// Arrival is what the new items of one document are judged by, beside their
// dates.
type Arrival struct {
	// Local marks a folder of local articles: its author is the operator.
	Local bool
	// First says that the source was never read before, Founding that nothing
	// was published before either.
	First, Founding bool
	Now             time.Time
}

// Admit says what becomes of the new items of one document, by the published
// dates that [Dates] gave them, in document order. On a first fetch the newest
// are placed and the others shelved, of equal dates those that stand first; in
// a later poll all are placed or, where they are too many, all held. Why is a
// sentence for the operator, empty where everything is placed.
func (f Flood) Admit(published []time.Time, a Arrival) (states []feed.EntryState, why string) {
	states = make([]feed.EntryState, len(published))
	switch {
	case a.Local || a.First && a.Founding:
	case a.First:
		why = f.shelve(states, published, a.Now)
	case f.Burst > 0 && len(published) > f.Burst:
		for i := range states {
			states[i] = feed.StateHeld
		}
		why = fmt.Sprintf("%d new items at once, more than %d", len(published), f.Burst)
	}
	return states, why
}

// shelve leaves only the newest items of a first fetch in channels.
func (f Flood) shelve(states []feed.EntryState, published []time.Time, now time.Time) (why string) {
	newest := make([]int, len(published))
	for i := range newest {
		newest[i] = i
	}
	slices.SortStableFunc(newest, func(a, b int) int { return published[b].Compare(published[a]) })
	shelved := 0
	for rank, i := range newest {
		tooMany := f.First > 0 && rank >= f.First
		tooOld := f.Days > 0 && published[i].Before(now.Add(-time.Duration(f.Days)*day))
		if tooMany || tooOld {
			states[i] = feed.StateShelved
			shelved++
		}
	}
	if shelved == 0 {
		return ""
	}
	return fmt.Sprintf("first fetch: %d of %d items went to the archive alone", shelved, len(published))
}
