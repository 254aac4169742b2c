package publisher_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/publisher"
)

const here = "https://planet.example.org/"

// annals is a channel of so many stories, one a day, the first one oldest.
func annals(n int) *shelf {
	s := library()
	s.windows["all"] = feed.Window{Channel: "all", Sources: s.windows["all"].Sources}
	s.put("all", days(1, n)...)
	return s
}

// days are the stories of so many days, newest first.
func days(from, to int) (entries []feed.Placed) {
	for day := to; day >= from; day-- {
		e := entry(fmt.Sprintf("day-%03d", day), "go-notes", fmt.Sprintf("https://go.example.com/day/%d", day),
			at("2026-01-01T08:00:00Z").AddDate(0, 0, day).Format(time.RFC3339))
		e.Arrival, e.Revision = uint64(day), uint64(day)
		e.Content = feed.Content{Title: fmt.Sprintf("Day %d", day), Link: e.ID, HTML: strings.Repeat("<p>The river carries its own quiet weather.</p>", 8)}
		entries = append(entries, e)
	}
	return entries
}

func archiving(limit int) publisher.Options {
	o := options()
	for i := range o.Channels {
		o.Channels[i].Archive, o.Channels[i].Limit = 100, limit
	}
	return o
}

// step is what a document tells of itself and of what comes before it.
type step struct {
	ids                       []string
	self, older, newer, still string
	archive                   bool
}

// readStep reads a document and what it says of the archives.
func readStep(t *testing.T, name, body string) (s step) {
	t.Helper()
	type link struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	var links []link
	switch {
	case strings.HasSuffix(name, "rss.xml"):
		var d struct {
			Links   []link    `xml:"http://www.w3.org/2005/Atom channel>link"`
			Archive *struct{} `xml:"http://purl.org/syndication/history/1.0 channel>archive"`
			IDs     []string  `xml:"channel>item>guid"`
		}
		if err := xml.Unmarshal([]byte(body), &d); err != nil {
			t.Fatal(err)
		}
		links, s.ids, s.archive = d.Links, d.IDs, d.Archive != nil
	case strings.HasSuffix(name, "atom.xml"):
		var d struct {
			Links   []link    `xml:"link"`
			Archive *struct{} `xml:"http://purl.org/syndication/history/1.0 archive"`
			IDs     []string  `xml:"entry>id"`
		}
		if err := xml.Unmarshal([]byte(body), &d); err != nil {
			t.Fatal(err)
		}
		links, s.ids, s.archive = d.Links, d.IDs, d.Archive != nil
	default:
		var d struct {
			FeedURL string `json:"feed_url"`
			NextURL string `json:"next_url"`
			Items   []struct{ ID string }
		}
		if err := json.Unmarshal([]byte(body), &d); err != nil {
			t.Fatal(err)
		}
		s.self, s.older = d.FeedURL, d.NextURL
		for _, item := range d.Items {
			s.ids = append(s.ids, item.ID)
		}
	}
	for _, l := range links {
		switch l.Rel {
		case "self":
			s.self = l.Href
		case "prev-archive":
			s.older = l.Href
		case "next-archive":
			s.newer = l.Href
		case "current":
			s.still = l.Href
		}
	}
	return s
}

// walk reads a feed and its archives to the end, as a new subscriber does, and
// returns each document by its address.
func walk(t *testing.T, h http.Handler, address string) (ids []string, path []string, docs map[string]string) {
	t.Helper()
	docs = make(map[string]string)
	current := address
	for address != "" {
		if docs[address] != "" || len(docs) > 100 {
			t.Fatalf("the walk turns back to %s", address)
		}
		res := ask(h, "GET", "/"+strings.TrimPrefix(address, here))
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", address, res.StatusCode, body)
		}
		s := readStep(t, address, string(body))
		docs[address], path = string(body), append(path, address)
		if s.self != address {
			t.Errorf("%s calls itself %s", address, s.self)
		}
		if xml := !strings.HasSuffix(address, "json"); xml && (s.archive != (address != current) || s.archive && s.still != current) {
			t.Errorf("%s: archive %v, current %q", address, s.archive, s.still)
		}
		if link := res.Header.Get("Link"); s.older != "" && !strings.Contains(link, "<"+s.older+`>; rel="prev-archive"`) {
			t.Errorf("%s: Link %q does not lead to %s (S18)", address, link, s.older)
		}
		ids = append(ids, s.ids...)
		address = s.older
	}
	return ids, path, docs
}

func serving(t *testing.T, s *publisher.Snapshot) *publisher.Handler {
	h := new(publisher.Handler)
	h.Swap(s)
	return h
}

