package publisher_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/publisher"
)

func TestNewRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*publisher.Options)
		want   string
	}{
		{"no site", func(o *publisher.Options) { o.Site.URL = "" }, `site url ""`},
		{"relative site", func(o *publisher.Options) { o.Site.URL = "/planet/" }, "absolute"},
		{"no slash", func(o *publisher.Options) { o.Site.URL = "https://a.example/planet" }, "ends with a slash"},
		{"ftp", func(o *publisher.Options) { o.Site.URL = "ftp://a.example/" }, "http or https"},
		{"password", func(o *publisher.Options) { o.Site.URL = "https://u:p@a.example/" }, "absolute"},
		{"no since", func(o *publisher.Options) { o.Site.Since = "yesterday" }, `site since "yesterday"`},
		{"no all", func(o *publisher.Options) { o.Channels = o.Channels[1:] }, "all is missing"},
		{"twice", func(o *publisher.Options) { o.Channels = append(o.Channels, o.Channels[1]) }, "named twice"},
		{"bad id", func(o *publisher.Options) { o.Channels[1].ID = "../go" }, `channel "../go"`},
		{"own route", func(o *publisher.Options) { o.Channels[1].ID = "embed" }, "own addresses"},
	} {
		t.Run(test.name, func(t *testing.T) {
			opt := options()
			test.change(&opt)
			if _, err := publisher.New(opt, library()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("New = %v; want an error with %q", err, test.want)
			}
		})
	}
}

func TestRenderOnlyWhatMoved(t *testing.T) {
	shelf := library()
	p := newPublisher(t, options(), shelf)
	first := render(t, p)
	if again := render(t, p); again != first {
		t.Error("nothing moved, and the snapshot is another one")
	}
	shelf.requests.Store(0)
	post := blogPost()
	post.Title = "Generics, revised"
	shelf.put("go", post)
	second := render(t, p)
	if shelf.requests.Load() != 1 {
		t.Errorf("%d windows were read; want 1, for the channel that moved", shelf.requests.Load())
	}
	for path, doc := range first.All() {
		now, _ := second.Document(path)
		if changed := now != doc; changed != (strings.HasPrefix(path, "go/") && path != "go/sources.opml") {
			t.Errorf("%s: changed = %v", path, changed)
		}
	}
	if want := map[string]uint64{"all": 1, "go": 2, ".articles": 1}; !maps.Equal(second.Revisions(), want) {
		t.Errorf("Revisions = %v; want %v", second.Revisions(), want)
	}
}

// A document's tag, date and bytes stay while its bytes do, whatever the
// revision; when they change, all of them change (U1, S6, S8).
func TestDocumentsStay(t *testing.T) {
	shelf := library()
	p := newPublisher(t, options(), shelf)
	before := render(t, p)
	entries := shelf.windows["all"].Entries
	shelf.put("all", entries...)
	after := render(t, p)
	for path, doc := range before.All() {
		if now, _ := after.Document(path); now != doc {
			t.Errorf("%s: another document for the same bytes", path)
		}
	}
	// Only the content moved: no date of the entry did.
	changed := slices.Clone(entries)
	changed[0].Summary = "Another summary"
	shelf.put("all", changed...)
	last := render(t, p)
	old, _ := after.Document("rss.xml")
	now, _ := last.Document("rss.xml")
	if old.ETag == now.ETag || !now.Modified.After(old.Modified) {
		t.Errorf("changed bytes: tag %s then %s, date %v then %v", old.ETag, now.ETag, old.Modified, now.Modified)
	}
	if !strings.HasPrefix(now.ETag, `"3-`) {
		t.Errorf("ETag = %s; want it to begin with the revision 3", now.ETag)
	}
}

// Two publishers over the same content write the same bytes (U1).
func TestDeterministic(t *testing.T) {
	a := render(t, newPublisher(t, options(), library()))
	for range 5 {
		b := render(t, newPublisher(t, options(), library()))
		for path, doc := range a.All() {
			other, ok := b.Document(path)
			if !ok || !bytes.Equal(doc.Body, other.Body) || !bytes.Equal(doc.Coded("gzip"), other.Coded("gzip")) || doc.ETag != other.ETag {
				t.Fatalf("%s differs between two publishers", path)
			}
		}
	}
}

