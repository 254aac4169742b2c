package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"

	"github.com/microcosm-cc/bluemonday"
	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"

	"weir/aggregator/parse"
	"weir/feed"
)

// document is a feed in memory, as it is and brought to fifty items.
type document struct {
	body, fifty []byte
	atom        bool
	// known are the items of fifty but the first; learned is what reading it
	// taught.
	known   []feed.Known
	learned feed.Learned
	reader  *parse.Reader
	policy  *bluemonday.Policy
}

const address = "https://example.org/feed"

// largest loads the n largest real feeds that the rival reads too.
func largest(corpus string, n int) ([]document, error) {
	raw, err := os.ReadFile(filepath.Join(corpus, "expected-items.json"))
	if err != nil {
		return nil, err
	}
	var list map[string]struct {
		N     int    `json:"n"`
		Class string `json:"cls"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, err
	}
	reader, policy := new(parse.Reader), bluemonday.UGCPolicy()
	var all []document
	for name, is := range list {
		if is.Class != "real" || is.N == 0 {
			continue
		}
		d := document{reader: reader, policy: policy}
		if d.body, err = os.ReadFile(filepath.Join(corpus, "feeds", name)); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b document) int {
		return cmp.Or(len(b.body)-len(a.body), bytes.Compare(a.body, b.body))
	})
	var chosen []document
	for i := 0; i < len(all) && len(chosen) < n; i++ {
		if d := all[i]; d.prepare() {
			chosen = append(chosen, d)
		}
	}
	if len(chosen) < n {
		return nil, fmt.Errorf("only %d of %d feeds in %s can be read", len(chosen), n, corpus)
	}
	return chosen, nil
}

// prepare makes the longer or shorter form. It reports false for feeds that
// one of the sides cannot read.
func (d *document) prepare() bool {
	_, err := (&rss.Parser{}).Parse(bytes.NewReader(d.body))
	if err != nil {
		d.atom = true
		if _, err = (&atom.Parser{}).Parse(bytes.NewReader(d.body)); err != nil {
			return false
		}
	}
	if d.fifty = bring(d.body, 50); d.fifty == nil {
		return false
	}
	doc, err := parse.Read(d.fifty, parse.Options{Location: address})
	if err != nil || len(doc.Seen) != 50 || len(doc.Items)+len(doc.Rejected) != 50 {
		return false
	}
	d.known, d.learned = doc.Seen[1:], doc.Learned
	return true
}

// weir reads a document as Weir does and returns how many items it holds.
func (d *document) weir(body []byte, known []feed.Known) int {
	doc, err := d.reader.Read(body, parse.Options{Location: address, Known: known, Learned: d.learned})
	if err != nil {
		log.Fatal(err)
	}
	return len(doc.Seen)
}

// rival reads the document as one would without Weir.
func (d *document) rival() int {
	if !d.atom {
		f, err := (&rss.Parser{}).Parse(bytes.NewReader(d.body))
		if err != nil {
			log.Fatal(err)
		}
		for _, it := range f.Items {
			it.Description, it.Content = d.policy.Sanitize(it.Description), d.policy.Sanitize(it.Content)
		}
		return len(f.Items)
	}
	f, err := (&atom.Parser{}).Parse(bytes.NewReader(d.body))
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range f.Entries {
		e.Summary = d.policy.Sanitize(e.Summary)
		if e.Content != nil {
			e.Content.Value = d.policy.Sanitize(e.Content.Value)
		}
	}
	return len(f.Entries)
}
