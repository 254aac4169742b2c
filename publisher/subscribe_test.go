package publisher_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Every channel can be subscribed to in each of its formats: the address stands
// there to be copied, in a field that a keyboard reaches, and leads to the feed.
// There is a way there from every page, also while the first poll is running.
func TestSubscribePage(t *testing.T) {
	o := options()
	o.Site.URL = "https://planet.example.org/river/"
	o.Channels[1].Formats, o.Channels[1].Description = []string{"atom"}, ""
	s := render(t, newPublisher(t, o, library()))
	h := serving(t, s)
	page := read(t, h, "/river/subscribe/")
	want := []string{o.Site.URL + "rss.xml", o.Site.URL + "atom.xml", o.Site.URL + "feed.json", o.Site.URL + "go/atom.xml"}
	if got := attributes(page, "input", "value"); !slices.Equal(got, want) || strings.Count(page, "<input type=\"text\" readonly ") != len(want) {
		t.Errorf("the addresses are %v; want %v", got, want)
	}
	for _, address := range want {
		if res := ask(h, "GET", strings.TrimPrefix(address, "https://planet.example.org")); res.StatusCode != 200 {
			t.Errorf("%s: %d", address, res.StatusCode)
		}
	}
	base, _ := url.Parse("/river/subscribe/")
	for _, href := range append(attributes(page, "link", "href"), attributes(page, "a", "href")...) {
		if to, err := base.Parse(href); err != nil || !to.IsAbs() && ask(h, "GET", to.Path).StatusCode != 200 {
			t.Errorf("%s leads nowhere", href)
		}
	}
	if n := strings.Count(page, o.Site.Description); n != 3 { // twice in the head
		t.Errorf("the site's description stands there %d times", n)
	}
	if canonical := attributes(page, "link", "href")[0]; canonical != o.Site.URL+"subscribe/" {
		t.Errorf("the page calls itself %s", canonical)
	}
	for path, to := range map[string]string{"index.html": "subscribe/", "go/index.html": "../subscribe/", "e/how-weirs-work/index.html": "../../subscribe/"} {
		if !slices.Contains(attributes(body(t, s, path), "a", "href"), to) {
			t.Errorf("no way from %s", path)
		}
	}
	shelf := library()
	p := newPublisher(t, options(), shelf)
	s = render(t, p)
	before, _ := s.Document("subscribe/index.html")
	shelf.put("all", blogPost())
	if after, _ := render(t, p).Document("subscribe/index.html"); after != before {
		t.Error("news changes the page")
	}
	founding := errors.New("first cycle is not finished")
	shelf.err, o.Empty = founding, func(err error) bool { return errors.Is(err, founding) }
	if res := ask(serving(t, render(t, newPublisher(t, o, shelf))), "GET", "/subscribe/"); res.StatusCode != 200 {
		t.Errorf("while the first poll is running: %d", res.StatusCode)
	}
	// Another configuration, another date (S8).
	next := newPublisher(t, o, library())
	next.Follow(s)
	if after, _ := render(t, next).Document("subscribe/index.html"); !after.Modified.After(before.Modified) {
		t.Error("the page changed, and its date did not")
	}
}
