package publisher_test

import (
	"strings"
	"testing"
	"time"

	"weir/feed"
	"weir/publisher"
)

// A publisher that follows another one's snapshot keeps what stays, and gives
// a later date to what its own configuration changes: subscribers who go by
// the date alone would never see it otherwise (S8).
func TestFollow(t *testing.T) {
	shelf := library()
	before := render(t, newPublisher(t, options(), shelf))
	opt := options()
	opt.Channels[1].Title = "Go, renamed"
	next := newPublisher(t, opt, shelf)
	next.Follow(before)
	after := render(t, next)
	if old, now := document(t, before, "rss.xml"), document(t, after, "rss.xml"); old != now {
		t.Error("rss.xml: another document for the same bytes")
	}
	old, now := document(t, before, "go/rss.xml"), document(t, after, "go/rss.xml")
	if old.ETag == now.ETag || !now.Modified.After(old.Modified) {
		t.Errorf("changed bytes: tag %s then %s, date %v then %v", old.ETag, now.ETag, old.Modified, now.Modified)
	}
}

func document(t *testing.T, s *publisher.Snapshot, path string) *publisher.Document {
	t.Helper()
	doc, ok := s.Document(path)
	if !ok {
		t.Fatalf("no document %s", path)
	}
	return doc
}

// hasty is a shelf in which a commit comes right after the sources were asked
// for.
type hasty struct {
	*shelf
	commit func()
}

func (h *hasty) Profiles() ([]*feed.Described, error) {
	list, err := h.shelf.Profiles()
	if h.commit != nil {
		h.commit()
		h.commit = nil
	}
	return list, err
}

// A source that is renamed while a channel is read has its new name in the
// next rendering, though the channel's window already was of the last revision.
func TestRenamedMeanwhile(t *testing.T) {
	shelf := library()
	h := &hasty{shelf: shelf}
	h.commit = func() {
		shelf.sources = described()
		shelf.sources[2].Profile.Title = "Renamed Notes"
		shelf.put("all", shelf.windows["all"].Entries...)
	}
	p := newPublisher(t, options(), h)
	render(t, p)
	if got := body(t, render(t, p), "rss.xml"); !strings.Contains(got, "Renamed Notes") {
		t.Error("the source keeps its old name until something else changes")
	}
}

// A stranger's link to this site stays a link to this site, on whatever page:
// made relative, its path must not become a scheme or a host (XE02).
func TestRelativeLinksStayHere(t *testing.T) {
	shelf := library()
	e := blogPost()
	e.HTML = `<p>Long enough to be more than its summary.</p><a href="https://planet.example.org/javascript:alert(1)">a</a>` +
		`<img src="https://planet.example.org///evil.example/x.png"/><a href="https://planet.example.org/2026/a:b">b</a>`
	shelf.put("all", e)
	page := body(t, render(t, newPublisher(t, options(), shelf)), "index.html")
	for _, want := range []string{`href="./javascript:alert(1)"`, `src=".///evil.example/x.png"`, `href="2026/a:b"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// A lone picture without a link is readable everywhere: as the description in
// RSS, because content:encoded never stands alone (R5), and as a headline that
// leads nowhere in the list for frames.
func TestLonePicture(t *testing.T) {
	shelf := library()
	e := entry("picture", "cafe", "urn:picture:1", "2026-11-20T09:00:00Z")
	e.Content = feed.Content{Title: "Morning", HTML: `<img src="https://café.example/x.png"/>`}
	e.Updated = e.Published.Add(time.Hour)
	shelf.put("all", e)
	s := render(t, newPublisher(t, options(), shelf))
	rss := body(t, s, "rss.xml")
	if strings.Contains(rss, "<content:encoded>") || !strings.Contains(rss, "<description>&lt;img src=") {
		t.Errorf("a body without words is no description:\n%s", rss)
	}
	if list := body(t, s, "embed/index.html"); strings.Contains(list, `href=""`) || !strings.Contains(list, "Morning") {
		t.Errorf("a story without a link leads somewhere:\n%s", list)
	}
}

// The id by which another aggregator named a feed is told in no format where
// it holds a key (XJ09).
func TestOriginWithSecret(t *testing.T) {
	shelf := library()
	e := blogPost()
	e.Origin = &feed.Origin{ID: "https://far.example/feed?token=hush", Title: "Far"}
	shelf.put("all", e)
	s := render(t, newPublisher(t, options(), shelf))
	for _, path := range []string{"rss.xml", "atom.xml", "feed.json", "index.html"} {
		if strings.Contains(body(t, s, path), "hush") {
			t.Errorf("%s tells the key", path)
		}
	}
}
