package publisher_test

import (
	"bytes"
	"testing"
	"time"
)

// S22: a fragment that says something else than was meant is found before it is
// published, whatever it is that differs.
func TestReadBackFinds(t *testing.T) {
	e := podcast().Entry
	e.Excerpt, e.Summary, e.Updated = false, "A summary", e.Published.Add(time.Second)
	p := newPublisher(t, options(), library())
	for format, err := range p.ReadBack(e, func(_ string, item []byte) []byte { return item }) {
		if err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
	for name, changes := range map[string]map[string][2]string{
		"id": {
			"rss.xml": {"</guid>", "x</guid>"}, "atom.xml": {"</id>", "x</id>"}, "feed.json": {`{"id":"`, `{"id":"x`},
		},
		"title": {
			"rss.xml": {"<title>", "<title>x"}, "atom.xml": {`<title type="text">`, `<title type="text">x`}, "feed.json": {`"title":"`, `"title":"x`},
		},
		"white space": {
			"rss.xml": {"<title>", "<title> "}, "atom.xml": {`<title type="text">`, `<title type="text"> `}, "feed.json": {`"title":"`, `"title":" `},
		},
		"link": {
			"rss.xml": {"</link>", "x</link>"}, "atom.xml": {`href="https://radio.example/42"`, `href="https://radio.example/43"`},
			"feed.json": {`"url":"https://radio.example/42"`, `"url":"https://radio.example/43"`},
		},
		"no link": {
			"rss.xml": {"<link>https://radio.example/42</link>", ""}, "atom.xml": {`rel="alternate"`, `rel="related"`},
			"feed.json": {`"url":"https://radio.example/42",`, ""},
		},
		"published": {
			"rss.xml": {"05:00:00 +0000</pubDate>", "05:00:01 +0000</pubDate>"}, "atom.xml": {"05:00:00Z</published>", "05:00:00.1Z</published>"},
			"feed.json": {`"date_published":"2026-11-19T05:00:00Z"`, `"date_published":"2026-11-19T05:00:00.1Z"`},
		},
		"updated": {
			"rss.xml": {"05:00:01Z</atom:updated>", "05:00:02Z</atom:updated>"}, "atom.xml": {"05:00:01Z</updated>", "05:00:02Z</updated>"},
			"feed.json": {`"date_modified":"2026-11-19T05:00:01Z"`, `"date_modified":"2026-11-19T05:00:02Z"`},
		},
		"no date": {
			"rss.xml": {"<pubDate>Thu, 19 Nov 2026 05:00:00 +0000</pubDate>", ""}, "atom.xml": {"<published>2026-11-19T05:00:00Z</published>", ""},
			"feed.json": {`"date_modified":"2026-11-19T05:00:01Z",`, ""},
		},
		"content": {
			"rss.xml": {"waits for her.</p>", "waits for her</p>"}, "atom.xml": {"waits for her.", "waits for her"}, "feed.json": {"waits for her.", "waits for her"},
		},
		"escaped twice": {
			"rss.xml": {"<![CDATA[<p>", "<![CDATA[&lt;p>"}, "atom.xml": {">&lt;p&gt;", ">&amp;lt;p&gt;"}, "feed.json": {`"<p>`, `"&lt;p>`},
		},
		"summary": {
			"rss.xml": {"A summary</description>", "</description>"}, "atom.xml": {"A summary</summary>", "</summary>"}, "feed.json": {`"summary":"A summary",`, ""},
		},
		"a file's address": {
			"rss.xml":  {`<enclosure url="https://cdn.radio.example/42.mp3`, `<enclosure url="https://cdn.radio.example/43.mp3`},
			"atom.xml": {"42.opus", "43.opus"}, "feed.json": {"42.opus", "43.opus"},
		},
		"a file less": {
			"rss.xml": {"<enclosure", "<dc:relation"}, "atom.xml": {`rel="enclosure"`, `rel="related"`},
			"feed.json": {`,{"url":"https://cdn.radio.example/42-notes.pdf","mime_type":"application/pdf"}`, ""},
		},
		"a file more": {
			"rss.xml": {"<enclosure", `<enclosure url=""/><enclosure`}, "atom.xml": {`<link href="https://cdn`, `<link rel="enclosure" href="https://a.example/"/><link href="https://cdn`},
			"feed.json": {`"attachments":[`, `"attachments":[{"url":"https://a.example/"},`},
		},
		"another file in Media RSS": {"rss.xml": {`<media:content url="https://cdn.radio.example/42.opus`, `<media:content url="https://cdn.radio.example/43.opus`}},
		"an attribute twice":        {"rss.xml": {`<guid isPermaLink="false"`, `<guid isPermaLink="false" isPermaLink="false"`}, "atom.xml": {` type="html"`, ` type="html" type="html"`}},
		"an element twice":          {"rss.xml": {"<pubDate>", "<guid/><pubDate>"}, "atom.xml": {"<published>", "<title/><published>"}},
	} {
		for format, change := range changes {
			err := p.ReadBack(e, func(of string, item []byte) []byte {
				if of == format && !bytes.Contains(item, []byte(change[0])) {
					t.Errorf("%s: %s does not hold %s:\n%s", name, format, change[0], item)
				}
				return bytes.Replace(item, []byte(change[0]), []byte(change[1]), 1)
			})[format]
			if err == nil {
				t.Errorf("%s: not found in %s", name, format)
			}
		}
	}
}
