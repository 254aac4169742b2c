package parse_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/parse"
	"weir/feed"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A document in testdata and the golden file beside it are a test: a report
// of a feed that is read wrongly becomes such a pair, written anew.
func TestGolden(t *testing.T) {
	for _, path := range fixtures(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := parse.Read(body, parse.Options{Location: "https://feeds.example.net/dir/feed"})
			if err != nil {
				t.Fatal(err)
			}
			got := readable(t, doc)
			golden := strings.TrimSuffix(path, filepath.Ext(path)) + ".golden.json"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// fixtures lists the documents in testdata.
func fixtures(t testing.TB) []string {
	t.Helper()
	var paths []string
	for _, pattern := range []string{"*.xml", "*.json"} {
		found, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			if !strings.HasSuffix(path, ".golden.json") {
				paths = append(paths, path)
			}
		}
	}
	if len(paths) == 0 {
		t.Fatal("no fixtures")
	}
	return paths
}

// readable writes a document without zero values and without hashes, which
// change with the version.
func readable(t *testing.T, doc *feed.Document) []byte {
	t.Helper()
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(said(v)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// said returns what a value says: nil for zero values and hashes.
func said(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			value = said(value)
			switch key {
			case "Hash", "Context", "Head", "Seen", "Key", "KeyKind", "Traits", "UnreadItem":
				value = nil
			}
			if v[key] = value; value == nil {
				delete(v, key)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		if len(v) == 0 {
			return nil
		}
		for i := range v {
			v[i] = said(v[i])
		}
	case string:
		if v == "" || v == "0001-01-01T00:00:00Z" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return v
}
