package parse_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/aggregator/parse"
	"weir/feed"
	"weir/feed/markup"
)

// promise is what another program promises of a file.
type promise struct {
	Checks []struct {
		Path  []any  `json:"path"`
		Op    string `json:"op"`
		Value any    `json:"value"`
	} `json:"checks"`
	Header map[string]string `json:"header"`
}

// Every file about encodings is read, and reads as feedparser promises where
// a promise maps to a field (P80 to P84, XD05 to XD10).
func TestEncodingCorpus(t *testing.T) {
	dir := corpus(t)
	raw, err := os.ReadFile(filepath.Join(dir, "expect-feedparser.json"))
	if err != nil {
		t.Fatal(err)
	}
	var promises map[string]promise
	if err := json.Unmarshal(raw, &promises); err != nil {
		t.Fatal(err)
	}
	_, names := expectations(t, dir)
	files, right, mapped := 0, 0, 0
	for _, name := range names {
		if !strings.Contains(name, "/encoding/") || !strings.HasPrefix(name, "feedparser/") {
			continue
		}
		files++
		body, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		p := promises[name]
		var contentType string
		for key, value := range p.Header {
			if strings.EqualFold(key, "content-type") {
				contentType = value
			}
		}
		doc, err := parse.Read(body, parse.Options{ContentType: contentType})
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		kept := true
		for _, c := range p.Checks {
			got, ok := lookUp(doc, c.Path)
			want, isText := c.Value.(string)
			if !ok || !isText {
				continue
			}
			mapped++
			if want = markup.Text(want); got != want {
				t.Logf("%s: %v is %q, want %q", name, c.Path, got, want)
				kept = false
			}
		}
		if kept {
			right++
		}
	}
	t.Logf("%d of %d files read right, %d promises compared", right, files, mapped)
	if right*82 < files*81 {
		t.Errorf("only %d of %d files", right, files)
	}
}

// lookUp finds the text of the field that a path of feedparser's names.
func lookUp(doc *feed.Document, path []any) (string, bool) {
	if len(path) == 2 && path[0] == "feed" && path[1] == "title" {
		return doc.Profile.Title, true
	}
	if len(path) != 3 || path[0] != "entries" {
		return "", false
	}
	var it feed.Item
	if i := int(path[1].(float64)); i < len(doc.Items) {
		it = doc.Items[i]
	}
	switch path[2] {
	case "title":
		return it.Title, true
	case "description", "summary", "content":
		return markup.Text(it.HTML), true
	}
	return "", false
}

// Feeds of real sites that are no XML at all, by the letter, are read all the
// same.
func TestMalformedCorpus(t *testing.T) {
	dir := corpus(t)
	raw, err := os.ReadFile(filepath.Join(dir, "expected-items.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]struct {
		expectation
		WellFormed any `json:"wf"`
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	files, readable := 0, 0
	for name, w := range want {
		if w.Class != "real" || w.WellFormed == true || strings.HasSuffix(name, ".json") {
			continue
		}
		files++
		body, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Read(body, parse.Options{})
		if err == nil && len(doc.Items)+len(doc.Rejected) < w.N {
			err = errors.New("items are missing")
		}
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		readable++
	}
	t.Logf("%d of %d files read", readable, files)
	if readable*33 < files*32 {
		t.Errorf("only %d of %d files", readable, files)
	}
}
