package parse_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/aggregator/parse"
)

// Of the files that other programs test themselves with, only those in CDF, a
// format that Weir does not read, and documents that are no feeds at all give
// nothing; every one that gives nothing is named here. Whatever was made not
// to be a feed is refused (P50).
func TestConformance(t *testing.T) {
	dir := corpus(t)
	want, names := expectations(t, dir)
	var files, read, cdf, odd, negatives, refused int
	for _, name := range names {
		w := want[name]
		if w.Class == "real" {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Read(body, parse.Options{Location: "https://example.org/feeds/" + name})
		if w.Class == "neg" {
			if negatives++; errors.Is(err, parse.ErrNotFeed) {
				refused++
			} else {
				t.Errorf("%s was made to be no feed, but was read: %v", name, err)
			}
			continue
		}
		files++
		switch {
		case err != nil:
			if strings.Contains(err.Error(), "CDF") {
				cdf++
			} else if unreadable[name] == "" {
				t.Errorf("%s: %v", name, err)
			}
			t.Logf("not read: %s (%d items): %v", name, w.N, err)
			continue
		case w.N > 0 && len(doc.Items)+len(doc.Rejected) == 0:
			t.Errorf("%s: none of %d items", name, w.N)
			continue
		case len(doc.Items)+len(doc.Rejected) != w.N:
			odd++
			t.Logf("%s: %d items and %d rejections of %d", name, len(doc.Items), len(doc.Rejected), w.N)
		}
		read++
	}
	t.Logf("%d of %d conformance files read (%.2f %%), %d of them with another number of items; %d are CDF; %d of %d negatives refused",
		read, files, 100*float64(read)/float64(files), odd, cdf, refused, negatives)
	if read*1000 < files*985 {
		t.Errorf("only %d of %d were read", read, files)
	}
}

// unreadable are the other files that give nothing, and why.
var unreadable = map[string]string{
	"feedparser/illformed/rss_empty_document.xml": "a declaration and a comment, no element",
	"rssowl-interp/feed_unknown.xml":              "its root is unknownfeed: it tests that such a thing is refused",
}
