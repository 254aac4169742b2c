package publisher_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/publisher"
)

// stories are n entries, newest first.
func stories(n int) (list []feed.Placed) {
	for i := n; i > 0; i-- {
		e := entry(fmt.Sprintf("story-%d", i), "blog", fmt.Sprintf("tag:blog.example,2026:%d", i), fmt.Sprintf("2026-11-%02dT10:00:00Z", i))
		e.Content = feed.Content{Title: fmt.Sprintf("Story %d", i), Link: fmt.Sprintf("https://blog.example/%d", i), HTML: "<p>" + strings.Repeat(fmt.Sprintf("What story %d has to say. ", i), 40) + "</p>"}
		list = append(list, e)
	}
	return list
}

// editions serves one edition of a stream after another.
type editions struct {
	t       *testing.T
	shelf   *shelf
	pub     *publisher.Publisher
	handler *publisher.Handler
}

func newEditions(t *testing.T, list []feed.Placed) *editions {
	e := &editions{t: t, shelf: library(), handler: new(publisher.Handler)}
	e.pub = newPublisher(t, options(), e.shelf)
	e.publish(list)
	return e
}

func (e *editions) publish(list []feed.Placed) {
	e.shelf.put(feed.ChannelAll, list...)
	e.handler.Swap(render(e.t, e.pub))
}

func (e *editions) tag(path string, header ...string) string {
	return ask(e.handler, http.MethodGet, path, header...).Header.Get("ETag")
}

