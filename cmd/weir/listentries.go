package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"weir/config"
	"weir/feed"
	"weir/store"
)

// listEntries wants entries of a channel in its order, or with State those of
// the whole store.
type listEntries struct {
	Source, Channel, State string
	Limit                  int
}

type entryList struct {
	Entries []entryRow `json:"entries"`
}

type entryRow struct {
	Slug  string `json:"slug"`
	ID    string `json:"id"`
	Title string `json:"title"`
	Link  string `json:"link,omitempty"`
	// Source owns the entry, Also are the others that tell the story.
	Source    string     `json:"source"`
	Also      []string   `json:"also"`
	State     string     `json:"state"`
	Since     *time.Time `json:"since,omitempty"`
	Published time.Time  `json:"published"`
	Updated   time.Time  `json:"updated"`
}

// run implements errand.
func (l listEntries) run(ctx context.Context, s *scene) (entryList, error) {
	left, err := s.left(l.Source)
	if err != nil {
		return entryList{}, err
	}
	if left && l.Channel == "" && l.State == "" {
		l.State = "any" // what it told is seldom published still
	}
	states, err := l.check(s.config)
	if err != nil {
		return entryList{}, err
	}
	list := entryList{Entries: []entryRow{}}
	take := func(e *feed.Entry) bool {
		list.Entries = append(list.Entries, rowOf(e))
		return len(list.Entries) < l.Limit
	}
	if l.State != "" {
		err = eachEntry(ctx, s.store, feed.Selection{Source: l.Source, States: states, Limit: l.Limit}, take)
	} else {
		err = l.eachPlaced(ctx, s.store, take)
	}
	return list, err
}

// left reports whether a source left the configuration and the store still
// knows what it told; one that nobody knows is refused.
func (s *scene) left(source string) (bool, error) {
	if source == "" {
		return false, nil
	}
	unknown := knownSources(s.config, []string{source})
	if unknown == nil {
		return false, nil
	}
	_, err := s.store.List(feed.Selection{Source: source, Limit: 1})
	if errors.Is(err, store.ErrNotFound) {
		err = unknown
	}
	return err == nil, err
}

// check refuses what cannot be listed, and names what can.
func (l *listEntries) check(c *config.Config) ([]feed.EntryState, error) {
	var channels []string
	for _, ch := range c.Channels {
		channels = append(channels, ch.ID)
	}
	switch {
	case l.Limit < 1 || l.Limit > mostListed:
		return nil, &usageError{text: "the limit is out of range", hint: fmt.Sprintf("--limit from 1 to %d", mostListed)}
	case l.Channel != "" && l.State != "":
		return nil, &usageError{text: "only placed entries are in a channel", hint: "--channel or --state, not both"}
	case l.Channel != "" && !slices.Contains(channels, l.Channel):
		return nil, &usageError{text: fmt.Sprintf("there is no channel %q", l.Channel), hint: "weir list channels, which lists: " + some(channels)}
	case l.State == "", l.State == "any":
		return nil, nil
	}
	var words []string
	for state := feed.StatePlaced; state.String() != "unknown"; state++ {
		if words = append(words, state.String()); state.String() == l.State {
			return []feed.EntryState{state}, nil
		}
	}
	return nil, &usageError{text: fmt.Sprintf("there is no state %q", l.State), hint: "--state any, or one of: " + strings.Join(words, ", ")}
}

// eachPlaced walks over a channel until somebody has enough.
func (l *listEntries) eachPlaced(ctx context.Context, st store.Store, take func(*feed.Entry) bool) error {
	q := feed.Query{Channel: l.Channel, Limit: min(l.Limit, 500)}
	if q.Channel == "" {
		q.Channel = feed.ChannelAll
	}
	for ctx.Err() == nil {
		w, err := st.Window(q)
		if errors.Is(err, store.ErrFounding) {
			return nil // there is nothing yet
		}
		if err != nil {
			return err
		}
		for i := range w.Entries {
			e := &w.Entries[i].Entry
			if (l.Source == "" || tells(e, l.Source)) && !take(e) {
				return nil
			}
		}
		if q.After = w.Next; q.After == "" {
			return nil
		}
	}
	return ctx.Err()
}

// eachEntry walks over the store until somebody has enough.
func eachEntry(ctx context.Context, st store.Store, q feed.Selection, take func(*feed.Entry) bool) error {
	q.Limit = min(q.Limit, 500)
	for ctx.Err() == nil {
		list, err := st.List(q)
		if err != nil {
			return err
		}
		for i := range list.Entries {
			if !take(&list.Entries[i]) {
				return nil
			}
		}
		if q.After = list.Next; q.After == "" {
			return nil
		}
	}
	return ctx.Err()
}

func tells(e *feed.Entry, source string) bool {
	return slices.ContainsFunc(e.Sightings, func(s feed.Sighting) bool { return s.Source == source })
}

func rowOf(e *feed.Entry) entryRow {
	return entryRow{
		Slug: e.Slug, ID: e.ID, Title: e.Title, Link: e.Link, Source: e.Source(), Also: others(e),
		State: e.State.String(), Since: instant(e.StateSince), Published: e.Published, Updated: e.Updated,
	}
}

// others are the sources that tell a story beside its owner, each once.
func others(e *feed.Entry) []string {
	list := []string{}
	for _, s := range e.Sightings {
		if s.Source != e.Source() && !slices.Contains(list, s.Source) {
			list = append(list, s.Source)
		}
	}
	return list
}

func (l entryList) print(w io.Writer, _ time.Time) error {
	differ := slices.ContainsFunc(l.Entries, func(r entryRow) bool { return r.State != feed.StatePlaced.String() })
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	state := func(s string) string {
		if differ {
			return s + "\t"
		}
		return ""
	}
	fmt.Fprintf(t, "SLUG\tPUBLISHED\t%sSOURCE\tALSO\tTITLE\n", state("STATE"))
	for _, r := range l.Entries {
		fmt.Fprintf(t, "%s\t%s\t%s%s\t%d\t%s\n", r.Slug, r.Published.UTC().Format("2006-01-02 15:04"), state(r.State),
			r.Source, len(r.Also), brief(r.Title))
	}
	return t.Flush()
}
