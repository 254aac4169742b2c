package parse_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/parse"
	"weir/feed"
)

// ends returns where the elements of the member items end, as encoding/json
// sees it, nil for what it refuses.
func ends(body []byte) []int {
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var list []int
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil
		}
		var value json.RawMessage
		if key != "items" {
			if dec.Decode(&value) != nil {
				return nil
			}
			continue
		}
		if t, err := dec.Token(); err != nil || t != json.Delim('[') {
			return nil
		}
		for dec.More() {
			if dec.Decode(&value) != nil {
				return nil
			}
			list = append(list, int(dec.InputOffset()))
		}
		if _, err := dec.Token(); err != nil {
			return nil
		}
	}
	return list
}

// recoverJSON reads the first n bytes of a document and checks that every item
// that ends before is there, as it is in the whole, and nothing else.
func recoverJSON(t *testing.T, name string, body []byte, full *feed.Document, ends []int, n int) (items int) {
	t.Helper()
	for items < len(ends) && ends[items] <= n {
		items++
	}
	if items == 0 {
		return 0
	}
	doc, err := parse.Read(body[:n], parse.Options{})
	if err != nil {
		t.Errorf("%s cut at %d of %d: %v", name, n, len(body), err)
		return items
	}
	if len(doc.Seen) != items || doc.Partial == json.Valid(body[:n]) {
		t.Errorf("%s cut at %d of %d: %d items of %d, partial %v", name, n, len(body), len(doc.Seen), items, doc.Partial)
		return items
	}
	for i := range doc.Items {
		got, want := doc.Items[i], full.Items[i]
		if got.RawID != want.RawID || got.HTML != want.HTML || got.Link != want.Link || !got.Published.Equal(want.Published) || len(got.Tags) != len(want.Tags) {
			t.Errorf("%s cut at %d: item %d differs\n%s", name, n, i, cmp.Diff(want, got))
		}
	}
	return items
}

// Wherever a JSON Feed is cut, its whole items are read, also when what makes
// it a feed was behind the cut (XC21).
func TestJSONSalvage(t *testing.T) {
	items := `{"id":"1","content_html":"<p>\"a\" {[}]</p>"}, {"id":"2","title":"ü\\","content_text":"y","tags":["a","b"],"_x":{"y":[1]}} ,{"id":"3","content_text":"z"}`
	for name, body := range map[string]string{
		"version first": jsonFeed("", items),
		"version last":  `{"title":"Kettle", "items" : [ ` + items + ` ] , ` + jsonVersion + `}`,
	} {
		full := read(t, body, parse.Options{})
		list := ends([]byte(body))
		if len(list) != 3 || len(full.Items) != 3 {
			t.Fatalf("%d ends, %d items", len(list), len(full.Items))
		}
		found := 0
		for n := range len(body) {
			found += recoverJSON(t, name, []byte(body), full, list, n)
		}
		if found == 0 {
			t.Error("nothing was cut")
		}
	}
}