// An entry that cannot be rendered is left out with a reason, once, and the
// rest is published (XG09).
func TestPoisonedEntry(t *testing.T) {
	for name, fail := range map[string]func(){
		"error": nil,
		"panic": func() { panic("boom") },
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			opt := options()
			opt.Logger = slog.New(slog.NewTextHandler(&log, nil))
			shelf := library()
			p := newPublisher(t, opt, shelf)
			p.Poison(func(slug string) error {
				if slug != "generics-in-anger" {
					return nil
				}
				if fail != nil {
					fail()
				}
				return errors.New("cannot be written")
			})
			s := render(t, p)
			for _, path := range []string{"rss.xml", "atom.xml", "feed.json", "index.html", "embed/index.html"} {
				if doc := body(t, s, path); strings.Contains(doc, "Generics in anger") || !strings.Contains(doc, "How weirs work") {
					t.Errorf("%s: poisoned entry present, or others missing", path)
				}
			}
			if left := s.LeftOut(); len(left) != 1 || left[0].Entry != "generics-in-anger" || left[0].Source != "go-notes" || left[0].Reason == "" {
				t.Errorf("left out: %+v", left)
			}
			shelf.put("all", shelf.windows["all"].Entries...)
			render(t, p)
			if n := strings.Count(log.String(), "entry left out"); n != 1 {
				t.Errorf("reported %d times; want once:\n%s", n, log.String())
			}
		})
	}
}

func TestStrictReading(t *testing.T) {
	for _, bad := range []string{
		"", "text", "<item>", "<item></item><item></item>", "<item/>text", "</envelope><envelope>", "<item><!DOCTYPE a></item>",
		"<item>\x02</item>", "<item>&nbsp;</item>", "<media:content/>", `<item podcast:x="1"/>`, "<item><?xml-stylesheet href='x'?></item>",
		"<item a='1></item>", "<item>\xff</item>", `<item a="1" a="2"/>`, `<item><b dc:a="1" xmlns:x="http://purl.org/dc/elements/1.1/" x:a="2"/></item>`,
	} {
		if publisher.VerifyItem(bad) == nil {
			t.Errorf("VerifyItem(%q) = nil; want an error", bad)
		}
	}
	if err := publisher.VerifyItem(`<item xml:lang="en"><dc:creator>A &amp; B</dc:creator><content:encoded><![CDATA[<p>]]></content:encoded></item>`); err != nil {
		t.Errorf("VerifyItem of a good item: %v", err)
	}
}

// S22: a fragment that is well-formed and says something else than was meant is
// found.
func TestReadBack(t *testing.T) {
	const item = `<item><title>A &amp; B</title><guid isPermaLink="false">1</guid><media:title xmlns:media="http://search.yahoo.com/mrss/">C</media:title></item>`
	for want, fine := range map[string]bool{"A & B": true, " A & B": false, "A &amp; B": false, "C": false, "": false} {
		if err := publisher.VerifyItem(item, "title", want); (err == nil) != fine {
			t.Errorf("title %q: %v", want, err)
		}
	}
	if publisher.VerifyItem(item, "link", "") != nil || publisher.VerifyItem(item, "link", "https://a.example/") == nil {
		t.Error("an element that is missing is not told from one that is not to be there")
	}
}

// A store whose first poll is running has a page that says so, and no feed
// that could be mistaken for the truth.
func TestFounding(t *testing.T) {
	founding := errors.New("first cycle is not finished")
	shelf := library()
	shelf.err = fmt.Errorf("window: %w", founding)
	opt := options()
	opt.Empty = func(err error) bool { return errors.Is(err, founding) }
	p := newPublisher(t, opt, shelf)
	s := render(t, p)
	if !s.Founding() || !strings.Contains(body(t, s, "index.html"), "The first poll is running") {
		t.Error("no page that says that the first poll is running")
	}
	if _, err := publisher.WriteFiles(t.Context(), t.TempDir(), s); err == nil {
		t.Error("WriteFiles wrote a snapshot without content")
	}
	shelf.err = nil
	if s := render(t, p); s.Founding() || !strings.Contains(body(t, s, "rss.xml"), "How weirs work") {
		t.Error("the feeds did not follow the first poll")
	}
	shelf.put("all")
	shelf.err = errors.New("store is damaged")
	if _, err := p.Render(t.Context()); !errors.Is(err, shelf.err) {
		t.Errorf("Render = %v; want the store's error", err)
	}
}

