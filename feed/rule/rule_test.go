package rule_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"weir/feed"
	"weir/feed/rule"
)

// story is an entry with something in every field that a rule can see.
func story() *feed.Entry {
	return &feed.Entry{
		Slug:      "generics-at-last",
		Published: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		Updated:   time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC),
		Sightings: []feed.Sighting{
			{Source: "go-blog"},
			{Source: "mirror", Tags: []feed.Tag{{Term: "Web  Tools"}}},
		},
		Content: feed.Content{
			Title:       "Generics, at last",
			Summary:     "What changed.",
			Link:        "https://go.example/generics",
			HTML:        "<p>Type parameters are he<b>re</b>.</p><p>AT&amp;T knows; 日本語の記事も。</p>",
			Language:    "en",
			Authors:     []feed.Person{{Name: "Ann"}, {Name: "Ben"}},
			Tags:        []feed.Tag{{Term: "Go"}, {Term: "Language"}},
			Attachments: []feed.Attachment{{URL: "https://go.example/a.mp3", Type: "audio/mpeg"}},
		},
		Traits: feed.Traits{Sketch: feed.Sketch{Words: 120}},
	}
}

func TestMatch(t *testing.T) {
	for source, want := range map[string]bool{
		`title == "Generics, at last"`:                       true,
		`summary contains "changed"`:                         true,
		`link startsWith "https://go.example/"`:              true,
		`language == "de"`:                                   false,
		`source == "go-blog"`:                                true,
		`source == "mirror"`:                                 false,
		`"mirror" in sources`:                                true,
		`"go" in tags`:                                       true,
		`"Go" in tags`:                                       true,
		`"web tools" in tags`:                                true,
		`"rust" in tags or words > 100`:                      true,
		`"Ann" in authors and len(authors) == 2`:             true,
		`words >= 121`:                                       false,
		`has_audio and not has_image`:                        true,
		`published > date("2026-03-01")`:                     true,
		`published.Year() == 2026 and updated > published`:   true,
		`text contains "are here. AT&T knows"`:               true,
		`text matches "(?i)type PARAMETERS"`:                 true,
		`any(tags, # startsWith "lang")`:                     true,
		`count(tags, any(authors, # == "Ann")) == len(tags)`: true,
		`lower(title) contains "generics"`:                   true,
		// A failure while running is a no.
		`authors[7] == "Ann"`: false,
	} {
		r, err := rule.Compile(source)
		if err != nil {
			t.Errorf("Compile(%s): %v", source, err)
			continue
		}
		if got := r.Match(story()); got != want {
			t.Errorf("%s = %v; want %v", source, got, want)
		}
	}
}