// A new subscriber walks the whole history in every format, whatever the
// documents hold: nothing is missing, and nothing beyond what is in the feed and
// in an archive at once is met twice (A2, A5, J9; RFC 5005 §4).
func TestWalkThroughArchives(t *testing.T) {
	for _, limit := range []int{1, 7, 49, 50, 60} {
		for _, n := range []int{0, 1, 49, 50, 51, 99, 100, 137} {
			s := annals(n)
			h := serving(t, render(t, newPublisher(t, archiving(limit), s)))
			for _, name := range []string{"rss.xml", "atom.xml", "feed.json"} {
				ids, path, _ := walk(t, h, here+name)
				slices.Sort(ids)
				if got := len(slices.Compact(ids)); got != n {
					t.Errorf("limit %d, %d stories, %s: %d met on %v", limit, n, name, got, path)
				}
			}
		}
	}
}

// What an archive's address holds never shifts; what stands in it is current,
// and what was removed leaves a gap.
func TestArchivesAreStable(t *testing.T) {
	shelf := annals(120)
	p := newPublisher(t, archiving(10), shelf)
	first := render(t, p)
	_, path, before := walk(t, serving(t, first), here+"atom.xml")
	want := []string{here + "atom.xml", here + "archive/3.10/atom.xml", here + "archive/2/atom.xml", here + "archive/1/atom.xml"}
	if diff := cmp.Diff(want, path); diff != "" {
		t.Fatalf("the way (-want +got):\n%s", diff)
	}
	entries := append(days(121, 160), shelf.windows["all"].Entries...)
	i := slices.IndexFunc(entries, func(e feed.Placed) bool { return e.Slug == "day-007" })
	entries[i].Title, entries[i].Revision = "Day 7, edited", 999
	entries = slices.Delete(entries, i+1, i+2)
	shelf.put("all", entries...)
	h := serving(t, render(t, p))
	for _, address := range want[1:] {
		res := ask(h, "GET", "/"+strings.TrimPrefix(address, here))
		body, _ := io.ReadAll(res.Body)
		if since := res.Header.Get("Last-Modified"); since != "" || res.Header.Get("ETag") == "" {
			t.Errorf("%s: modified %q, tag %s; no date of an entry tells that one was removed (S8)", address, since, res.Header.Get("ETag"))
		}
		was, is := readStep(t, address, before[address]), readStep(t, address, string(body))
		if address == here+"archive/1/atom.xml" {
			was.ids = slices.DeleteFunc(was.ids, func(id string) bool { return strings.HasSuffix(id, "/6") })
			if !strings.Contains(string(body), "Day 7, edited") {
				t.Error("the first archive is not current")
			}
		}
		if diff := cmp.Diff(was.ids, is.ids); diff != "" {
			t.Errorf("%s shifted:\n%s", address, diff)
		}
	}
	if is := readStep(t, "atom.xml", body(t, render(t, p), "atom.xml")); is.older != here+"archive/3/atom.xml" {
		t.Errorf("the feed leads to %s; want the page that is full now", is.older)
	}
}

// Archives keep for a day, answer validators, come as gzip, and are made once;
// addresses that are none lead nowhere.
func TestArchiveAnswers(t *testing.T) {
	shelf := annals(120)
	h := serving(t, render(t, newPublisher(t, archiving(10), shelf)))
	res := ask(h, "GET", "/archive/1/rss.xml", "Accept-Encoding", "br, gzip")
	if res.StatusCode != 200 || res.Header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(res.Header.Get("Cache-Control"), "public, max-age=86400,") ||
		res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	looked := shelf.requests.Load()
	if again := ask(h, "GET", "/archive/1/rss.xml", "Accept-Encoding", "gzip", "If-None-Match", res.Header.Get("ETag")); again.StatusCode != 304 {
		t.Errorf("with its tag: %d", again.StatusCode)
	}
	if again := ask(h, "HEAD", "/archive/1/feed.json"); again.StatusCode != 200 || again.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %d %v", again.StatusCode, again.Header)
	}
	if shelf.requests.Load() != looked {
		t.Error("a page that was made is made again")
	}
	for _, path := range []string{
		"/archive/", "/archive/1/", "/archive/0/rss.xml", "/archive/3/rss.xml", "/archive/01/rss.xml", "/archive/-1/rss.xml", "/archive/+1/rss.xml",
		"/archive/1.0/rss.xml", "/archive/1.50/rss.xml", "/archive/1.01/rss.xml", "/archive/3.21/rss.xml", "/archive/3.x/rss.xml", "/archive/1/index.html",
		"/archive/99999999999999999999/rss.xml", "/archive/1/x/rss.xml", "/nowhere/archive/1/rss.xml", "/archive/1/rss.xml.gz",
	} {
		if res := ask(h, "GET", path); res.StatusCode != 404 {
			t.Errorf("%s: %d; want 404", path, res.StatusCode)
		}
	}
	o := archiving(10)
	o.Channels[0].Archive = 0
	s := render(t, newPublisher(t, o, annals(120)))
	if res := ask(serving(t, s), "GET", "/archive/1/rss.xml"); res.StatusCode != 404 || strings.Contains(body(t, s, "rss.xml"), "prev-archive") {
		t.Errorf("without archives: %d", res.StatusCode)
	}
}

