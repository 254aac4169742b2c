package publisher_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/publisher"
)

// crowded is a shelf whose windows hold more than the limit, as they do when
// much came within two days.
type crowded struct{ *shelf }

func (c crowded) Window(q feed.Query) (feed.Window, error) {
	q.Limit = max(q.Limit, q.Max)
	return c.shelf.Window(q)
}

// read returns a page as it is served.
func read(t *testing.T, h http.Handler, path string) string {
	t.Helper()
	res := ask(h, "GET", path)
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", path, res.StatusCode, err)
	}
	return string(page)
}

// led returns where the link of a relation on a page leads; "" without one. The
// head says the same.
func led(t *testing.T, page, at, rel string) string {
	t.Helper()
	find := func(tag string) string {
		i := slices.Index(attributes(page, tag, "rel"), rel)
		if i < 0 {
			return ""
		}
		for _, m := range regexp.MustCompile(`<`+tag+` [^>]*>`).FindAllString(page, -1) {
			if strings.Contains(m, `rel="`+rel+`"`) {
				to, _, _ := strings.Cut(attributes(m, tag, "href")[0], "#")
				return to
			}
		}
		return ""
	}
	to := find("a")
	if in := find("link"); in != to {
		t.Errorf("%s: rel=%s leads to %q, in the head to %q", at, rel, to, in)
	}
	if to == "" {
		return ""
	}
	base, _ := url.Parse(at)
	abs, err := base.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	return abs.Path
}

