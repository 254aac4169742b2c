package parse_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/parse"
	"weir/feed"
)

const twoItems = `<rss version="2.0"><channel><title>T</title><link>https://example.org/</link>
<lastBuildDate>Mon, 02 Mar 2026 00:00:00 GMT</lastBuildDate>
<item><guid>1</guid><title>One</title></item><item><guid>2</guid><title>Two</title></item></channel></rss>`

// What a hash depends on, and what it does not.
func TestHashes(t *testing.T) {
	base := parse.Options{Location: "https://example.org/feed", Source: feed.Source{ID: "s", URL: "https://example.org/feed"}}
	tests := []struct {
		name string
		body string
		opt  func(*parse.Options)
		// same says that item 2 must still be known.
		same bool
	}{
		{"nothing changed", twoItems, nil, true},
		{"another item changed", strings.Replace(twoItems, "One", "Uno", 1), nil, true},
		{"an item before it", strings.Replace(twoItems, "<item>", "<item><guid>0</guid></item><item>", 1), nil, true},
		{"build date", strings.Replace(twoItems, "02 Mar", "03 Mar", 1), nil, true},
		{"the item itself", strings.Replace(twoItems, "Two", "Due", 1), nil, false},
		{"byline", strings.Replace(twoItems, "<title>T<", "<title>U<", 1), nil, false},
		{"base", strings.Replace(twoItems, "<channel>", "<channel xml:base='/x/'>", 1), nil, false},
		{"namespaces of another channel", strings.Replace(twoItems, "<channel>", "<channel xmlns:x='u'></channel><channel>", 1), nil, false},
		{"location", twoItems, func(o *parse.Options) { o.Location = "https://example.net/" }, false},
		{"option", twoItems, func(o *parse.Options) { o.Source.KeepUntitled = true }, false},
		{"foreign context", twoItems, func(o *parse.Options) { o.Context++ }, false},
		{"no context", twoItems, func(o *parse.Options) { o.Context = 0 }, true},
	}
	before, err := parse.Read([]byte(twoItems), base)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opt := base
			opt.Known, opt.Context = before.Seen, before.Context
			if tt.opt != nil {
				tt.opt(&opt)
			}
			doc, err := parse.Read([]byte(tt.body), opt)
			if err != nil {
				t.Fatal(err)
			}
			parsed := false
			for _, it := range doc.Items {
				parsed = parsed || it.RawID == "2"
			}
			if parsed == tt.same {
				t.Errorf("item 2 parsed: %v; seen %v, known %v", parsed, doc.Seen, opt.Known)
			}
			if len(doc.Seen) < 2 || len(doc.Items)+len(opt.Known) < 2 {
				t.Errorf("%d items seen", len(doc.Seen))
			}
		})
	}
}

// The head's hash moves with the head and not with the items.
func TestHeadHash(t *testing.T) {
	read := func(body string) *feed.Document {
		doc, err := parse.Read([]byte(body), parse.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	base := read(twoItems)
	if got := read(strings.Replace(twoItems, "One", "Uno", 1)); got.Head != base.Head {
		t.Error("an item moved the head's hash")
	}
	if got := read(strings.Replace(twoItems, "02 Mar", "03 Mar", 1)); got.Head == base.Head {
		t.Error("the head's hash did not move")
	}
}

// A document keeps nothing of the body, which its owner uses again.
func TestDocumentSharesNoMemory(t *testing.T) {
	for _, path := range fixtures(t) {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var r parse.Reader
		first, err := r.Read(bytes.Clone(body), parse.Options{})
		if err != nil {
			t.Fatal(err)
		}
		mine := bytes.Clone(body)
		second, err := r.Read(mine, parse.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range mine {
			mine[i] = 'X'
		}
		if _, err := r.Read(bytes.Repeat([]byte("<rss><item><title>q</title></item>"), 20), parse.Options{}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("%s: -first +overwritten\n%s", path, diff)
		}
	}
}
