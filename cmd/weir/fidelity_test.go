package main

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"weir/aggregator/parse"
	"weir/feed"
)

// seen reads a document as weir parse does.
func seen(t *testing.T, name string, body []byte) (*sight, error) {
	t.Helper()
	in := &input{name: name, body: body, location: "https://feeds.example/" + name, source: feed.Source{ID: "source", Kind: feed.Remote}}
	in.source.URL = in.location
	return in.see(t.Context())
}

// What is kept of real feeds comes out in every format that can say it, or is
// left out for a reason that is told (M1, M2, M7, R7, T4, J10).
func TestFidelityOfCorpus(t *testing.T) {
	dir := corpus(t)
	in, lost := 0, map[string]int{}
	out, left := map[string]int{}, map[string]int{}
	counted, skipped := 0, 0
	for _, real := range realFeeds(t, dir) {
		s, err := seen(t, real.path, real.body)
		if err != nil || len(s.document.Items) == 0 {
			continue
		}
		f, err := s.measure(t.Context(), true)
		if unreadable := (*dataError)(nil); errors.As(err, &unreadable) {
			skipped++
			continue
		} else if err != nil {
			t.Errorf("%s: %v", real.path, err)
			continue
		}
		counted++
		for i := range f.Namespaces {
			ns := &f.Namespaces[i]
			in += ns.In
			for format, n := range ns.Out {
				out[format] += n
			}
			for _, l := range ns.Left {
				left[l.Reason] += l.Count
			}
			for _, l := range ns.Lost {
				if key := ns.Namespace + " " + l.Name + " in " + l.Format; lost[key] < 3 {
					t.Errorf("%s: %s is lost: item %s: %s", real.path, key, l.Item, l.Text)
					lost[key]++
				} else {
					lost[key]++
				}
			}
		}
	}
	t.Logf("%d elements of %d documents (%d that a plain parser cannot read): %v", in, counted, skipped, out)
	for _, why := range slices.Sorted(maps.Keys(left)) {
		t.Logf("%6d left out: %s", left[why], why)
	}
	for _, key := range slices.Sorted(maps.Keys(lost)) {
		t.Logf("%6d LOST: %s", lost[key], key)
	}
	if counted < 480 || in < 80_000 {
		t.Errorf("only %d elements of %d documents were counted", in, counted)
	}
}

// The account notices what is missing: the control of the test above, in every
// format and for every kind of thing.
func TestFidelityNotices(t *testing.T) {
	const document = `<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:x="urn:example:x"><channel><title>T</title><link>https://a.example/</link><item>
<guid isPermaLink="false">urn:example:1</guid><title>The first story</title><link>https://a.example/first</link><description>Words of the story</description>
<dc:creator>Ann Author</dc:creator><category>rivers</category><pubDate>Tue, 24 Nov 2026 10:00:00 +0000</pubDate><dc:rights>All rights to Ann</dc:rights>
<enclosure url="https://a.example/1.mp3" length="1" type="audio/mpeg"/><enclosure url="https://a.example/2.mp3" length="1" type="audio/mpeg"/>
<media:thumbnail url="https://a.example/small.jpg"/><itunes:duration>1:23:45</itunes:duration><itunes:new-feed-url>https://b.example/</itunes:new-feed-url>
<x:thing n="1">of our own</x:thing></item></channel></rss>`
	for name, harm := range map[string]func(*feed.Item){
		"":           func(*feed.Item) {},
		"title":      func(it *feed.Item) { it.Title = "Other" },
		"text":       func(it *feed.Item) { it.HTML = "" },
		"link":       func(it *feed.Item) { it.Link = "" },
		"author":     func(it *feed.Item) { it.Authors = nil },
		"tag":        func(it *feed.Item) { it.Tags = nil },
		"rights":     func(it *feed.Item) { it.Rights = "" },
		"file":       func(it *feed.Item) { it.Attachments = it.Attachments[:1] },
		"extensions": func(it *feed.Item) { it.Extensions = nil },
		"address": func(it *feed.Item) {
			at := slices.IndexFunc(it.Extensions, func(e feed.Extension) bool { return e.Name == "thumbnail" })
			it.Extensions[at].Attrs[0].Value, it.Image = "https://a.example/other.jpg", ""
		},
	} {
		s, err := seen(t, "control.xml", []byte(document))
		if err != nil {
			t.Fatal(err)
		}
		harm(&s.document.Items[0])
		f, err := s.measure(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		formats := map[string]bool{}
		reasons := 0
		for i := range f.Namespaces {
			for _, l := range f.Namespaces[i].Lost {
				formats[l.Format] = true
			}
			reasons += len(f.Namespaces[i].Left)
		}
		if want := map[bool]int{true: 0, false: 3}[name == ""]; len(formats) != want || reasons != 1 {
			t.Errorf("without %q: missed in %v, %d reasons; want %d formats and the address of another feed (M2)", name, formats, reasons, want)
		}
	}
}

// What is in namespaces that few know comes out where that is asked for (M7).
func TestFidelityOfAll(t *testing.T) {
	for _, all := range []bool{true, false} {
		s, err := seen(t, "own.xml", []byte(`<rss version="2.0" xmlns:x="urn:example:x"><channel><title>T</title><item><title>One</title><x:thing n="1">of our own</x:thing></item></channel></rss>`))
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.measure(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(f.Namespaces, func(n spaceAccount) bool { return n.Namespace == "urn:example:x" })
		want := map[bool]int{true: 1}[all]
		if n := &f.Namespaces[at]; n.Out["rss"] != want || n.Out["atom"] != want || n.Out["json"] != want || len(n.Lost) != 0 {
			t.Errorf("all %v: %+v", all, n)
		}
	}
}

// Namespaces go by the same name in accounts however they are written (M6).
func TestCustomaryNames(t *testing.T) {
	for uri, want := range map[string]string{
		"http://www.rssboard.org/media-rss": "http://search.yahoo.com/mrss/", "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
		"urn:example:x": "urn:example:x", "": "",
	} {
		if got := parse.Customary(uri); got != want {
			t.Errorf("%q is %q; want %q", uri, got, want)
		}
	}
}
