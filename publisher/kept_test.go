package publisher_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"weir/feed"
)

// However entries and sources change from rendering to rendering, what a
// publisher kept of them makes the same bytes as reading all of them anew.
func TestKeptAgrees(t *testing.T) {
	for seed := range uint64(4) {
		dice := rand.New(rand.NewPCG(seed, 1))
		shelf := library()
		list := hourly(60)
		shelf.put("all", list...)
		opt := options()
		opt.Channels[1].PerSource = 3
		old := newPublisher(t, opt, shelf)
		render(t, old)
		for step := range 12 {
			list = change(dice, shelf, slices.Clone(list), step)
			shelf.put("all", list...)
			shelf.put("go", list[:len(list)/2]...)
			got, want := render(t, old), render(t, newPublisher(t, opt, shelf))
			for path, d := range want.All() {
				if d.Asset == nil && string(d.Body) != body(t, got, path) {
					t.Fatalf("seed %d, step %d: %s is another one than made anew", seed, step, path)
				}
			}
		}
		if shelf.spared.Load() < 300 {
			t.Errorf("seed %d: %d entries were spared; nothing is kept", seed, shelf.spared.Load())
		}
	}
}

// hourly are stories of the library's sources, one every hour, newest first.
func hourly(n int) (list []feed.Placed) {
	sources := described()
	for i := n; i > 0; i-- {
		when := at("2026-11-01T10:00:00Z").Add(time.Duration(i) * time.Hour)
		e := entry(fmt.Sprintf("told-%d", i), sources[i%len(sources)].Source.ID, fmt.Sprintf("tag:told.example,2026:%d", i), when.Format(time.RFC3339))
		e.Content = feed.Content{Title: fmt.Sprintf("Story %d", i), Link: fmt.Sprintf("https://told.example/%d", i), HTML: fmt.Sprintf("<p>What story %d has to say.</p>", i)}
		list = append(list, e)
	}
	return list
}

// change does one thing to entries or sources, of what may happen between two
// renderings.
func change(dice *rand.Rand, shelf *shelf, list []feed.Placed, step int) []feed.Placed {
	e := &list[dice.IntN(len(list))]
	source := &shelf.sources[1+dice.IntN(len(shelf.sources)-1)]
	switch dice.IntN(7) {
	case 0:
		e.Title = fmt.Sprintf("Edited at %d", step)
	case 1:
		e.Sightings = append(slices.Clone(e.Sightings), feed.Sighting{Source: source.Source.ID, Link: fmt.Sprintf("https://also.example/%d", step), Seen: e.Published})
	case 2:
		source.Profile.Title = fmt.Sprintf("Renamed at %d", step)
	case 3:
		source.Profile.Updated = source.Profile.Updated.Add(time.Hour)
	case 4: // a source leaves the configuration
		if len(shelf.sources) > 3 {
			profiles := maps.Clone(shelf.windows["all"].Sources)
			if profiles == nil {
				profiles = make(map[string]feed.Profile)
			}
			profiles[source.Source.ID] = source.Profile
			for id, w := range shelf.windows {
				w.Sources = profiles
				shelf.windows[id] = w
			}
			shelf.sources = slices.DeleteFunc(slices.Clone(shelf.sources), func(d feed.Described) bool { return d.Source.ID == source.Source.ID })
		}
	case 5:
		fresh := hourly(61 + step)[0]
		if !slices.ContainsFunc(list, func(o feed.Placed) bool { return o.Slug == fresh.Slug }) {
			return append([]feed.Placed{fresh}, list...)
		}
	case 6:
		return slices.DeleteFunc(list, func(o feed.Placed) bool { return o.Slug == e.Slug })
	}
	return list
}
