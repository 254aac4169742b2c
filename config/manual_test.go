package config_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"weir/config"
	"weir/feed"
)

// The manual has every key that can be set, with a reason, and no other.
func TestManualIsComplete(t *testing.T) {
	manual, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	heading := regexp.MustCompile("^## `(.*)`$")
	key := regexp.MustCompile(`^(?:\[ )?([a-z_]+): `)
	got := make(map[string][]string)
	var section, before string
	fenced := false
	for line := range strings.Lines(string(manual)) {
		line = strings.TrimSuffix(line, "\n")
		if m := heading.FindStringSubmatch(line); m != nil {
			section = m[1]
		} else if strings.HasPrefix(line, "## ") {
			section = ""
		}
		if strings.HasPrefix(line, "```") {
			fenced = !fenced && line == "```yml"
		} else if m := key.FindStringSubmatch(line); m != nil && fenced {
			got[section] = append(got[section], m[1])
			if !strings.HasPrefix(before, "# ") {
				t.Errorf("%s: %s stands there without a reason", section, m[1])
			}
		}
		before = line
	}
	want := config.KnownKeys()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys of the manual (-known +written):\n%s", diff)
	}
	variables := regexp.MustCompile("`(WEIR_[A-Z_]+[A-Z])`").FindAllStringSubmatch(string(manual), -1)
	var names []string
	for _, v := range variables {
		names = append(names, v[1])
	}
	slices.Sort(names)
	known := config.Variables()
	slices.Sort(known)
	if diff := cmp.Diff(known, slices.Compact(names)); diff != "" {
		t.Errorf("variables of the manual (-known +written):\n%s", diff)
	}
}

// mentions reports which known keys a commented file leaves out.
func mentions(t *testing.T, name string, text []byte) {
	t.Helper()
	for section, keys := range config.KnownKeys() {
		for _, key := range keys {
			if !regexp.MustCompile(`(?m)^[ #{-]*` + key + `:|[{,] *` + key + `:`).Match(text) {
				t.Errorf("%s does not show %s of %s", name, key, section)
			}
		}
	}
}

// The repository's own configuration works, without warnings, and shows every
// key.
func TestRepositorySample(t *testing.T) {
	text, err := os.ReadFile("../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load("../config.yaml", noEnv, config.Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) != 0 {
		t.Errorf("warnings: %v", c.Warnings)
	}
	mentions(t, "config.yaml", text)
	for _, s := range c.Sources() {
		if s.Kind == feed.Remote {
			continue
		}
		if _, err := os.Stat(s.URL); err != nil {
			t.Errorf("source %s: %v", s.ID, err)
		}
	}
}

func TestSample(t *testing.T) {
	today := time.Date(2026, 11, 24, 23, 0, 0, 0, time.UTC)
	text := config.Sample(today, "", "")
	mentions(t, "the sample", text)
	c := parse(t, string(text), noEnv, config.Overrides{})
	if c.Site.Title != "My planet" || c.Site.Since != "2026-11-24" || len(c.Feeds) != 0 || len(c.Articles) != 1 || c.Output != "/srv/planet/public" {
		t.Errorf("sample = %+v", c)
	}

	text = config.Sample(today, "Ann: it's \"my\" ${PLANET} #1", "https://planet.example/",
		config.NewFeed{URL: "https://a.example/feed?x=${y}#z"}, config.NewFeed{URL: "https://b.example/", ID: "b", Title: "No"},
		config.NewFeed{URL: "file:my feeds/c.xml", Title: "- C\n[x]"})
	c = parse(t, string(text), noEnv, config.Overrides{})
	got := []string{c.Site.Title, c.Site.URL, c.Feeds[0].URL.Reveal(), c.Feeds[1].ID, c.Feeds[1].Title, c.Feeds[2].URL.Reveal(), c.Feeds[2].Title}
	want := []string{"Ann: it's \"my\" ${PLANET} #1", "https://planet.example/", "https://a.example/feed?x=${y}#z", "b", "No", "/srv/planet/my feeds/c.xml", "- C [x]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sample (-want +got):\n%s", diff)
	}
	if len(c.Warnings) != 0 {
		t.Errorf("warnings: %v", c.Warnings)
	}
}

// What is uncommented in the sample's comments is valid too.
func TestSampleComments(t *testing.T) {
	text := string(config.Sample(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), "", ""))
	text = regexp.MustCompile(`(?m)^( *)# (( *)(- )?[a-z_]+:( |$)|- https|- [a-z]+: )`).ReplaceAllString(text, "$1$2")
	c := parse(t, text, noEnv, config.Overrides{})
	if len(c.Feeds) != 2 || c.Feeds[1].ID != "go-blog" || len(c.Channels) != 3 || c.Poll.UserAgent == "" || c.Site.Icon == "" {
		t.Errorf("uncommented sample = %+v\n%s", c, text)
	}
}

// Whatever a title holds, the file that init writes is valid and means it.
func FuzzSample(f *testing.F) {
	for _, title := range []string{"My planet", "yes", "- x: {y}", "a #b", "it's ${HOME}", "a:", "\x00\u202e", "&a *b", "x\\", "2026", "~", "a\r\n---\nb: c"} {
		f.Add(title)
	}
	f.Fuzz(func(t *testing.T, title string) {
		text := config.Sample(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), title, "", config.NewFeed{URL: "file:a.xml", Title: title})
		c, err := config.Parse(text, "/srv/config.yaml", noEnv, config.Overrides{})
		if err != nil && len(title) < feed.MaxTitle/3 {
			t.Fatalf("title %q: %v\n%s", title, err, text)
		}
		odd := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
		clean := strings.Join(strings.Fields(title), " ")
		if err == nil && clean != "" && utf8.ValidString(title) && !strings.ContainsFunc(clean, odd) && c.Site.Title != clean {
			t.Errorf("title %q became %q in\n%s", title, c.Site.Title, text)
		}
	})
}
