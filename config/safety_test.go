package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/config"
)

const canary = "c4n4ry"

// XJ13: however the configuration or its problems are printed, nothing secret
// is among it, whether the file spells it or a variable holds it.
func TestSecretsStayCovered(t *testing.T) {
	env := envOf("SECRET", canary, "SECRET_URL", "https://ann:"+canary+"@a.example/", "SECRET_SCHEME", canary+":x")
	c := parse(t, "site: {since: 2026-11-24}\nfeeds:\n  - https://ann:"+canary+"@blog.example/feed\n  - https://b.example/feed?token=${SECRET}\n", env, config.Overrides{})
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("loaded", "feed", c.Feeds[0], "url", c.Feeds[1].URL)
	encoded, err := json.Marshal(c.Feeds)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{fmt.Sprint(c.Feeds), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c.Feeds), log.String(), string(encoded)} {
		if strings.Contains(printed, canary) {
			t.Errorf("printed: %s", printed)
		}
	}
	if got := c.Feeds[1].URL.Reveal(); got != "https://b.example/feed?token="+canary {
		t.Errorf("the fetcher gets %q", got)
	}

	for _, line := range []string{
		"store: ${SECRET_URL}", "listen: ${SECRET}", "output: ~${SECRET}", "feeds: ['${SECRET}']", "feeds: ['${SECRET_SCHEME}']",
		"feeds: [ftp://ann:" + canary + "@a.example/]", "feeds: ['ftp://ann:pass word" + canary + "@a.example/']",
		"feeds: ['ann:" + canary + "@a.example/feed']", "feeds: ['https://" + canary + "@/']", `feeds: ["https://ann:\"` + canary + `@a example/"]`,
		"feeds: ['https://a example/?" + canary + "']", "feeds: ['https://a example/?a=1&token=" + canary + " x']",
		"feeds: [{url: 'https://ann:" + canary + "@a.example/', evry: 1h}]",
		"feeds: [{'https://ann:" + canary + "@a.example/': 1h}]", "poll: 'https://ann:" + canary + "@a.example/'",
		"feeds: [{url: 'https://a.example/', every: '${SECRET}', id: '${SECRET}!', where: '${SECRET} +', titles: '${SECRET}'}]",
		"feeds: [{url: 'https://a.example/', id: '${SECRET}'}, {url: 'https://b.example/', id: '${SECRET}'}]",
		"feeds: ['https://ann:" + canary + "@a.example/', 'https://ann:" + canary + "@a.example/']",
		"feeds: https://ann:" + canary + "@a.example/",
		"feeds: [https://ann:" + canary + "@a.example/: x: y]",
	} {
		text := "site: {since: 2026-11-24}\n" + line + "\n"
		ps := problems(t, text, env, config.Overrides{})
		var b strings.Builder
		if err := ps.Format(&b, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if all := ps.Error() + b.String() + fmt.Sprintf("%+v", ps); strings.Contains(all, canary) {
			t.Errorf("%s is told as:\n%s", line, all)
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"https://blog.example/feed":               "https://blog.example/feed",
		"https://medium.example/@ann/feed":        "https://medium.example/@ann/feed",
		"editors@example.org":                     "editors@example.org",
		"Who? What?":                              "Who? What?",
		"https://ann:pw@a.example/x":              "https://•••@a.example/x",
		"https://token@a.example/x":               "https://•••@a.example/x",
		"https://ann:p/w@a.example/x":             "https://•••@a.example/x",
		"https://a.example/x?channel=1&key=2#top": "https://a.example/x?channel=•••&key=•••&•••",
		"https://a.example/x?abc":                 "https://a.example/x?•••",
		"get https://ann:pw@a.example/: 404":      "get https://•••@a.example/: 404",
		"url: ann:pw@a.example":                   "url: •••@a.example",
	} {
		if got := config.Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}

// A terminal is not steered by what a file says.
func TestFormatIsPrintable(t *testing.T) {
	text := "site: {since: 2026-11-24}\n\"sto\u202ere\\e[31m\": x\nlong: " + strings.Repeat("ü", 5000) + "\n"
	ps := problems(t, text, noEnv, config.Overrides{})
	var b strings.Builder
	if err := ps.Format(&b, []byte(text)); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); strings.ContainsAny(got, "\x1b\u202e") || len(got) > 2000 {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

// XJ04: a small file that stands for a huge one ends in a problem, soon.
func TestAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("site: {since: 2026-11-24}\nfeeds:\n  - &f {url: https://a.example/, tags: &t [")
	b.WriteString(strings.Repeat("x,", 60) + "x]}\n")
	for range maxAliases {
		b.WriteString("  - *f\n")
	}
	start := time.Now()
	ps := problems(t, b.String(), noEnv, config.Overrides{})
	last := ps[len(ps)-1]
	if len(ps) > 1001 || !strings.Contains(ps.Error(), "use fewer aliases") && !strings.Contains(last.Message, "too many problems") {
		t.Errorf("%d problems, the last: %v", len(ps), last)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

const maxAliases = 19000

func TestTooLarge(t *testing.T) {
	ps := problems(t, "#"+strings.Repeat(" ", 4<<20), noEnv, config.Overrides{})
	if want := "config.yaml: is larger than 4 MiB"; ps.Error() != want {
		t.Errorf("error = %q, want %q", ps.Error(), want)
	}
}

func TestTooManyProblems(t *testing.T) {
	text := "site: {since: 2026-11-24}\nfeeds:\n" + strings.Repeat("  - ftp://a.example/\n", 5000)
	ps := problems(t, text, noEnv, config.Overrides{})
	if len(ps) != 1001 || ps[1000].Message != "too many problems; those that follow are left out" {
		t.Errorf("%d problems, the last: %v", len(ps), ps[len(ps)-1])
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	if _, err := config.Load(path, noEnv, config.Overrides{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load of nothing: %v, want %v", err, fs.ErrNotExist)
	}
	text := "\ufeffsite: {since: 2026-11-24, url: 'https://planet.example/'}\r\nfeeds:\r\n  - https://ann:pw@a.example/\r\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, noEnv, config.Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Path != path || c.Dir != dir || len(c.Feeds) != 1 {
		t.Errorf("Load = %+v", c)
	}
	// XJ13: passwords that everybody on the machine can read.
	if len(c.Warnings) != 1 || c.Warnings[0].Message != "holds a password and can be read by everybody" {
		t.Errorf("warnings = %v", c.Warnings)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err = config.Load(path, noEnv, config.Overrides{}); err != nil || len(c.Warnings) != 0 {
		t.Errorf("Load of a private file: warnings %v, %v", c.Warnings, err)
	}
}

// Whatever the bytes, reading ends without a panic and problems can be shown.
func FuzzConfig(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil && len(data) < 4096 {
			f.Add(data)
		}
	}
	f.Add([]byte(everything))
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		c, err := config.Parse(data, "config.yaml", envOf("A", "b"), config.Overrides{})
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("%d bytes took %v", len(data), took)
		}
		if err == nil {
			if len(c.Channels) == 0 || c.Channels[0].ID != "all" || c.Site.Since == "" || !filepath.IsAbs(c.Store) {
				t.Errorf("incomplete: %+v", c)
			}
			return
		}
		var ps config.Problems
		if !errors.As(err, &ps) || len(ps) == 0 || len(ps) > 1001 {
			t.Fatalf("error = %v", err)
		}
		var b bytes.Buffer
		if err := ps.Format(&b, data); err != nil || b.Len() == 0 {
			t.Errorf("Format: %v, %d bytes", err, b.Len())
		}
	})
}

func BenchmarkLoad1000(b *testing.B) {
	var text strings.Builder
	text.WriteString("site: {title: Planet, since: 2026-11-24}\nfeeds:\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "  - https://blog%d.example%d.org/feeds/atom.xml\n", i, i%300)
	}
	data := []byte(text.String())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := config.Parse(data, "config.yaml", noEnv, config.Overrides{}); err != nil {
			b.Fatal(err)
		}
	}
}
