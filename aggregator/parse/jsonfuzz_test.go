package parse_test

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"weir/aggregator/parse"
)

// Whatever comes in: what encoding/json reads as a JSON Feed gives as many
// items as it sees, and what is cut gives those before the cut (XC07, XC08,
// XC21).
func FuzzReadJSON(f *testing.F) {
	for _, path := range fixtures(f) {
		if !strings.HasSuffix(path, ".json") {
			continue
		}
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, len(body)/2)
	}
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[null,{"id":1,"tags":"a","author":"b","_x":[{"y":1e5}]},[],"\\\""]}`), 60)
	f.Add([]byte(`{"items":{"a":{"content_text":"\ud800"}},"title":[],"authors":[null],"hubs":7}`), 40)
	f.Fuzz(func(t *testing.T, body []byte, at int) {
		if len(body) == 0 || len(body) > 1<<16 || body[0] != '{' {
			return
		}
		full, err := parse.Read(body, parse.Options{})
		if err == nil {
			walkStrings(t, reflect.ValueOf(full))
			for i := range full.Items {
				checkItem(t, &full.Items[i], full)
			}
		}
		if !json.Valid(body) {
			return
		}
		var limit *parse.LimitError
		list := ends(body)
		switch {
		case errors.As(err, &limit), strings.Contains(string(body), `\`):
			// Keys and versions may be spelt with escapes.
			return
		case err != nil:
			if strings.Contains(string(body), `"version":"https://jsonfeed.org/version/1"`) && strings.Count(string(body), `"version"`) == 1 &&
				strings.HasPrefix(string(body), `{"version"`) {
				t.Fatalf("refused: %v", err)
			}
			return
		case len(list) != len(full.Seen) || full.Partial:
			if strings.Count(string(body), `"items"`) == 1 && len(list) > 0 {
				t.Fatalf("%d items of %d, partial %v", len(full.Seen), len(list), full.Partial)
			}
			return
		}
		n := max(at, -at) % len(body)
		if n < 0 {
			return
		}
		cut, err := parse.Read(body[:n], parse.Options{})
		if err != nil {
			return
		}
		items := 0
		for items < len(list) && list[items] <= n {
			items++
		}
		if items > 0 && len(cut.Seen) != items {
			t.Errorf("cut at %d: %d items of %d", n, len(cut.Seen), items)
		}
	})
}
