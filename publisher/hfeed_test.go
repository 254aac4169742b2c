package publisher_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// micro is a microformats2 item: its types, and what its properties say.
type micro struct {
	types      []string
	properties map[string][]string
	children   []*micro
}

// microformats reads the items of a page as microformats2 parsing says it, as
// far as our pages need it: properties belong to the nearest item around them,
// and an item that is a property is both.
func microformats(t *testing.T, page string) []*micro {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	top := &micro{properties: map[string][]string{}}
	readMicro(root, top)
	return top.children
}

func readMicro(n *html.Node, in *micro) {
	within := in
	if classes := strings.Fields(attribute(n, "class")); n.Type == html.ElementNode {
		own := slices.DeleteFunc(slices.Clone(classes), func(c string) bool { return !strings.HasPrefix(c, "h-") })
		if len(own) > 0 {
			within = &micro{types: own, properties: map[string][]string{}}
			in.children = append(in.children, within)
		}
		for _, c := range classes {
			kind, name, ok := strings.Cut(c, "-")
			if !ok {
				continue
			}
			switch kind {
			case "p":
				in.properties[name] = append(in.properties[name], plainValue(n))
			case "u":
				value := attribute(n, "href")
				if value == "" {
					value = attribute(n, "src")
				}
				in.properties[name] = append(in.properties[name], value)
			case "dt":
				in.properties[name] = append(in.properties[name], attribute(n, "datetime"))
			case "e":
				in.properties[name] = append(in.properties[name], words(n))
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		readMicro(c, within)
	}
}

func plainValue(n *html.Node) string {
	if n.Data == "data" {
		return attribute(n, "value")
	}
	return words(n)
}

func words(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(words(c))
	}
	return strings.TrimSpace(b.String())
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// A channel's page is an h-feed with a name, and every story in it an h-entry
// with an address, a date, an author who is an h-card, and a name or a summary:
// a reader of microformats can follow it like a feed.
func TestPageIsHFeed(t *testing.T) {
	s := render(t, newPublisher(t, options(), library()))
	items := microformats(t, body(t, s, "index.html"))
	if len(items) != 1 || items[0].types[0] != "h-feed" || len(items[0].properties["name"]) != 1 || items[0].properties["name"][0] != "Planet Riverbank" {
		t.Fatalf("the page holds %d items", len(items))
	}
	entries := 0
	for _, e := range items[0].children {
		if e.types[0] != "h-entry" {
			t.Errorf("the feed holds a %v", e.types)
			continue
		}
		entries++
		entryRules(t, e)
	}
	if entries != 6 {
		t.Errorf("%d entries; want all 6", entries)
	}
}

// The page of a local article is an h-entry with its content.
func TestArticleIsHEntry(t *testing.T) {
	if got := microformats(t, `<p class="p-name">out</p><div class="h-entry"><a class="u-url">in</a></div>`); len(got) != 1 || got[0].properties["url"][0] != "" || got[0].properties["name"] != nil {
		t.Fatal("the reader finds what is not there")
	}
	s := render(t, newPublisher(t, options(), library()))
	items := microformats(t, body(t, s, "e/how-weirs-work/index.html"))
	if len(items) != 1 || items[0].types[0] != "h-entry" {
		t.Fatalf("the page holds %d items", len(items))
	}
	entryRules(t, items[0])
	if p := items[0].properties; p["name"][0] != "How weirs work" || !strings.Contains(p["content"][0], "A weir is a low dam") || p["author"][0] != "Oliver Smith" {
		t.Errorf("the article is %q", p)
	}
}

func entryRules(t *testing.T, e *micro) {
	t.Helper()
	p := e.properties
	if len(p["url"]) != 1 || p["url"][0] == "" {
		t.Errorf("%v has the addresses %q", p["name"], p["url"])
	}
	if len(p["published"]) != 1 {
		t.Errorf("%v has the dates %q", p["name"], p["published"])
	} else if _, err := time.Parse(time.RFC3339, p["published"][0]); err != nil {
		t.Errorf("%v: %v", p["name"], err)
	}
	if len(p["name"]) > 1 || len(p["name"])+len(p["summary"]) == 0 || len(p["author"]) == 0 {
		t.Errorf("%v: summary %q, author %q", p["name"], p["summary"], p["author"])
	}
	for _, c := range e.children {
		if c.types[0] == "h-card" && len(c.properties["name"]) != 1 {
			t.Errorf("%v: a card without a name", p["name"])
		}
	}
}