// As files the newest archives are there, byte for byte as they are served but
// for the end of the way; pages that stay as they are are not even read.
func TestArchiveFiles(t *testing.T) {
	dir := t.TempDir()
	shelf := annals(290)
	p := newPublisher(t, archiving(20), shelf)
	s := render(t, p)
	changed := write(t, dir, s)
	h := serving(t, s)
	address, steps := here+"rss.xml", 0
	for address != "" {
		name := strings.TrimPrefix(address, here)
		held, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatalf("the way of the files ends: %v", err)
		}
		is := readStep(t, address, string(held))
		res := ask(h, "GET", "/"+name)
		if served, _ := io.ReadAll(res.Body); is.older != "" && string(served) != string(held) {
			t.Errorf("%s is not what is served", name)
		}
		if address = is.older; address == "" && name != "archive/3/rss.xml" {
			t.Errorf("the way of the files ends at %s", name)
		}
		steps++
	}
	if steps != 5 || !slices.Contains(changed, "archive/4/feed.json.gz") {
		t.Errorf("%d steps; written %v", steps, changed)
	}
	shelf.put("all", append(days(291, 292), shelf.windows["all"].Entries...)...)
	looked := shelf.requests.Load()
	changed = write(t, dir, render(t, p))
	for _, name := range changed {
		if strings.HasPrefix(name, "archive/") && !strings.HasPrefix(name, "archive/6.") {
			t.Errorf("%s was written again", name)
		}
	}
	if n := shelf.requests.Load() - looked; n > 6 {
		t.Errorf("%d requests for a change that no old page saw", n)
	}
	entries := shelf.windows["all"].Entries
	entries[len(entries)-160].Title, entries[len(entries)-160].Revision = "Edited", 1000
	shelf.put("all", entries...)
	if changed = write(t, dir, render(t, p)); !slices.Contains(changed, "archive/4/rss.xml") || slices.Contains(changed, "archive/5/rss.xml") {
		t.Errorf("after an edit: %v", changed)
	}
	if err := os.Remove(filepath.Join(dir, "archive/5/atom.xml")); err != nil {
		t.Fatal(err)
	}
	shelf.put("all", entries...)
	if changed = write(t, dir, render(t, p)); !slices.Contains(changed, "archive/5/atom.xml") {
		t.Errorf("after a file was lost: %v", changed)
	}
	if seeds, err := publisher.Recall(dir); err != nil || len(seeds) < 20 || len(seeds) > 30 {
		t.Errorf("%d stories are remembered, %v; want those of the current documents", len(seeds), err)
	}
}

// RFC 6721: what the operator took out is announced in Atom where that is
// wanted, and in nothing else.
func TestTombstones(t *testing.T) {
	shelf := library()
	shelf.removed = []feed.Entry{{Slug: "gone", ID: "https://go.example.com/gone", State: feed.StateRemoved, StateSince: at("2026-11-21T10:00:00Z"), Place: at("2026-11-20T10:00:00Z")}}
	shelf.removed = append(shelf.removed, feed.Entry{Slug: "held", ID: "urn:held", State: feed.StateRemoved, StateSince: at("2026-11-21T10:00:00Z")})
	o := options()
	if s := render(t, newPublisher(t, o, shelf)); strings.Contains(body(t, s, "atom.xml"), "deleted-entry") {
		t.Error("announced unasked")
	}
	o.Site.Tombstones = true
	s := render(t, newPublisher(t, o, shelf))
	var d struct {
		Updated string `xml:"updated"`
		Deleted []struct {
			Ref  string `xml:"ref,attr"`
			When string `xml:"when,attr"`
		} `xml:"http://purl.org/atompub/tombstones/1.0 deleted-entry"`
	}
	strict(t, body(t, s, "atom.xml"), &d)
	if len(d.Deleted) != 1 || d.Deleted[0].Ref != "https://go.example.com/gone" || d.Deleted[0].When != "2026-11-21T10:00:00Z" || d.Updated != d.Deleted[0].When {
		t.Errorf("%+v", d)
	}
	for _, name := range []string{"rss.xml", "feed.json"} {
		if doc := body(t, s, name); strings.Contains(doc, "go.example.com/gone") || strings.Contains(doc, "tombstones") {
			t.Errorf("%s tells of it", name)
		}
	}
}