// headlines are the stories of a page, by their links.
func headlines(page string) (links []string) {
	for _, m := range regexp.MustCompile(`<h3[^>]*><a class="u-url" href="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		links = append(links, m[1])
	}
	return links
}

// turn reads a channel's page and all older ones, by the links to older stories,
// and holds that those to newer ones lead the same way back.
func turn(t *testing.T, h http.Handler) (path, links []string) {
	t.Helper()
	for at := "/"; at != "" && len(path) < 100; {
		page := read(t, h, at)
		// The first step may pass by pages of which the channel's own holds all.
		if newer := led(t, page, at, "prev"); (newer == "") != (at == "/") || len(path) > 1 && newer != path[len(path)-1] {
			t.Errorf("from %s newer stories are at %q; want %s", at, newer, path[len(path)-1])
		}
		path, links = append(path, at), append(links, headlines(page)...)
		at = led(t, page, at, "next")
	}
	return path, links
}

// People turn the pages back to the first story, whatever the channel's own page
// holds, and miss none; a page holds what the archive of its number does, in its
// order.
func TestOlderPages(t *testing.T) {
	for _, limit := range []int{7, 50, 60} {
		for _, n := range []int{0, 49, 50, 51, 137} {
			for name, reader := range map[string]publisher.Reader{"": annals(n), "crowded": crowded{annals(n)}} {
				h := serving(t, render(t, newPublisher(t, archiving(limit), reader)))
				path, links := turn(t, h)
				slices.Sort(links)
				if got := len(slices.Compact(links)); got != n {
					t.Errorf("limit %d, %d stories %s: %d met on %v", limit, n, name, got, path)
				}
				for page := 1; page <= n/feed.ArchivePage; page++ {
					feed := readStep(t, "feed.json", read(t, h, fmt.Sprintf("/archive/%d/feed.json", page)))
					if diff := cmp.Diff(feed.ids, headlines(read(t, h, fmt.Sprintf("/page/%d/", page)))); diff != "" {
						t.Errorf("page %d of %d stories (-archive +page):\n%s", page, n, diff)
					}
				}
			}
		}
	}
}

// The channel's page leads to where it ends: not to a page of which it holds all,
// and on the other to the day.
func TestOlderStoriesGoOn(t *testing.T) {
	for limit, want := range map[int]string{20: "page/3/#2026-05-13", 50: "page/3/#2026-04-13", 51: "page/2/#2026-04-12", 150: "page/1/#2026-01-03", 151: ""} {
		page := body(t, render(t, newPublisher(t, archiving(limit), annals(151))), "index.html")
		var got string
		if _, pager, there := strings.Cut(page, `<nav class="pager"`); there {
			got = attributes(pager, "a", "href")[0]
		}
		if got != want {
			t.Errorf("limit %d: %q; want %q", limit, got, want)
		}
	}
}

// What a page's address holds never shifts, and where it is still filling up it
// grows; what was removed leaves a gap.
func TestOlderPagesAreStable(t *testing.T) {
	shelf := annals(120)
	p := newPublisher(t, archiving(10), shelf)
	h := serving(t, render(t, p))
	first, third := headlines(read(t, h, "/page/1/")), headlines(read(t, h, "/page/3/"))
	if len(first) != 50 || len(third) != 20 {
		t.Fatalf("%d and %d stories; want 50 and 20", len(first), len(third))
	}
	gone := "https://go.example.com/day/6"
	h = serving(t, render(t, newPublisher(t, archiving(10), shelf)))
	shelf.put("all", slices.DeleteFunc(append(days(121, 160), shelf.windows["all"].Entries...), func(e feed.Placed) bool { return e.ID == gone })...)
	if now := headlines(read(t, h, "/page/3/")); !slices.Equal(now, third) {
		t.Errorf("page 3 is ahead of the channel's: %v", now)
	}
	h = serving(t, render(t, p))
	if diff := cmp.Diff(slices.DeleteFunc(first, func(s string) bool { return s == gone }), headlines(read(t, h, "/page/1/"))); diff != "" {
		t.Errorf("page 1 shifted:\n%s", diff)
	}
	if now := headlines(read(t, h, "/page/3/")); len(now) != 50 || !slices.Equal(now[30:], third) {
		t.Errorf("page 3 is not what it was, and what came: %v", now)
	}
	shelf.put("all", shelf.windows["all"].Entries[:110]...)
	if page := read(t, serving(t, render(t, p)), "/page/1/"); len(headlines(page)) != 0 || !strings.Contains(page, "Nothing is left here") {
		t.Error("a page of which nothing is left does not say so")
	}
}

// An older page is served as the channel's own is, made once, and packed as what
// is asked for seldom; addresses that are none lead nowhere.
func TestOlderPageAnswers(t *testing.T) {
	shelf := annals(120)
	p := newPublisher(t, archiving(10), shelf)
	h := serving(t, render(t, p))
	home, res := ask(h, "GET", "/", "Accept-Encoding", "gzip"), ask(h, "GET", "/page/2/", "Accept-Encoding", "br, zstd, gzip")
	for name, want := range home.Header {
		if got := res.Header[name]; !slices.Contains([]string{"Etag", "Last-Modified", "Content-Length"}, name) && !slices.Equal(got, want) {
			t.Errorf("%s: %q; the channel's page has %q", name, got, want)
		}
	}
	looked := shelf.requests.Load()
	if again := ask(h, "GET", "/page/2/", "Accept-Encoding", "gzip", "If-None-Match", res.Header.Get("ETag")); again.StatusCode != 304 {
		t.Errorf("with its tag: %d", again.StatusCode)
	}
	if again := ask(h, "HEAD", "/page/2/"); again.StatusCode != 200 || again.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %d %v", again.StatusCode, again.Header)
	}
	if shelf.requests.Load() != looked {
		t.Error("a page that was made is made again")
	}
	for path, to := range map[string]string{"/page/2": "2/", "/page/2/index.html": "./"} {
		if res := ask(h, "GET", path); res.StatusCode != 301 || res.Header.Get("Location") != to {
			t.Errorf("%s: %d to %q", path, res.StatusCode, res.Header.Get("Location"))
		}
	}
	for _, path := range []string{
		"/page", "/page/", "/page/0/", "/page/4/", "/page/02/", "/page/-1/", "/page/+1/", "/page/2.1/", "/page/2.1", "/page/x/", "/page/4", "/page/2/x",
		"/page/99999999999999999999/", "/page/2/rss.xml", "/page/2//", "/page//2/", "/nowhere/page/1/", "/page/2/index.html.gz", "/archive/2", "/go/page/1/",
	} {
		if res := ask(h, "GET", path); res.StatusCode != 404 {
			t.Errorf("%s: %d; want 404", path, res.StatusCode)
		}
	}
	// S8: nothing on a page need be newer when it changes, so it has no date.
	if res.Header.Get("Last-Modified") != "" {
		t.Errorf("it has the date %s", res.Header.Get("Last-Modified"))
	}
	entries := slices.Clone(shelf.windows["all"].Entries)
	entries[60].Title, entries[60].Revision = "Edited", 999
	shelf.put("all", entries...)
	h = serving(t, render(t, p))
	if again := ask(h, "GET", "/page/2/", "Accept-Encoding", "gzip", "If-None-Match", res.Header.Get("ETag")); again.StatusCode != 200 {
		t.Errorf("after an edit, by the tag of before: %d", again.StatusCode)
	}
	o := archiving(10)
	o.Channels[0].Archive = 0
	s := render(t, newPublisher(t, o, annals(120)))
	if res := ask(serving(t, s), "GET", "/page/1/"); res.StatusCode != 404 || strings.Contains(body(t, s, "index.html"), "Older stories") {
		t.Errorf("without archives: %d", res.StatusCode)
	}
	if res := ask(new(publisher.Handler), "GET", "/page/1/"); res.StatusCode != 503 {
		t.Errorf("before anything is there: %d", res.StatusCode)
	}
}

// A channel below the root, and a site below a path, have older pages too, in the
// channel's order; all that is linked there is there.
func TestOlderPageOfChannel(t *testing.T) {
	shelf := annals(80)
	entries := slices.Clone(shelf.windows["all"].Entries)
	for i := range entries {
		// What was placed last is oldest.
		entries[i].Published = entries[len(entries)-1-i].Place
	}
	shelf.put("go", entries...)
	o := archiving(10)
	o.Site.URL = "https://planet.example.org/river/"
	o.Channels[1].Sort, o.Channels[1].Formats = publisher.ByPublished, []string{"json"}
	h := serving(t, render(t, newPublisher(t, o, shelf)))
	for _, prefix := range []string{"/river", ""} {
		at := prefix + "/go/page/1/"
		page := read(t, h, at)
		if links := headlines(page); len(links) != 50 || links[0] != "https://go.example.com/day/1" || !slices.Contains(links, "https://go.example.com/day/50") {
			t.Errorf("the order is %v", links)
		}
		if days := attributes(page, "section", "id"); len(days) != 50 || !slices.IsSortedFunc(days, func(a, b string) int { return strings.Compare(b, a) }) {
			t.Errorf("the days are %v", days)
		}
		if canonical := attributes(page, "link", "href")[0]; canonical != o.Site.URL+"go/page/1/" {
			t.Errorf("the page calls itself %s", canonical)
		}
		if types := attributes(page, "link", "type"); !slices.Equal(types, []string{"application/feed+json"}) {
			t.Errorf("feeds: %v", types)
		}
		base, _ := url.Parse(at)
		for _, href := range append(attributes(page, "link", "href"), attributes(page, "a", "href")...) {
			if to, err := base.Parse(href); err != nil || to.IsAbs() || strings.HasPrefix(href, "#") {
				continue
			} else if res := ask(h, "GET", to.Path); res.StatusCode != 200 {
				t.Errorf("%s leads to %s: %d", at, href, res.StatusCode)
			}
		}
		if !strings.Contains(page, `<a href="../../../go/" aria-current="true">`) {
			t.Error("the page does not say what channel it belongs to, or is taken for that one's own")
		}
		if items := microformats(t, page); len(items) != 1 || items[0].types[0] != "h-feed" || len(items[0].children) != 50 {
			t.Error("the page is no h-feed of its stories")
		}
	}
}

// To the byte (U1), with every field of an entry, and inert (XE14).
func TestOlderPageGolden(t *testing.T) {
	s := render(t, newPublisher(t, archiving(1), library()))
	h := serving(t, s)
	page := read(t, h, "/page/1/")
	golden(t, "page_1_index.html", page)
	if again := read(t, serving(t, render(t, newPublisher(t, archiving(1), library()))), "/page/1/"); again != page {
		t.Error("made again it differs")
	}
	policy := ask(h, "GET", "/page/1/").Header.Get("Content-Security-Policy")
	if policy != ask(h, "GET", "/").Header.Get("Content-Security-Policy") || strings.Contains(page, "<script") || regexp.MustCompile(`<[^>]+\s(on\w+|style)=`).MatchString(page) {
		t.Errorf("the page is not as inert as the channel's own: %s", policy)
	}
	for _, e := range microformats(t, page)[0].children {
		entryRules(t, e)
	}
}

// As files there are the newest pages, with the bytes that are served but for the
// end of the way. A new entry touches only the page that is not full.
func TestOlderPageFiles(t *testing.T) {
	dir := t.TempDir()
	shelf := annals(240)
	p := newPublisher(t, archiving(20), shelf)
	s := render(t, p)
	changed := write(t, dir, s)
	h := serving(t, s)
	for _, page := range []int{4, 5} {
		name := fmt.Sprintf("page/%d/index.html", page)
		held, err := os.ReadFile(filepath.Join(dir, name))
		if served := read(t, h, "/"+strings.TrimSuffix(name, "index.html")); err != nil || served != string(held) {
			t.Errorf("%s is not what is served: %v", name, err)
		}
		if !slices.Contains(changed, name+".gz") || slices.Contains(changed, name+".br") {
			t.Errorf("%s is not packed as archives are", name)
		}
	}
	end, err := os.ReadFile(filepath.Join(dir, "page/3/index.html"))
	if err != nil || led(t, string(end), "/page/3/", "next") != "" || led(t, string(end), "/page/3/", "prev") != "/page/4/" {
		t.Errorf("the first file leads on, or not back: %v", err)
	}
	if changed = write(t, dir, render(t, p)); changed != nil {
		t.Errorf("nothing new: %v", changed)
	}
	pages := func() (names []string) {
		for _, name := range write(t, dir, render(t, p)) {
			if strings.HasPrefix(name, "page/") && strings.HasSuffix(name, ".html") {
				names = append(names, name)
			}
		}
		return names
	}
	for _, test := range []struct {
		what string
		to   int
		want []string
	}{
		{"a story", 241, []string{"page/5/index.html"}},
		{"the page is full", 250, []string{"page/5/index.html"}},
		{"all of the next page is on the channel's own", 260, nil},
		{"it is not", 280, []string{"page/5/index.html", "page/6/index.html"}},
	} {
		from := int(shelf.windows["all"].Entries[0].Arrival) + 1
		shelf.put("all", append(days(from, test.to), shelf.windows["all"].Entries...)...)
		if got := pages(); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v; want %v", test.what, got, test.want)
		}
	}
	entries := slices.Clone(shelf.windows["all"].Entries)
	entries[280-180].Title, entries[280-180].Revision = "Edited", 1000
	shelf.put("all", entries...)
	if got := pages(); !slices.Equal(got, []string{"page/4/index.html"}) {
		t.Errorf("after an edit: %v", got)
	}
	o := archiving(20)
	o.Channels[0].Archive, o.Digest = 0, "config-2"
	write(t, dir, render(t, newPublisher(t, o, shelf)))
	if _, err := os.Stat(filepath.Join(dir, "page")); !os.IsNotExist(err) {
		t.Errorf("without archives the pages stay: %v", err)
	}
}
