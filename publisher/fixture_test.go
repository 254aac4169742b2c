package publisher_test

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"weir/feed"
	"weir/publisher"
)

// shelf is what a publisher reads: entries by channel, newest first.
type shelf struct {
	windows  map[string]feed.Window
	sources  []feed.Described
	told     []*feed.Described
	removed  []feed.Entry
	err      error
	requests atomic.Int64
	// spared counts the entries that nobody had to read.
	spared atomic.Int64
}

func (s *shelf) Window(q feed.Query) (feed.Window, error) {
	s.requests.Add(1)
	if s.err != nil {
		return feed.Window{}, s.err
	}
	w, ok := s.windows[q.Channel]
	if !ok {
		return feed.Window{}, errors.New("no such channel")
	}
	w.Entries = slices.Clone(w.Entries)
	s.arrivals(&w)
	start, _ := strconv.Atoi(string(q.After))
	end := min(start+q.Limit, len(w.Entries))
	w.Entries = slices.Clone(w.Entries[start:end])
	named := make(map[string]bool)
	for i := range w.Entries {
		e := &w.Entries[i]
		if e.Revision != 0 && q.Known[e.Slug] == e.Revision {
			s.spared.Add(1)
			*e = feed.Placed{Entry: feed.Entry{Slug: e.Slug}, Revision: e.Revision, Arrival: e.Arrival, Known: true}
			continue
		}
		unshare(reflect.ValueOf(e).Elem())
		for _, sg := range e.Sightings {
			named[sg.Source] = true
		}
	}
	w.Sources = maps.Clone(w.Sources)
	if w.Sources == nil {
		w.Sources = map[string]feed.Profile{}
	}
	maps.DeleteFunc(w.Sources, func(id string, _ feed.Profile) bool { return !named[id] })
	if end < len(s.windows[q.Channel].Entries) {
		w.Next = feed.Cursor(strconv.Itoa(end))
	}
	return w, nil
}

// unshare gives a value lists of its own: what a reader is given is a copy that
// it may change.
func unshare(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		if !v.IsNil() {
			own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(own, v)
			v.Set(own)
			for i := range v.Len() {
				unshare(v.Index(i))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			own := reflect.New(v.Type().Elem())
			own.Elem().Set(v.Elem())
			v.Set(own)
			unshare(own.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				unshare(v.Field(i))
			}
		}
	}
}

// arrivals numbers entries that have no arrival number: the last one came
// first.
func (s *shelf) arrivals(w *feed.Window) {
	for i := range w.Entries {
		if w.Entries[i].Arrival == 0 {
			w.Entries[i].Arrival = uint64(len(w.Entries) - i)
		}
		w.Arrivals = max(w.Arrivals, w.Entries[i].Arrival)
	}
}

func (s *shelf) Archive(channel string, page int) (feed.Window, error) {
	s.requests.Add(1)
	w := s.windows[channel]
	w.Entries = slices.Clone(w.Entries)
	s.arrivals(&w)
	w.Entries = slices.DeleteFunc(w.Entries, func(e feed.Placed) bool { return int(e.Arrival-1)/feed.ArchivePage+1 != page })
	w.Sources = maps.Clone(w.Sources)
	return w, nil
}

func (s *shelf) Arrivals(channel string, page int) (numbers []uint64, err error) {
	w, err := s.Archive(channel, page)
	for _, e := range w.Entries {
		numbers = append(numbers, e.Arrival)
	}
	slices.Sort(numbers)
	return numbers, err
}

func (s *shelf) Pages(channel string, from int) (pages []feed.Page, err error) {
	all := s.windows[channel]
	all.Entries = slices.Clone(all.Entries)
	s.arrivals(&all)
	for n := from; n <= int(all.Arrivals)/feed.ArchivePage; n++ {
		p := feed.Page{Number: n}
		for _, e := range all.Entries {
			if int(e.Arrival-1)/feed.ArchivePage+1 == n {
				p.Entries++
				p.Revision = max(p.Revision, e.Revision)
			}
		}
		pages = append(pages, p)
	}
	return pages, nil
}

func (s *shelf) List(feed.Selection) (feed.Listing, error) {
	return feed.Listing{Entries: s.removed}, nil
}