// The same for the JSON feeds of real sites, at 20 places each.
func TestJSONSalvageCorpus(t *testing.T) {
	dir := corpus(t)
	want, names := expectations(t, dir)
	rng := rand.New(rand.NewPCG(5, 6))
	files, cuts, items := 0, 0, 0
	for _, name := range names {
		if w := want[name]; w.Class == "neg" || w.N < 1 || !strings.HasSuffix(name, ".json") {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		full, err := parse.Read(body, parse.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		list := ends(body)
		if len(full.Seen) != want[name].N || len(list) != len(full.Seen) || len(full.Rejected) > 0 {
			t.Errorf("%s: %d items and %d ends of %d, rejected %v", name, len(full.Seen), len(list), want[name].N, full.Rejected)
			continue
		}
		files++
		for range 20 {
			cuts++
			items += recoverJSON(t, name, body, full, list, rng.IntN(len(body)))
		}
	}
	t.Logf("%d files, %d cuts, %d items recovered", files, cuts, items)
}

func randomJSON(rng *rand.Rand, depth int) any {
	text := func() string {
		return []string{"", "a", "ü🚀", "\"\\/", "a\n\tb", "{[,:]}", "<b>&amp;</b>", " _x "}[rng.IntN(8)]
	}
	switch n := rng.IntN(7); {
	case n == 0:
		return nil
	case n == 1:
		return rng.IntN(2) == 0
	case n == 2:
		return json.Number([]string{"0", "-1", "1.50", "2e10", "18446744073709551616"}[rng.IntN(5)])
	case n == 3 || depth == 0:
		return text()
	case n == 4:
		a := []any{}
		for range rng.IntN(4) {
			a = append(a, randomJSON(rng, depth-1))
		}
		return a
	default:
		m := map[string]any{}
		for range rng.IntN(4) {
			m[text()] = randomJSON(rng, depth-1)
		}
		return m
	}
}

// Members that the format does not know are kept, and nothing of them is lost
// (J10, M7).
func TestJSONExtensions(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		want := map[string]any{}
		for _, key := range []string{"_own", "_other", "thumbnail"} {
			if v := randomJSON(rng, 4); v != nil {
				want[key] = v
			}
		}
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		it := read(t, jsonFeed("", `{"id":"1",`+strings.TrimPrefix(string(raw), "{")), parse.Options{}).Items[0]
		got := map[string]any{}
		for _, e := range it.Extensions {
			if e.Space != feed.SpaceJSON {
				t.Fatalf("%q is in namespace %q", e.Name, e.Space)
			}
			dec := json.NewDecoder(strings.NewReader(e.Text))
			dec.UseNumber()
			var v any
			if err := dec.Decode(&v); err != nil {
				t.Fatalf("%s: %v", e.Text, err)
			}
			got[e.Name] = v
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s: -want +got\n%s", raw, diff)
		}
	}
}

// What members that the format does not know may hold is bounded, and one
// that exceeds it costs itself (XC22, XE24).
func TestJSONExtensionCaps(t *testing.T) {
	for name, value := range map[string]string{
		"bytes":  `"` + strings.Repeat("x", 70_000) + `"`,
		"depth":  strings.Repeat("[", 20) + strings.Repeat("]", 20),
		"broken": `{"a":nonsense}`,
	} {
		it := read(t, jsonFeed("", `{"id":"1","_a":1,"_b":`+value+`,"_c":[2]}`), parse.Options{}).Items[0]
		if len(it.Extensions) != 2 || it.Extensions[0].Name != "_a" || it.Extensions[1].Name != "_c" {
			t.Errorf("%s: kept %d members", name, len(it.Extensions))
		}
	}
	it := read(t, jsonFeed("", `{"id":"1","_a": [ "\u0000<\ud800\/ \u00e9" , {"\u0001" : 1.50} ] }`), parse.Options{}).Items[0]
	if want := "[\"<\uFFFD/ é\",{\"\":1.50}]"; it.Extensions[0].Text != want {
		t.Errorf("kept %s, want %s", it.Extensions[0].Text, want)
	}
	var many strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&many, `,"_%d":%d,"_twice":%d`, i, i, i)
	}
	it = read(t, jsonFeed("", `{"id":"1"`+many.String()+`}`), parse.Options{}).Items[0]
	if n := len(it.Extensions); n != 16 || it.Extensions[1].Name != "_twice" || it.Extensions[1].Text != "999" {
		t.Errorf("kept %d members, the repeated one as %s", n, it.Extensions[1].Text)
	}
	for _, key := range []string{"next_url", "hubs"} {
		if doc := read(t, jsonFeed(`"`+key+`":"https://example.org/","_x":{"a":1},`, `{"id":"1"}`), parse.Options{}); len(doc.Items[0].Extensions) > 0 {
			t.Errorf("%s of the feed reached an item", key)
		}
	}
}
