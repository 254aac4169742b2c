package config_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/config"
	"weir/feed"
)

var update = flag.Bool("update", false, "write the goldens anew")

// noEnv is an environment without variables.
func noEnv(string) (string, bool) { return "", false }

// envOf is an environment of the given variables.
func envOf(pairs ...string) config.Env {
	return func(name string) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

// parse reads text as /srv/planet/config.yaml.
func parse(t *testing.T, text string, env config.Env, over config.Overrides) *config.Config {
	t.Helper()
	c, err := config.Parse([]byte(text), "/srv/planet/config.yaml", env, over)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return c
}

// problems reads text that must not be a configuration.
func problems(t *testing.T, text string, env config.Env, over config.Overrides) config.Problems {
	t.Helper()
	c, err := config.Parse([]byte(text), "config.yaml", env, over)
	var ps config.Problems
	if !errors.As(err, &ps) || len(ps) == 0 || c != nil {
		t.Fatalf("Parse = %v, %v; want nil and Problems", c, err)
	}
	return ps
}

// Each rule has a file that breaks it and the exact words it is told with
// (XJ16, XA18, XF12).
func TestInvalid(t *testing.T) {
	files, err := filepath.Glob("testdata/invalid-*.yaml")
	if err != nil || len(files) < 70 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			today := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
			var got bytes.Buffer
			if err := problems(t, string(data), noEnv, config.Overrides{Today: today}).Format(&got, data); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("problems of %s (-want +got):\n%s", file, diff)
			}
			if strings.Contains(got.String(), "hunter2") {
				t.Errorf("a secret is shown:\n%s", got.String())
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	c := parse(t, "site: {since: 2026-11-24}\nfeeds:\n", noEnv, config.Overrides{})
	want := &config.Config{
		Path: "/srv/planet/config.yaml", Dir: "/srv/planet",
		Site:   config.Site{Title: "Weir", URL: "http://127.0.0.1:8080/", Derived: true, Since: "2026-11-24", FeedPage: true},
		Store:  "/srv/planet/weir.db",
		Listen: "127.0.0.1:8080",
		Poll: config.Poll{Every: time.Hour, Concurrency: 32, Floor: 15 * time.Minute, Timeout: 30 * time.Second,
			PerHost: config.PerHost{Concurrency: 1, Delay: time.Second}},
		Keep:     feed.Retention{Keep: feed.Keep{Entries: 100000, Days: 3650}, PerChannel: 1000},
		Dedupe:   config.Dedupe{By: feed.BySlug, Guard: true},
		Flood:    config.Flood{FirstFetch: config.FirstFetch{Entries: 3, Days: 30}, Burst: 50},
		Backups:  config.Backups{Every: 24 * time.Hour, Keep: 7},
		Channels: []config.Channel{{ID: "all", Limit: 50, Sort: "place", Formats: []string{"rss", "atom", "json"}, Archive: 1000}},
		Digest:   c.Digest,
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

const everything = `
site:
  title: 2026 in Review
  url: https://planet.example.org/blogs
  since: 2026-11-24
  description: >
    Writing from
    our members
  language: pt-BR
  author: {name: Example Planet, email: editors@example.org}
  icon: https://planet.example.org/icon.png
store: data/weir.db
output: /var/www/planet
listen: :9000
poll:
  every: 1d12h
  concurrency: 8
  per_host: {concurrency: 4, delay: 0s}
  floor: 0
  timeout: 45s
  user_agent: Planet/1.0
  allow_private: [Intranet.example, 10.0.0.0/8, "fd00::1"]
keep: {entries: 5000, days: 90, per_channel: 200}
dedupe: {by: link, guard: false, near: 0.85}
flood: {first_fetch: {entries: 0, days: 7}, burst: 200}
backups: {dir: copies, every: 12h, keep: 3}
feeds:
  - https://blog.example/feed
  - file:feeds/radio.xml
  - url: file:///data/my%20feed.xml
    priority: -1
  - url: https://go.dev/blog/feed.atom
    id: go-blog
    title: The Go Blog
    author: The Go team
    site: https://go.dev/
    tags: [go, "no", 2026]
    every: 6h
    priority: 7
    include: [generics]
    exclude: [sponsored]
    where: 'words > 100'
    titles: keep
    full_text: true
    dedupe: none
    keep: {entries: 300, days: 30}
    gone: drop
articles:
  - articles
  - {dir: /data/news, id: news, title: News, author: Desk, tags: [local], priority: 50, dedupe: link}
channels:
  - id: go
    title: Only Go
    description: Everything on Go
    language: en
    image: https://planet.example.org/go.png
    where: '"go" in tags'
    limit: 20
    title_prefix: "{source}: "
    extensions: all
  - {id: all, limit: 100}
`

func TestEverything(t *testing.T) {
	c := parse(t, everything, noEnv, config.Overrides{})
	ignoreRules := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Rule" }, cmp.Ignore())
	want := &config.Config{
		Path: "/srv/planet/config.yaml", Dir: "/srv/planet",
		Site: config.Site{Title: "2026 in Review", URL: "https://planet.example.org/blogs/", Since: "2026-11-24",
			Description: "Writing from our members", Language: "pt-BR",
			Author: config.Author{Name: "Example Planet", Email: "editors@example.org"}, Icon: "https://planet.example.org/icon.png", FeedPage: true},
		Store: "/srv/planet/data/weir.db", Output: "/var/www/planet", Listen: ":9000",
		Poll: config.Poll{Every: 36 * time.Hour, Concurrency: 8, PerHost: config.PerHost{Concurrency: 4},
			Timeout: 45 * time.Second, UserAgent: "Planet/1.0", AllowPrivate: []string{"intranet.example", "10.0.0.0/8", "fd00::1"}},
		Keep:    feed.Retention{Keep: feed.Keep{Entries: 5000, Days: 90}, PerChannel: 200},
		Dedupe:  config.Dedupe{By: feed.ByLink, Near: 0.85},
		Flood:   config.Flood{FirstFetch: config.FirstFetch{Days: 7}, Burst: 200},
		Backups: config.Backups{Dir: "/srv/planet/copies", Every: 12 * time.Hour, Keep: 3},
		Feeds: []config.Feed{
			{ID: "blog-example", URL: config.AddressOf("https://blog.example/feed"), Group: config.AddressOf("blog.example")},
			{ID: "radio", URL: config.AddressOf("/srv/planet/feeds/radio.xml"), Kind: feed.File},
			{ID: "my-20feed", URL: config.AddressOf("/data/my feed.xml"), Kind: feed.File, Priority: -1},
			{ID: "go-blog", URL: config.AddressOf("https://go.dev/blog/feed.atom"), Group: config.AddressOf("go.dev"), Title: "The Go Blog", Author: "The Go team",
				Site: "https://go.dev/", Tags: []string{"go", "no", "2026"}, Every: 6 * time.Hour, Priority: 7, KeepUntitled: true, FullText: true, Dedupe: feed.ByNone,
				Keep: feed.Keep{Entries: 300, Days: 30}, Gone: feed.GoneDrop},
		},
		Articles: []config.Articles{
			{ID: "articles", Dir: "/srv/planet/articles", Priority: 100},
			{ID: "news", Dir: "/data/news", Title: "News", Author: "Desk", Tags: []string{"local"}, Priority: 50, Dedupe: feed.ByLink},
		},
		Channels: []config.Channel{
			{ID: "all", Limit: 100, Sort: "place", Formats: []string{"rss", "atom", "json"}, Archive: 1000},
			{ID: "go", Title: "Only Go", Description: "Everything on Go", Language: "en", Image: "https://planet.example.org/go.png",
				Limit: 20, Sort: "place", Formats: []string{"rss", "atom", "json"}, Archive: 1000, TitlePrefix: "{source}: ",
				AllExtensions: true, Where: `"go" in tags`},
		},
		Digest: c.Digest,
	}
	if diff := cmp.Diff(want, c, ignoreRules, cmp.AllowUnexported(config.Address{})); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	if c.Channels[0].Rule != nil || c.Channels[1].Rule == nil {
		t.Errorf("rules of channels = %v, %v; want none and one", c.Channels[0].Rule, c.Channels[1].Rule)
	}
}

// The command line stands above the environment, that above the file, and what
// is overridden is checked all the same.
func TestPrecedence(t *testing.T) {
	file := "site: {since: 2026-11-24}\nlisten: 127.0.0.1:1\n"
	env := envOf("WEIR_LISTEN", "127.0.0.1:2", "WEIR_POLL_PER_HOST_DELAY", "5s", "WEIR_SITE_TITLE", "$weird ${title}", "WEIR_STORE", "")
	flags := config.Overrides{Flags: map[string]string{"listen": "127.0.0.1:3"}}
	for _, tc := range []struct {
		env  config.Env
		over config.Overrides
		want string
	}{
		{noEnv, config.Overrides{}, "127.0.0.1:1"},
		{env, config.Overrides{}, "127.0.0.1:2"},
		{env, flags, "127.0.0.1:3"},
	} {
		if got := parse(t, file, tc.env, tc.over).Listen; got != tc.want {
			t.Errorf("listen = %q, want %q", got, tc.want)
		}
	}
	c := parse(t, file, env, flags)
	if c.Poll.PerHost.Delay != 5*time.Second || c.Site.Title != "$weird ${title}" || c.Store != "/srv/planet/weir.db" {
		t.Errorf("from the environment: %v, %q, %q", c.Poll.PerHost.Delay, c.Site.Title, c.Store)
	}
	got := problems(t, "site: {since: 2026-11-24}\nlisten: nowhere\n", envOf("WEIR_LISTEN", "x"),
		config.Overrides{Flags: map[string]string{"poll.every": "soon"}}).Error()
	want := `config.yaml:2:9: listen: must be host:port, got "nowhere" (write 127.0.0.1:8080, or :8080 for every interface)
--poll-every: poll.every: is not a length of time, got "soon" (write 90s, 15m, 1h30m or 2d)
WEIR_LISTEN: listen: must be host:port, got "x" (write 127.0.0.1:8080, or :8080 for every interface)`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestVariables(t *testing.T) {
	env := envOf("NAME", "Café", "EMPTY", "", "URL", "https://blog.example/feed")
	for in, want := range map[string]string{
		"${NAME}":             "Café",
		"a ${NAME} b ${NAME}": "a Café b Café",
		"${NONE:-none}":       "none",
		"${EMPTY:-none}":      "none",
		"a${EMPTY}b":          "ab",
		"$${NAME} for $5":     "${NAME} for $5",
		"${URL}":              "https://blog.example/feed",
	} {
		c := parse(t, "site:\n  since: 2026-11-24\n  title: '"+in+"'\n", env, config.Overrides{})
		if c.Site.Title != want {
			t.Errorf("title %q = %q, want %q", in, c.Site.Title, want)
		}
	}
}

func TestUnknownVariables(t *testing.T) {
	c := parse(t, "site: {since: 2026-11-24}\n", noEnv,
		config.Overrides{Environ: []string{"WEIR_SITE_TITEL=hunter2", "WEIR_CONFIG=x", "WEIR_LISTEN=y", "WEIR_ELSE=z", "HOME=/"}})
	want := config.Problems{
		{File: "WEIR_ELSE", Message: "this variable sets nothing"},
		{File: "WEIR_SITE_TITEL", Message: "this variable sets nothing", Hint: "did you mean WEIR_SITE_TITLE?"},
	}
	if diff := cmp.Diff(want, c.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

// XJ16: a file with many faults is mended in one go.
func TestAllProblemsAtOnce(t *testing.T) {
	text := `site:
  titel: Planet
  since: yesterday
poll: {every: 1 h, concurrency: 0}
feeds:
  - https://a.example/feed
  - ftp://b.example/feed
  - {url: https://a.example/feed, evry: 1h}
channels:
  - {id: all, limit: none}
  - {id: rss, where: '('}
colour: blue
`
	var at []string
	for _, p := range problems(t, text, envOf("WEIR_DEDUPE_BY", "luck"), config.Overrides{}) {
		at = append(at, p.File+":"+p.Path)
		if p.Line == 0 && p.File == "config.yaml" {
			t.Errorf("%v has no line", p)
		}
	}
	want := []string{"config.yaml:site", "config.yaml:site.since", "config.yaml:poll.every", "config.yaml:poll.concurrency",
		"config.yaml:feeds[1]", "config.yaml:feeds[2].url", "config.yaml:feeds[2]", "config.yaml:channels[0].limit",
		"config.yaml:channels[1].id", "config.yaml:channels[1].where", "config.yaml:", "WEIR_DEDUPE_BY:dedupe.by"}
	if diff := cmp.Diff(want, at); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

func TestWarnings(t *testing.T) {
	c := parse(t, "site: {since: 2026-11-24}\noutput: public\npoll: {every: 5m, floor: 1h30m}\nfeeds:\n  - {url: https://a.example/, every: 1m}\n  - {url: 'file:a.xml', every: 1m}\n",
		noEnv, config.Overrides{})
	got := c.Warnings.Error()
	want := `/srv/planet/config.yaml:1:7: site.url: is missing, so the written files will name http://127.0.0.1:8080/ (add the public address)
/srv/planet/config.yaml:3:15: poll.every: is below poll.floor, so 1h30m holds
/srv/planet/config.yaml:5:38: feeds[0].every: is below poll.floor, so 1h30m holds`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestDerivedURL(t *testing.T) {
	for listen, want := range map[string]string{
		":8080":        "http://localhost:8080/",
		"0.0.0.0:80":   "http://localhost/",
		"[::]:8080":    "http://localhost:8080/",
		"[::1]:80":     "http://[::1]/",
		"weir.lan:999": "http://weir.lan:999/",
	} {
		c := parse(t, "site: {since: 2026-11-24}\nlisten: '"+listen+"'\n", noEnv, config.Overrides{})
		if c.Site.URL != want || !c.Site.Derived {
			t.Errorf("listen %s: url = %q, derived %v; want %q, true", listen, c.Site.URL, c.Site.Derived, want)
		}
	}
}

func TestBound(t *testing.T) {
	c := parse(t, "site: {since: 2026-11-24}\nlisten: 127.0.0.1:0\n", noEnv, config.Overrides{})
	b := c.Bound("127.0.0.1:4711")
	if b.Site.URL != "http://127.0.0.1:4711/" || b.Listen != "127.0.0.1:4711" || b.Digest == c.Digest {
		t.Errorf("bound: %q at %q, digest changed: %v", b.Site.URL, b.Listen, b.Digest != c.Digest)
	}
	if c.Site.URL != "http://127.0.0.1:0/" {
		t.Errorf("Bound changed its receiver: %q", c.Site.URL)
	}
	fixed := parse(t, "site: {since: 2026-11-24, url: 'https://a.example'}\n", noEnv, config.Overrides{})
	if b := fixed.Bound(":1"); b.Site.URL != "https://a.example/" || b.Digest != fixed.Digest {
		t.Errorf("a public address changed to %q", b.Site.URL)
	}
}

func TestReservedByCaller(t *testing.T) {
	ps := problems(t, "site: {since: 2026-11-24}\nchannels: [{id: radio}]\n", noEnv, config.Overrides{Reserved: []string{"radio"}})
	if len(ps) != 1 || ps[0].Path != "channels[0].id" {
		t.Errorf("problems = %v, want one about channels[0].id", ps)
	}
}

func TestDurations(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "15m": 15 * time.Minute, "2d": 48 * time.Hour, "1d12h": 36 * time.Hour, "1d0h1m": 24*time.Hour + time.Minute,
		"1.5h": 90 * time.Minute, "": -1, "d": -1, "1d-1h": -1, "-1d": -1, "1d1d": -1, "1w": -1, "99999d": -1, "0x1d": -1, "366d": -1, "1ms": -1,
	} {
		c, err := config.Parse([]byte("site: {since: 2026-11-24}\npoll: {every: '"+in+"', floor: 0}\n"), "c.yaml", noEnv, config.Overrides{})
		switch {
		case want < 0 && err == nil:
			t.Errorf("every %q = %v, want an error", in, c.Poll.Every)
		case want >= 0 && (err != nil || c.Poll.Every != want):
			t.Errorf("every %q: %v, want %v", in, err, want)
		}
	}
}

// Addresses of files: a path as it is typed, or an absolute one as in RFC 8089.
func TestFileAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"file:a b%20c.xml":  "/srv/planet/a b%20c.xml",
		"FILE:../a.xml":     "/srv/a.xml",
		"file:///a%20b.xml": "/a b.xml",
		"file:/a/../b.xml":  "/b.xml",
		"file:////a.xml":    "/a.xml",
		"file:///100%.xml":  "",
		"file:///a%00.xml":  "",
		"file://host/a.xml": "",
		"file:~/a.xml":      "",
		"file:///":          "",
		"file:":             "",
	} {
		c, err := config.Parse([]byte("site: {since: 2026-11-24}\nfeeds: ['"+in+"']\n"), "/srv/planet/c.yaml", noEnv, config.Overrides{})
		switch {
		case want == "" && err == nil:
			t.Errorf("%q = %q, want an error", in, c.Feeds[0].URL)
		case want != "" && (err != nil || c.Feeds[0].URL.Reveal() != want):
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}
