package discover_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/discover"
)

// Folders become tags, outermost first; what is no feed is named and left out
// (XC25).
func TestOPML(t *testing.T) {
	got, err := discover.OPML([]byte(`<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="1.1"><head><title>Caf` + "\xe9" + `</title></head><body>
 <outline text="Alone" type="rss" xmlUrl="https://a.example/feed?x=1&amp;y=2"/>
 <outline text="Tech"><outline title="Go">
  <outline type="atom" text="B" xmlurl=" https://b.example/ " category="/Code/Go,Blogs"/>
 </outline><outline text="C" xmlUrl="HTTP://c.example/"></outline></outline>
 <outline type="include" text="More" url="https://a.example/more.opml"/>
 <outline type="include" text="Self" xmlUrl="https://a.example/self.opml"/>
 <outline type="link" url="https://a.example/page"/>
 <outline text="Local" xmlUrl="file:///etc/passwd"/>
 <outline xmlUrl="relative.xml"/>
</body></opml>`))
	want := &discover.List{
		Title: "Café",
		Feeds: []discover.Listed{
			{URL: "https://a.example/feed?x=1&y=2", Title: "Alone"},
			{URL: "https://b.example/", Title: "B", Tags: []string{"tech", "go", "code", "blogs"}},
			{URL: "HTTP://c.example/", Title: "C", Tags: []string{"tech"}},
		},
		Skipped: []string{
			`"More": is no feed`,
			`"Self": a list within the list is not followed`,
			`an outline with a "https" address: is no feed`,
			`"Local": only http and https addresses are taken from lists`,
			`an outline without a title: only http and https addresses are taken from lists`,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("list (-want +got):\n%s%v", diff, err)
	}
}

// XC25: a list is read whole or not at all, and never for long.
func TestHostileOPML(t *testing.T) {
	const open, end = `<opml version="2.0"><body>`, `</body></opml>`
	nested := func(n int) string {
		return open + strings.Repeat(`<outline text="a">`, n) + strings.Repeat(`</outline>`, n) + end
	}
	for name, c := range map[string]struct{ body, want string }{
		"100,000 levels":      {nested(100_000), "nested deeper than 32 levels"},
		"a million outlines":  {open + strings.Repeat(`<outline/>`, 500_000) + end, "more than 100000 outlines"},
		"20,000 feeds":        {open + strings.Repeat(`<outline xmlUrl="https://a.example/"/>`, 20_000) + end, "more than 10000 feeds"},
		"larger than allowed": {open + strings.Repeat(" ", 9<<20) + end, "larger than 8 MiB"},
		"cut short":           {open + `<outline xmlUrl="https://a.example/"/>`, "broken"},
		"ends in a tag":       {open + `<outline xmlUrl="https://a`, "broken"},
		"crossed":             {open + `<outline></body></outline></opml>`, "broken"},
		"another root":        {`<rss version="2.0"/>`, `"rss" and not opml`},
		"a page":              {`<!doctype html><html><body>hi`, `"html" and not opml`},
		"nothing":             {"", "no OPML"},
		"an entity bomb":      {`<!DOCTYPE opml [<!ENTITY a "` + strings.Repeat("b", 1000) + `">]><opml><body>` + strings.Repeat(`&a;`, 1000) + `</body>`, "broken"},
	} {
		list, err := discover.OPML([]byte(c.body))
		if err == nil || !strings.Contains(err.Error(), c.want) || list != nil {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if list, err := discover.OPML([]byte(nested(30))); err != nil || len(list.Feeds) != 0 {
		t.Errorf("30 levels: %v", err)
	}
	list, err := discover.OPML([]byte(open + strings.Repeat(`<outline xmlUrl="gopher:x"/>`, 300) + end))
	if err != nil || len(list.Skipped) != 100 || list.More != 200 {
		t.Errorf("300 addresses that cannot be: %v", err)
	}
}

func TestLines(t *testing.T) {
	got, err := discover.Lines([]byte("\ufeff# friends\r\nhttps://a.example/feed\r\n\n" +
		"http://b.example/ Go \"small web\" \"~Bea\" !\nfile:///etc/passwd\n\"query:x:y\"\n\"\"\n"))
	want := &discover.List{
		Feeds: []discover.Listed{
			{URL: "https://a.example/feed"},
			{URL: "http://b.example/", Title: "Bea", Tags: []string{"go", "small web"}},
		},
		Skipped: []string{
			"line 5: does not begin with an http or https address",
			"line 6: does not begin with an http or https address",
			"line 7: does not begin with an http or https address",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("list (-want +got):\n%s%v", diff, err)
	}
	for name, body := range map[string]string{
		"bytes": "a\x00b", "latin": "caf\xe9", "many": strings.Repeat("https://a.example/\n", 20_000),
		"endless": strings.Repeat("#\n", 200_000) + "https://a.example/", "large": strings.Repeat(" ", 9<<20),
	} {
		if list, err := discover.Lines([]byte(body)); err == nil {
			t.Errorf("%s: %d feeds", name, len(list.Feeds))
		}
	}
	if _, err := discover.Lines([]byte{0xff}); !errors.Is(err, discover.ErrNotList) {
		t.Errorf("bytes that are no text: %v", err)
	}
}

// Whatever a list holds, the addresses it gives are http or https (XA18), and
// it is bounded.
func FuzzLists(f *testing.F) {
	f.Add([]byte(`<opml><body><outline text="a"><outline xmlUrl="https://a/" category="/a/b,c"/></outline></body></opml>`))
	f.Add([]byte("https://a/ \"b c\" ~d !\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, read := range []func([]byte) (*discover.List, error){discover.OPML, discover.Lines} {
			list, err := read(data)
			if (list == nil) == (err == nil) {
				t.Fatalf("list %v and error %v", list, err)
			}
			if err != nil {
				continue
			}
			for _, l := range list.Feeds {
				if !discover.Fetchable(l.URL) || len(l.Tags) > 64 {
					t.Fatalf("feed %+v", l)
				}
			}
			if len(list.Skipped) > 100 || len(list.Feeds) > discover.MaxListed {
				t.Fatal("the list is not bounded")
			}
		}
	})
}
