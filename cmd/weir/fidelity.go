package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"weir/feed"
	"weir/publisher"
)

// The formats of an account, in the order in which it tells them.
var fidelityFormats = [...]struct{ name, path string }{{"rss", "rss.xml"}, {"atom", "atom.xml"}, {"json", "feed.json"}}

// spaceAccount is what became of the elements of one namespace.
type spaceAccount struct {
	Namespace string `json:"namespace"`
	// In counts the elements in the items of the document, Out those of them
	// that every format has: as they are, or in the words of its own.
	In  int            `json:"in"`
	Out map[string]int `json:"out"`
	// Left are those that no format has and why, Lost those that one at least
	// lacks without a reason.
	Left []leftOut `json:"left_out,omitempty"`
	Lost []lostOne `json:"lost,omitempty"`
}

type leftOut struct {
	Name   string `json:"name"`
	Count  int    `json:"count"`
	Reason string `json:"reason"`
}

type lostOne struct {
	Name   string `json:"name"`
	Format string `json:"format"`
	Item   string `json:"item"`
	Text   string `json:"text,omitempty"`
}

// fidelity is an account of a document: what its items say, and what of that
// comes out when they are published.
type fidelity struct {
	Items int `json:"items"`
	// Untaken counts the items that did not become entries.
	Untaken    int            `json:"untaken"`
	Namespaces []spaceAccount `json:"namespaces"`
}

// only is a store that holds the items of one document.
type only struct {
	window feed.Window
	source feed.Described
}

func (o *only) Window(feed.Query) (feed.Window, error) {
	w := o.window
	w.Entries = slices.Clone(w.Entries)
	w.Sources = map[string]feed.Profile{o.source.Source.ID: o.source.Profile}
	return w, nil
}

func (o *only) Revisions() (map[string]uint64, error) {
	return map[string]uint64{feed.ChannelAll: o.window.Revision}, nil
}

func (o *only) Profiles() ([]*feed.Described, error) { return []*feed.Described{&o.source}, nil }

// There is no history: the window holds everything.

func (o *only) Archive(string, int) (feed.Window, error)  { return feed.Window{}, nil }
func (o *only) Arrivals(string, int) ([]uint64, error)    { return nil, nil }
func (o *only) Pages(string, int) ([]feed.Page, error)    { return nil, nil }
func (o *only) List(feed.Selection) (feed.Listing, error) { return feed.Listing{}, nil }

// measure publishes the items of a document and counts what of them is there.
// All is as the option of a channel says it.
func (s *sight) measure(ctx context.Context, all bool) (*fidelity, error) {
	if len(s.input.body) == 0 {
		return nil, &usageError{text: "--fidelity counts what a feed says, and articles are none", hint: "weir parse --fidelity saved.xml"}
	}
	in, err := account(s.input.body)
	if err != nil {
		return nil, withHint(&dataError{fmt.Errorf("%s: %w", s.input.name, err)}, "only what a plain parser can read is counted")
	}
	out, err := s.published(ctx, all)
	if err != nil {
		return nil, err
	}
	f := &fidelity{Items: len(in), Untaken: len(in) - len(s.document.Items)}
	for i := range s.document.Items {
		it := &s.document.Items[i]
		if it.Position >= len(in) {
			return nil, &dataError{errors.New("the document has fewer items to a plain parser than to Weir, so that nothing can be compared")}
		}
		f.compare(in[it.Position], out[s.publishedAs(i)], it, all)
	}
	slices.SortFunc(f.Namespaces, func(a, b spaceAccount) int { return cmp.Compare(a.Namespace, b.Namespace) })
	return f, nil
}

// publishedAs is an id for the n-th item that no other one has.
func (s *sight) publishedAs(n int) string { return cmp.Or(s.ids[n], fmt.Sprintf("urn:weir:%d", n)) }