// A channel without entries is published in valid documents, dated by the
// configuration and not by the clock (U1, J1, T1).
func TestEmptyChannel(t *testing.T) {
	shelf := library()
	shelf.put("all")
	s := render(t, newPublisher(t, options(), shelf))
	var doc struct{ Items []json.RawMessage }
	if err := json.Unmarshal([]byte(body(t, s, "feed.json")), &doc); err != nil || doc.Items == nil {
		t.Errorf("feed.json: items = %v, %v; want an empty list", doc.Items, err)
	}
	if !strings.Contains(body(t, s, "atom.xml"), "<updated>2026-01-01T00:00:00Z</updated>") {
		t.Error("atom.xml is not dated by the site's since")
	}
	if !strings.Contains(body(t, s, "index.html"), "Nothing here yet") {
		t.Error("index.html has no empty state")
	}
}

// No address that was given to us alone is told to anybody (XJ09), nor any
// path of this machine.
func TestSecretsStay(t *testing.T) {
	s := render(t, newPublisher(t, options(), library()))
	for path, doc := range s.All() {
		for _, secret := range []string{"user:secret", "secret@", "hush", "/srv/weir"} {
			if bytes.Contains(doc.Body, []byte(secret)) {
				t.Errorf("%s contains %q", path, secret)
			}
		}
	}
}

// Every local article has a page, however many there are; the store hands
// them out in several windows.
func TestAllArticles(t *testing.T) {
	var entries []feed.Placed
	for i := range 700 {
		e := localArticle()
		e.Slug, e.ID = fmt.Sprintf("article-%d", i), fmt.Sprintf("urn:x:%d", i)
		e.Link = "https://planet.example.org/e/" + e.Slug + "/"
		e.Assets = nil
		entries = append(entries, e)
	}
	shelf := library()
	shelf.put(".articles", entries...)
	s := render(t, newPublisher(t, options(), shelf))
	pages := 0
	for path := range s.All() {
		if strings.HasPrefix(path, "e/") {
			pages++
		}
	}
	if pages != len(entries) {
		t.Errorf("%d pages for %d articles", pages, len(entries))
	}
}

// The address of an article is the one that its folder gave it, whatever slug
// the store had to give the entry; of two with one address the second has no
// page.
func TestArticleAddress(t *testing.T) {
	e := localArticle()
	e.Slug = "how-weirs-work-2"
	twin := localArticle()
	twin.Slug, twin.ID, twin.Title = "how-weirs-work-3", "tag:planet.example.org,2026:twin", "A twin"
	twin.Place = e.Place.Add(-time.Hour)
	shelf := library()
	shelf.put("all", e)
	shelf.put(".articles", e, twin)
	s := render(t, newPublisher(t, options(), shelf))
	page := body(t, s, "e/how-weirs-work/index.html")
	if !strings.Contains(page, `rel="canonical" href="https://planet.example.org/e/how-weirs-work/"`) || strings.Contains(page, "A twin") {
		t.Error("the page's canonical address is not its own")
	}
	rss := body(t, s, "rss.xml")
	if strings.Contains(rss, "/e/how-weirs-work-2/") || !strings.Contains(rss, "/e/how-weirs-work/diagram.svg") {
		t.Error("the feed links to an address that has no page")
	}
	if _, ok := s.Document("e/how-weirs-work/diagram.svg"); !ok {
		t.Error("the article's file is not beside its page")
	}
}

func TestTitlePrefix(t *testing.T) {
	opt := options()
	for i := range opt.Channels {
		if opt.Channels[i].ID == feed.ChannelAll {
			opt.Channels[i].TitlePrefix = "{source}: "
		}
	}
	s := render(t, newPublisher(t, opt, library()))
	for path, want := range map[string]string{
		"rss.xml": "<title>River Radio: Episode 42", "atom.xml": `<title type="text">River Radio: Episode 42`, "feed.json": `"title":"River Radio: Episode 42`,
	} {
		if !strings.Contains(body(t, s, path), want) {
			t.Errorf("%s lacks %s", path, want)
		}
	}
	if strings.Contains(body(t, s, "index.html"), "River Radio: Episode 42") {
		t.Error("the page, which names the source, has the prefix too")
	}
	if text := body(t, s, "go/rss.xml"); !strings.Contains(text, "<item>") || strings.Contains(text, "<title>River Radio: ") {
		t.Error("a channel without a prefix has another one's")
	}
}

func TestSnapshotOrder(t *testing.T) {
	s := render(t, newPublisher(t, options(), library()))
	var paths []string
	for path := range s.All() {
		paths = append(paths, path)
	}
	want := []string{
		"atom.xml", "e/how-weirs-work/diagram.svg", "e/how-weirs-work/index.html", "embed/index.html", "feed.json",
		"go/atom.xml", "go/embed/index.html", "go/feed.json", "go/index.html", "go/rss.xml", "go/sources.opml",
		"index.html", "rss.xml", "sources.opml", "subscribe/index.html",
	}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}