// A removal is announced by all channels at once, also by those that did not
// change otherwise: whoever renders anew makes the same bytes (U1).
func TestTombstonesOfAllChannels(t *testing.T) {
	shelf := library()
	o := options()
	o.Site.Tombstones = true
	p := newPublisher(t, o, shelf)
	render(t, p)
	shelf.removed = []feed.Entry{{Slug: "gone", ID: "urn:gone", State: feed.StateRemoved, StateSince: at("2026-11-21T10:00:00Z"), Place: at("2026-11-20T10:00:00Z")}}
	shelf.put("all", blogPost())
	s, anew := render(t, p), render(t, newPublisher(t, o, shelf))
	for _, name := range []string{"atom.xml", "go/atom.xml"} {
		if text := body(t, s, name); !strings.Contains(text, "urn:gone") || text != body(t, anew, name) {
			t.Errorf("%s is not what is rendered anew, or does not tell of it", name)
		}
	}
}

// Options of a channel: order, fair shares, summaries, formats.
func TestChannelOptions(t *testing.T) {
	shelf := library()
	first := localArticle()
	first.Place, first.Updated = at("2026-11-22T00:00:00Z"), at("2026-11-20T09:30:00Z")
	second, third := blogPost(), linkPost()
	third.Updated = at("2026-11-23T00:00:00Z")
	shelf.put("all", first, second, third, podcast())
	titles := func(change func(*publisher.Channel)) []string {
		o := options()
		change(&o.Channels[0])
		var list []string
		for _, e := range readJSON(t, body(t, render(t, newPublisher(t, o, shelf)), "feed.json")) {
			list = append(list, e.Title)
		}
		return list
	}
	for name, test := range map[string]struct {
		change func(*publisher.Channel)
		want   []string
	}{
		"by place":      {func(c *publisher.Channel) {}, []string{first.Title, second.Title, third.Title, podcast().Title}},
		"by published":  {func(c *publisher.Channel) { c.Sort = publisher.ByPublished }, []string{first.Title, second.Title, podcast().Title, third.Title}},
		"by updated":    {func(c *publisher.Channel) { c.Sort = publisher.ByUpdated }, []string{third.Title, first.Title, second.Title, podcast().Title}},
		"fair":          {func(c *publisher.Channel) { c.PerSource = 1 }, []string{first.Title, second.Title, podcast().Title}},
		"fair, read on": {func(c *publisher.Channel) { c.PerSource, c.Limit = 1, 2 }, []string{first.Title, second.Title}},
	} {
		if diff := cmp.Diff(test.want, titles(test.change)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	o := options()
	// Somebody who publishes hundreds at once does not fill a short list.
	crowded := library()
	var all []feed.Placed
	for i := range 500 {
		e := entry(fmt.Sprintf("noise-%d", i), "go-notes", fmt.Sprintf("urn:noise:%d", i), "2026-10-01T09:00:00Z")
		e.Title = "Noise"
		all = append(all, e)
	}
	crowded.put("all", append(all, podcast())...)
	o.Channels[0].PerSource, o.Channels[0].Limit = 1, 2
	if list := readJSON(t, body(t, render(t, newPublisher(t, o, crowded)), "feed.json")); len(list) != 2 || list[1].Title != podcast().Title {
		t.Errorf("%d entries; want one of each source", len(list))
	}
	o = options()
	o.Channels[0].Summaries, o.Channels[0].Formats = true, []string{"atom", "json"}
	s := render(t, newPublisher(t, o, shelf))
	if text := body(t, s, "atom.xml"); strings.Contains(text, "<content type=\"html\"") || !strings.Contains(text, second.Summary) {
		t.Error("atom.xml holds more than summaries")
	}
	if text := body(t, s, "feed.json"); strings.Contains(text, "content_html") {
		t.Error("feed.json holds more than summaries")
	}
	if _, there := s.Document("rss.xml"); there || strings.Contains(body(t, s, "index.html"), "rss.xml") {
		t.Error("a format that is left out is published, or linked")
	}
	h := serving(t, s)
	if res := ask(h, "GET", "/feed"); res.StatusCode != 301 || res.Header.Get("Location") != "atom.xml" {
		t.Errorf("/feed: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if res := ask(h, "GET", "/rss.xml"); res.StatusCode != 404 {
		t.Errorf("/rss.xml: %d", res.StatusCode)
	}
}