// TestEmptyEntry asks rules of an entry that has nothing, not even an owner.
func TestEmptyEntry(t *testing.T) {
	for _, source := range []string{`source == ""`, `text == "" and len(tags) == 0`, `not has_image`, `words == 0`} {
		r, err := rule.Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Match(&feed.Entry{}) {
			t.Errorf("%s does not want an empty entry", source)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	for source, want := range map[string]string{
		`titel == "x"`:                  "unknown name titel (1:1)",
		`words > "many"`:                "(mismatched types int and string) (1:7)",
		`words > "many"` + " ":          "......^",
		`text > 3`:                      "mismatched types string and int",
		`title`:                         "expected bool, but got string",
		`(`:                             "unexpected token EOF",
		"":                              "expression is empty",
		" \n":                           "expression is empty",
		`text() == ""`:                  "text is not a function (1:1)",
		`1..9 == tags`:                  "ranges are not available",
		`title matches summary`:         "matches needs a constant pattern",
		`title matches "("`:             "error parsing regexp",
		`now() > published`:             "unknown name now",
		`len(split(text, "")) > 1`:      "unknown name split",
		`$env.title == ""`:              "$env is not available",
		`published.Local().Hour() == 1`: "Local would answer by where Weir runs",
		`any(tags, any(tags, any(tags, # == "x")))`: "more than two deep",
		`words == 1` + strings.Repeat(" ", 5000):    "longer than 4096",
		strings.Repeat("!", 2000) + "has_audio":     "exceeds maximum allowed nodes",
		strings.Repeat("(", 2000) + "has_audio":     "unexpected token EOF",
	} {
		r, err := rule.Compile(source)
		if err == nil || r != nil {
			t.Errorf("Compile(%.40s) = %v, %v; want only an error with %q", source, r, err, want)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Compile(%.40s): %v; want %q", source, err, want)
		}
	}
}

func TestWords(t *testing.T) {
	for _, test := range []struct {
		name             string
		include, exclude []string
		want             bool
	}{
		{"word in title, other case", []string{"GENERICS"}, nil, true},
		{"word in a tag", []string{"go"}, nil, true},
		{"word in a tag of another source", []string{"web tools"}, nil, true},
		{"word in text across a tag", []string{"here"}, nil, true},
		{"part of a word", []string{"gener"}, nil, false},
		{"end of a word", []string{"rics"}, nil, false},
		{"phrase in text", []string{"type  Parameters are"}, nil, true},
		{"phrase across paragraphs", []string{"here. at&t"}, nil, true},
		{"no spaces in the script", []string{"記事"}, nil, true},
		{"any of several", []string{"rust", "at&t"}, nil, true},
		{"none", []string{"rust"}, nil, false},
		{"excluded in title", nil, []string{"at last"}, false},
		{"excluded in text", []string{"generics"}, []string{"knows"}, false},
		{"excluded elsewhere", []string{"generics"}, []string{"sponsored"}, true},
		{"attribute names are no text", []string{"p"}, nil, false},
	} {
		if got := rule.Words(test.include, test.exclude).Match(story()); got != test.want {
			t.Errorf("%s: Words(%q, %q) = %v; want %v", test.name, test.include, test.exclude, got, test.want)
		}
	}
	if r := rule.Words([]string{" "}, nil); r != nil {
		t.Errorf("Words of nothing is %v; want nil", r)
	}
}

// TestWordsMarks holds that a phrase may begin or end in a mark.
func TestWordsMarks(t *testing.T) {
	e := &feed.Entry{Content: feed.Content{Title: "Why C++ and .NET, not C"}}
	for phrase, want := range map[string]bool{"c++": true, ".net": true, "c": true, "net": true, "ne": false, "c+++": false} {
		if got := rule.Words([]string{phrase}, nil).Match(e); got != want {
			t.Errorf("%q in %q = %v; want %v", phrase, e.Title, got, want)
		}
	}
}

func TestAll(t *testing.T) {
	yes, no := rule.Words([]string{"generics"}, nil), rule.Words([]string{"rust"}, nil)
	if rule.All(nil, nil) != nil || rule.All() != nil {
		t.Error("All of nothing is not nil")
	}
	if rule.All(nil, yes) != yes {
		t.Error("All of one rule is not that rule")
	}
	if !rule.All(yes, nil, yes).Match(story()) || rule.All(yes, no).Match(story()) {
		t.Error("All is not a conjunction")
	}
	var none *rule.Rule
	if !none.Match(story()) || none.Digest() != "" {
		t.Error("a nil rule does not want everything")
	}
}

// TestDigest pins one digest, because a digest that changes without need makes
// every store index its channels anew.
func TestDigest(t *testing.T) {
	r, err := rule.Compile(`source == "x"`)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.Digest(), "444bbe774e25dfe127fad80768fb25a1"; got != want {
		t.Errorf("digest %s; want %s", got, want)
	}
	seen := map[string]int{}
	for i, r := range []*rule.Rule{
		r, rule.Words([]string{"a b"}, nil), rule.Words([]string{"a", "b"}, nil), rule.Words([]string{"a"}, []string{"b"}),
		rule.Words(nil, []string{"a", "b"}), rule.All(rule.Words([]string{"a"}, nil), rule.Words([]string{"b"}, nil)),
	} {
		if j, dup := seen[r.Digest()]; dup {
			t.Errorf("rules %d and %d share a digest", i, j)
		}
		seen[r.Digest()] = i
	}
}

// TestConcurrent lets many goroutines ask one rule; the race detector watches.
func TestConcurrent(t *testing.T) {
	r, err := rule.Compile(`"go" in tags and text contains "AT&T" and "mirror" in sources`)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			e := story()
			if i%2 == 1 {
				e.Tags = nil
			}
			for range 200 {
				if got, want := r.Match(e), i%2 == 0; got != want {
					t.Errorf("goroutine %d: %v; want %v", i, got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

// FuzzCompile holds that no expression panics, neither compiled nor asked.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{
		`source == "x"`, `any(tags, {# in authors})`, `text matches "a+"`, `let a = tags; len(a) > 1`, `words / 0 > 1`,
		`title[1:] == authors[0]`, `(published - updated).Hours() > 1`, `sources?.foo ?? true`, `{"a": 1}.a == 1`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, source string) {
		if r, err := rule.Compile(source); err == nil {
			r.Match(story())
			r.Match(&feed.Entry{})
		}
	})
}

func BenchmarkSource(b *testing.B) {
	r, err := rule.Compile(`source == "go-blog"`)
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, r)
}

func BenchmarkTags(b *testing.B) {
	r, err := rule.Compile(`"language" in tags or words > 1000`)
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, r)
}

func BenchmarkWords(b *testing.B) { benchmark(b, rule.Words([]string{"type parameters"}, nil)) }

func benchmark(b *testing.B, r *rule.Rule) {
	e := story()
	b.ReportAllocs()
	for b.Loop() {
		if !r.Match(e) {
			b.Fatal("no match")
		}
	}
}