func (s *shelf) Revisions() (map[string]uint64, error) {
	revisions := make(map[string]uint64)
	for id, w := range s.windows {
		revisions[id] = w.Revision
	}
	return revisions, nil
}

// Profiles tells sources by the same pointers for as long as they stay.
func (s *shelf) Profiles() ([]*feed.Described, error) {
	told := make([]*feed.Described, len(s.sources))
	for i, d := range s.sources {
		if told[i] = &d; i < len(s.told) && reflect.DeepEqual(*s.told[i], d) {
			told[i] = s.told[i]
		}
	}
	s.told = told
	return slices.Clone(told), nil
}

// put replaces the entries of a channel and moves its revision, and that of what
// changed among them.
func (s *shelf) put(channel string, entries ...feed.Placed) {
	w := s.windows[channel]
	old := w.Entries
	w.Channel, w.Revision, w.Entries = channel, w.Revision+1, slices.Clone(entries)
	for i := range w.Entries {
		e := &w.Entries[i]
		at := slices.IndexFunc(old, func(o feed.Placed) bool { return o.Slug == e.Slug })
		switch {
		case at >= 0 && reflect.DeepEqual(old[at].Entry, e.Entry):
			e.Revision = old[at].Revision
		case e.Revision == 0 || at >= 0 && e.Revision == old[at].Revision:
			e.Revision = w.Revision
		}
	}
	s.windows[channel] = w
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

// options are those of a site with two channels.
func options() publisher.Options {
	return publisher.Options{
		Site: publisher.Site{
			Title: "Planet Riverbank", URL: "https://planet.example.org/", Since: "2026-01-01", Language: "en",
			Description: "Writing from along the water: engineering notes, field reports and the odd poem.",
			Author:      feed.Person{Name: "The Riverbank editors", Email: "editors@example.org", URI: "https://example.org/"},
			Icon:        "https://planet.example.org/icon.png",
		},
		Channels: []publisher.Channel{
			{ID: "all"},
			{ID: "go", Title: "Only Go", Description: "Posts about the language"},
		},
		Articles: ".articles",
		Version:  "1.2.3",
		Digest:   "config-1",
		Assets:   map[string]fs.FS{"articles": articleFolder()},
	}
}

const diagram = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><circle cx="2" cy="2" r="2"/></svg>`

func articleFolder() fstest.MapFS {
	return fstest.MapFS{"weirs/diagram.svg": {Data: []byte(diagram)}}
}

// library is a store's content in which every field of an entry is used.
func library() *shelf {
	s := &shelf{windows: make(map[string]feed.Window), sources: described()}
	entries := []feed.Placed{localArticle(), blogPost(), podcast(), linkPost(), untitled(), rightToLeft()}
	s.put("all", entries...)
	s.put("go", blogPost())
	s.put(".articles", localArticle())
	return s
}

func described() []feed.Described {
	told := func(src feed.Source, p feed.Profile) feed.Described { return feed.Described{Source: src, Profile: p} }
	return []feed.Described{
		told(feed.Source{ID: "articles", Kind: feed.Articles, URL: "/srv/weir/articles", Title: "Riverbank house notes", Priority: 100},
			feed.Profile{Local: true, Updated: at("2026-11-20T09:30:00Z")}),
		told(feed.Source{ID: "cafe", URL: "https://café.example/rss"},
			feed.Profile{Title: "Café Société", Link: "https://café.example/", Language: "fr", Updated: at("2026-11-18T10:00:00Z")}),
		told(feed.Source{ID: "go-notes", URL: "https://user:secret@go.example.com/feed.atom", Tags: []string{"go", "code"}},
			feed.Profile{
				Title: "Go & Notes", Subtitle: "Small programs, explained", Link: "https://go.example.com", FeedID: "tag:go.example.com,2019:blog",
				Self: "https://go.example.com/feed.atom", Language: "en", Rights: "CC BY 4.0", Icon: "https://go.example.com/icon.png",
				Authors: []feed.Person{{Name: "Ann Gopher", URI: "https://go.example.com/ann"}}, Updated: at("2026-11-20T08:00:00.25Z"),
			}),
		told(feed.Source{ID: "radio", URL: "https://radio.example/podcast.xml?token=hush"},
			feed.Profile{Title: "River Radio", Link: "https://radio.example/", Self: "https://radio.example/podcast.xml", Updated: at("2026-11-19T05:00:00Z")}),
		told(feed.Source{ID: "sifriya", URL: "https://sifriya.example/feed"},
			feed.Profile{Title: "ספריית הנהר", Link: "https://sifriya.example/", Language: "he", Updated: at("2026-11-18T09:00:00Z")}),
	}
}

func entry(slug, source, id, published string) feed.Placed {
	when := at(published)
	return feed.Placed{Entry: feed.Entry{
		Slug: slug, ID: id, Published: when, Updated: when, FirstSeen: when.Add(20 * time.Minute), Place: when,
		Sightings: []feed.Sighting{{Source: source, Key: feed.Key{1, 2, 3}, Seen: when}},
	}}
}

func localArticle() feed.Placed {
	e := entry("how-weirs-work", "articles", "tag:planet.example.org,2026-01-01:articles/0102030000000000", "2026-11-20T09:00:00Z")
	e.Updated = at("2026-11-20T09:30:00Z")
	e.Content = feed.Content{
		Title: "How weirs work", Link: "https://planet.example.org/e/how-weirs-work/", Language: "en",
		Summary: "A weir lets a river keep its shape while it gives up a little of its hurry.",
		HTML: `<h2>Why build one</h2><p>A weir is a low dam that water flows over. See <a href="https://planet.example.org/">the other stories</a>` +
			` or <a href="https://en.wikipedia.org/wiki/Weir">an encyclopaedia</a>.</p><figure><img src="https://planet.example.org/e/how-weirs-work/diagram.svg" alt="A weir from the side"/>` +
			`<figcaption>From the side.</figcaption></figure><h3>The crest</h3><p>Its height decides everything.</p><pre><code>depth := flow / (width * speed)</code></pre>` +
			`<blockquote>Slow water is patient water.</blockquote><ul><li>Broad-crested</li><li>Sharp-crested</li></ul>`,
		Authors: []feed.Person{{Name: "Oliver Smith", Bio: "Oliver Smith has measured small rivers for twenty years and still falls in."}},
		Tags:    []feed.Tag{{Term: "rivers"}, {Term: "engineering", Label: "Engineering"}},
		Assets: []feed.Asset{{
			Name: "diagram.svg", Path: "weirs/diagram.svg", Size: int64(len(diagram)), Sum: sha256.Sum256([]byte(diagram)),
		}},
	}
	return e
}

func blogPost() feed.Placed {
	e := entry("generics-in-anger", "go-notes", "https://go.example.com/2026/generics", "2026-11-20T08:00:00.25Z")
	e.Content = feed.Content{
		Title: `Generics in anger: when <T> & "any" earn their keep`, Link: "https://go.example.com/2026/generics", Language: "en",
		Summary: "Three places where a type parameter made the code shorter, and one where it did not.",
		HTML: `<p>Type parameters are <em>not</em> free. Here is what <code>func Map[T, U any]</code> costs.</p>` +
			`<p><img src="https://go.example.com/chart.png" alt="Chart of build times"/></p><p>5 &lt; 6 &amp; 7 &gt; 2 ]]&gt; done.</p>`,
		Authors:      []feed.Person{{Name: "Ann Gopher", Email: "ann@go.example.com", URI: "https://go.example.com/ann", Avatar: "https://go.example.com/ann.png"}, {Name: "Bo Byte"}},
		Contributors: []feed.Person{{Name: "Cy Reviewer"}},
		Tags:         []feed.Tag{{Term: "go"}, {Term: "generics", Scheme: "https://go.example.com/tags", Label: "Generics"}},
		Comments:     "https://go.example.com/2026/generics#comments",
		Rights:       "CC BY 4.0",
		Image:        "https://go.example.com/card.png",
		Links: []feed.Link{
			{Rel: "license", Href: "https://creativecommons.org/licenses/by/4.0/"},
			{Rel: "next", Href: "https://go.example.com/feed.atom?page=2"},
		},
		Extensions: []feed.Extension{
			{Space: "http://purl.org/rss/1.0/modules/slash/", Name: "comments", Text: "12"},
			{Space: "http://wellformedweb.org/CommentAPI/", Name: "commentRss", Text: "https://go.example.com/2026/generics/comments.xml"},
			{Space: "urn:unknown", Name: "secret", Text: "not passed on"},
		},
	}
	e.Sightings = append(e.Sightings, feed.Sighting{
		Source: "cafe", Link: "https://café.example/lu-cette-semaine", Title: "Lu cette semaine", Tags: []feed.Tag{{Term: "lectures"}, {Term: "Go"}},
	})
	return e
}

func podcast() feed.Placed {
	e := entry("episode-42-the-sluice", "radio", "tag:planet.example.org,2026-01-01:radio/00000000000000aa", "2026-11-19T05:00:00Z")
	e.Content = feed.Content{
		Title: "Episode 42: The sluice keeper", Link: "https://radio.example/42",
		HTML:    `<p>We talk to the woman who opens the gates at four in the morning, and to the heron who waits for her.</p>`,
		Excerpt: true,
		Authors: []feed.Person{{Name: "River Radio"}},
		Attachments: []feed.Attachment{
			{URL: "https://cdn.radio.example/42.mp3", Type: "audio/mpeg", Length: 52_345_678, Title: "Episode 42", Duration: 43*time.Minute + 12*time.Second},
			{URL: "https://cdn.radio.example/42.opus", Type: "audio/ogg", Length: 21_000_000},
			{URL: "https://cdn.radio.example/42-notes.pdf", Type: "application/pdf"},
		},
		Extensions: []feed.Extension{
			{Space: "http://www.itunes.com/dtds/podcast-1.0.dtd", Name: "duration", Text: "43:12"},
			{Space: "http://www.itunes.com/dtds/podcast-1.0.dtd", Name: "new-feed-url", Text: "https://evil.example/feed"},
			{Space: "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md", Name: "transcript", Attrs: []feed.Attr{
				{Name: "url", Value: "https://radio.example/42.vtt"}, {Name: "type", Value: "text/vtt"},
			}},
		},
	}
	return e
}

func linkPost() feed.Placed {
	e := entry("worth-reading-tide-tables", "go-notes", "https://go.example.com/links/tides", "2026-11-18T10:00:00Z")
	e.Content = feed.Content{
		Title: "Worth reading: tide tables", Link: "https://go.example.com/links/tides", External: "https://tides.example/tables",
		Summary: "An old trade, a new dataset.",
		Tags:    []feed.Tag{{Term: "links"}},
	}
	return e
}

func untitled() feed.Placed {
	e := entry("entry-0a1b2c3d4e5f", "cafe", "https://café.example/note/7", "2026-11-18T07:30:00Z")
	e.Inferred = true
	e.Content = feed.Content{Link: "https://café.example/note/7", Language: "fr", HTML: "<p>Ce matin, la rivière est sortie de son lit et nous avons pris le café sur le toit.</p>"}
	return e
}

func rightToLeft() feed.Placed {
	e := entry("river-library-opens", "sifriya", "https://sifriya.example/1", "2026-11-18T06:00:00Z")
	e.Content = feed.Content{
		Title: "הספרייה שעל הנהר נפתחת מחדש", Link: "https://sifriya.example/1", Language: "he",
		Summary: "אחרי שלוש שנים של שיפוצים, הדלתות פתוחות שוב.", HTML: "<p>אחרי שלוש שנים של שיפוצים, הדלתות פתוחות שוב.</p>",
	}
	return e
}

func newPublisher(t testing.TB, opt publisher.Options, r publisher.Reader) *publisher.Publisher {
	t.Helper()
	p, err := publisher.New(opt, r)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return p
}

func render(t testing.TB, p *publisher.Publisher) *publisher.Snapshot {
	t.Helper()
	s, err := p.Render(t.Context())
	if err != nil {
		t.Fatalf("Render: %v", err)
	}
	if err := s.Pack(t.Context(), nil); err != nil {
		t.Fatalf("Pack: %v", err)
	}
	return s
}

func body(t testing.TB, s *publisher.Snapshot, path string) string {
	t.Helper()
	d, ok := s.Document(path)
	if !ok {
		t.Fatalf("no document %s", path)
	}
	return string(d.Body)
}