// titles are those of a JSON Feed's items.
func titles(t *testing.T, resp *http.Response) (list []string) {
	t.Helper()
	var doc struct{ Items []struct{ Title string } }
	var body io.Reader = resp.Body
	if resp.Header.Get("Content-Encoding") == "gzip" {
		zip, err := gzip.NewReader(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		body = zip
	}
	if err := json.NewDecoder(body).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	for _, i := range doc.Items {
		list = append(list, i.Title)
	}
	return list
}

// D2: who has an earlier edition, and asks for it, gets what is new since, and
// everybody else the whole.
func TestDelta(t *testing.T) {
	e := newEditions(t, stories(20))
	first := e.tag("/feed.json")
	zipped := e.tag("/feed.json", "Accept-Encoding", "gzip")
	edited := stories(22)
	edited[7].HTML = "<p>It was otherwise.</p>"
	e.publish(edited)
	second := e.tag("/feed.json")
	e.publish(append(stories(23)[:1], edited...))
	news := []string{"Story 23", "Story 22", "Story 21", "Story 15"}

	for what, c := range map[string]struct {
		header []string
		status int
		want   []string
	}{
		"the first edition":           {[]string{"A-IM", "feed", "If-None-Match", first}, 226, news},
		"the second edition":          {[]string{"A-IM", "feed", "If-None-Match", second}, 226, news[:1]},
		"weakly":                      {[]string{"A-IM", "feed", "If-None-Match", "W/" + first}, 226, news},
		"packed":                      {[]string{"A-IM", "feed", "If-None-Match", zipped, "Accept-Encoding", "gzip"}, 226, news},
		"packed, plain wanted":        {[]string{"A-IM", "feed", "If-None-Match", zipped}, 226, news},
		"in a list":                   {[]string{"A-IM", "vcdiff, feed;q=0.5", "If-None-Match", `"other", ` + first}, 226, news},
		"the present edition":         {[]string{"A-IM", "feed", "If-None-Match", e.tag("/feed.json")}, 304, nil},
		"no wish":                     {[]string{"If-None-Match", first}, 200, nil},
		"another wish":                {[]string{"A-IM", "vcdiff, gdiff", "If-None-Match", first}, 200, nil},
		"a wish against it":           {[]string{"A-IM", "feed;q=0", "If-None-Match", first}, 200, nil},
		"an edition that nobody made": {[]string{"A-IM", "feed", "If-None-Match", `"1-0000000000000000"`}, 200, nil},
		"nothing to begin with":       {[]string{"A-IM", "feed"}, 200, nil},
	} {
		t.Run(what, func(t *testing.T) {
			resp := ask(e.handler, http.MethodGet, "/feed.json", c.header...)
			if resp.StatusCode != c.status {
				t.Fatalf("status %d, want %d", resp.StatusCode, c.status)
			}
			if c.status != 226 {
				return
			}
			if diff := cmp.Diff(c.want, titles(t, resp)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			h := resp.Header
			if h.Get("IM") != "feed" || h.Get("Cache-Control") != "no-store, im" || !strings.Contains(h.Get("Vary"), "A-IM") ||
				!strings.Contains(h.Get("Vary"), "If-None-Match") || h.Get("ETag") == "" || h.Get("Delta-Base") == "" {
				t.Errorf("headers %v", h)
			}
			// What is new under the tag that comes along is nothing.
			again := ask(e.handler, http.MethodGet, "/feed.json", "A-IM", "feed", "If-None-Match", h.Get("ETag"), "Accept-Encoding", h.Get("Content-Encoding"))
			if again.StatusCode != 304 {
				t.Errorf("with the new tag: status %d", again.StatusCode)
			}
		})
	}
	if resp := ask(e.handler, http.MethodHead, "/feed.json", "A-IM", "feed", "If-None-Match", first); resp.StatusCode != 226 || resp.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: status %d", resp.StatusCode)
	}
	if vary := ask(e.handler, http.MethodGet, "/rss.xml").Header.Get("Vary"); vary != "Accept-Encoding, A-IM" {
		t.Errorf("Vary of the whole: %q", vary)
	}
	if vary := ask(e.handler, http.MethodGet, "/").Header.Get("Vary"); vary != "Accept-Encoding" {
		t.Errorf("Vary of a page: %q", vary)
	}
}

// What is new may be too little to be compressed, and then has the tag of what is
// plain: who takes better than that and has it is not sent the whole (S7), and is
// told in its own words what the answer adds to.
func TestSmallDelta(t *testing.T) {
	e := newEditions(t, stories(20))
	const takes = "gzip, deflate"
	first := e.tag("/feed.json", "Accept-Encoding", takes)
	e.publish(append(stories(20)[:10], stories(20)[11:]...))
	resp := ask(e.handler, http.MethodGet, "/feed.json", "A-IM", "feed", "If-None-Match", first, "Accept-Encoding", takes)
	if resp.StatusCode != 226 || resp.Header.Get("Content-Encoding") != "" || resp.Header.Get("Delta-Base") != first {
		t.Fatalf("status %d, header %v; want 226, as it is, to be added to %s", resp.StatusCode, resp.Header, first)
	}
	tag := resp.Header.Get("ETag")
	for _, takes := range []string{takes, "gzip, deflate, br, zstd", "identity"} {
		again := ask(e.handler, http.MethodGet, "/feed.json", "A-IM", "feed", "If-None-Match", tag, "Accept-Encoding", takes)
		if again.StatusCode != 304 || again.Header.Get("ETag") != tag {
			t.Errorf("%s: status %d, tag %s; want 304 and %s", takes, again.StatusCode, again.Header.Get("ETag"), tag)
		}
	}
}

// Every format has deltas, and one new story costs little of the whole.
func TestDeltaFormats(t *testing.T) {
	e := newEditions(t, stories(28))
	tags := map[string]string{}
	for _, path := range []string{"/rss.xml", "/atom.xml", "/feed.json"} {
		tags[path] = e.tag(path)
	}
	e.publish(append(stories(29)[:1], stories(28)...))
	for path, tag := range tags {
		whole, _ := io.ReadAll(ask(e.handler, http.MethodGet, path).Body)
		resp := ask(e.handler, http.MethodGet, path, "A-IM", "feed", "If-None-Match", tag)
		part, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 226 || !strings.Contains(string(part), "story 29") || strings.Contains(string(part), "story 28") {
			t.Errorf("%s: status %d\n%s", path, resp.StatusCode, part)
		}
		if 5*len(part) > len(whole) {
			t.Errorf("%s: %d bytes of %d", path, len(part), len(whole))
		}
		if path != "/feed.json" {
			wellFormed(t, path, string(part))
		}
	}
}

// That a source was updated, as each of its entries says, makes no entry new.
func TestDeltaOfASource(t *testing.T) {
	e := newEditions(t, stories(20))
	tag := e.tag("/atom.xml")
	for i := range e.shelf.sources {
		e.shelf.sources[i].Profile.Updated = at("2026-11-25T00:00:00Z")
	}
	e.publish(stories(21))
	resp := ask(e.handler, http.MethodGet, "/atom.xml", "A-IM", "feed", "If-None-Match", tag)
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 226 || strings.Count(string(body), "<entry") != 1 {
		t.Errorf("status %d, %d entries", resp.StatusCode, strings.Count(string(body), "<entry"))
	}
}

// So many editions are remembered, and no more; what is forgotten is sent whole.
func TestDeltaForgets(t *testing.T) {
	e := newEditions(t, stories(3))
	var tags []string
	for n := 4; n < 40; n++ {
		tags = append(tags, e.tag("/atom.xml"))
		list := stories(28)[:20]
		list[0].Title = fmt.Sprintf("Take %d", n)
		e.publish(list)
	}
	status := func(tag string) int {
		return ask(e.handler, http.MethodGet, "/atom.xml", "A-IM", "feed", "If-None-Match", tag).StatusCode
	}
	if n := len(tags); status(tags[n-1]) != 226 || status(tags[n-32]) != 226 || status(tags[n-33]) != 200 {
		t.Errorf("the last edition %d, 32 back %d, 33 back %d", status(tags[n-1]), status(tags[n-32]), status(tags[n-33]))
	}
}

// Deltas are made beside each other and beside the next edition.
func TestDeltaAtOnce(t *testing.T) {
	e := newEditions(t, stories(20))
	tag := e.tag("/rss.xml")
	e.publish(stories(21))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				if resp := ask(e.handler, http.MethodGet, "/rss.xml", "A-IM", "feed", "If-None-Match", tag); resp.StatusCode != 226 {
					t.Errorf("status %d", resp.StatusCode)
				}
			}
		})
	}
	for n := 22; n < 28; n++ {
		e.publish(stories(n))
	}
	group.Wait()
}