// published renders the items and takes account of every format, by id.
func (s *sight) published(ctx context.Context, all bool) (map[string][len(fidelityFormats)]*itemSaid, error) {
	src := s.input.source
	src.ID = cmp.Or(src.ID, "source")
	shelf := &only{source: feed.Described{Source: src}, window: feed.Window{Channel: feed.ChannelAll, Revision: 1}}
	shelf.source.Profile = s.document.Profile
	for i := range s.document.Items {
		it := &s.document.Items[i]
		e := feed.Entry{
			Slug: s.slugs[i], ID: s.publishedAs(i), Published: it.Published, Updated: it.Updated, Content: it.Content,
			Sightings: []feed.Sighting{{Source: src.ID, Key: it.Key, Link: it.Link, Title: it.Title, Tags: it.Tags}},
			Place:     cmp.Or(it.Published, it.Updated, time.Unix(0, 0)),
		}
		shelf.window.Entries = append(shelf.window.Entries, feed.Placed{Entry: e, Revision: 1})
	}
	p, err := publisher.New(publisher.Options{
		Site:     publisher.Site{Title: "Fidelity", URL: "https://weir.example/", Since: "2026-01-01"},
		Channels: []publisher.Channel{{ID: feed.ChannelAll, Limit: len(s.document.Items) + 1, AllExtensions: all}},
	}, shelf)
	if err != nil {
		return nil, err
	}
	snapshot, err := p.Render(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string][len(fidelityFormats)]*itemSaid)
	for n, format := range fidelityFormats {
		doc, ok := snapshot.Document(format.path)
		if !ok {
			return nil, fmt.Errorf("%s was not made", format.path)
		}
		items, err := account(doc.Body)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", format.path, err)
		}
		for _, it := range items {
			all := out[it.id]
			all[n] = it
			out[it.id] = all
		}
	}
	return out, nil
}

// compare adds one item to the account.
func (f *fidelity) compare(in *itemSaid, out [len(fidelityFormats)]*itemSaid, it *feed.Item, all bool) {
	for i := range in.list {
		e := &in.list[i]
		t := f.space(e.space)
		t.In++
		var missing []string
		for n, format := range fidelityFormats {
			if out[n] != nil && out[n].tells(e) {
				t.Out[format.name]++
			} else {
				missing = append(missing, format.name)
			}
		}
		if len(missing) == 0 {
			continue
		}
		again := slices.ContainsFunc(in.list[:i], func(before said) bool { return before.space == e.space && before.name == e.name })
		again = again || slices.ContainsFunc(in.list[i+1:], func(after said) bool { return after.space == e.space && after.name == e.name })
		if why := reason(e, it, missing, again, all); why != "" {
			t.leave(e.name, why)
			continue
		}
		for _, format := range missing {
			t.Lost = append(t.Lost, lostOne{Name: e.name, Format: format, Item: it.RawID, Text: cutRunes(cmp.Or(e.text, e.address), 60)})
		}
	}
}

func (f *fidelity) space(space string) *spaceAccount {
	at := slices.IndexFunc(f.Namespaces, func(t spaceAccount) bool { return t.Namespace == space })
	if at < 0 {
		at = len(f.Namespaces)
		f.Namespaces = append(f.Namespaces, spaceAccount{Namespace: space, Out: map[string]int{"rss": 0, "atom": 0, "json": 0}})
	}
	return &f.Namespaces[at]
}

func (t *spaceAccount) leave(name, why string) {
	for i := range t.Left {
		if l := &t.Left[i]; l.Name == name && l.Reason == why {
			l.Count++
			return
		}
	}
	t.Left = append(t.Left, leftOut{Name: name, Count: 1, Reason: why})
}

// tells reports whether an item says what the element says: by such an element,
// or by any of its own.
func (it *itemSaid) tells(e *said) bool {
	for i := range it.list {
		o := &it.list[i]
		if o.name == e.name && o.space == e.space && o.address == e.address && strings.Contains(o.text, cutRunes(e.text, matchLetters)) {
			return true
		}
	}
	switch strings.ToLower(e.name) {
	case "guid", "id", "identifier":
		return it.id != "" // the id of a story is made of it (U7)
	case "pubdate", "date", "published", "issued", "created", "updated", "modified", "date_published", "date_modified":
		return slices.ContainsFunc(it.list, func(o said) bool {
			switch o.name {
			case "pubDate", "published", "updated", "date_published", "date_modified":
				return o.text != ""
			}
			return false
		})
	}
	all := it.all.String()
	if e.words != nil {
		return !slices.ContainsFunc(e.words, func(word string) bool { return !strings.Contains(all, word) })
	}
	return e.text+e.address != "" && strings.Contains(all, e.address) && (holds(all, e.text) || holds(all, e.plain))
}

// holds reports whether a text is in another one: of a long text, which
// cleaning may shorten, half of some samples.
func holds(all, text string) bool {
	const samples = 8
	r := []rune(text)
	if len(r) <= 4*matchLetters {
		return strings.Contains(all, cutRunes(text, matchLetters))
	}
	found := 0
	for i := range samples {
		at := i * (len(r) - matchLetters) / samples
		if strings.Contains(all, string(r[at:at+matchLetters])) {
			found++
		}
	}
	return 2*found >= samples
}

func cutRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
