package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"weir/feed"
)

// Defaults of what a file leaves out.
const (
	defaultTitle  = "Weir"
	defaultStore  = "weir.db"
	defaultListen = "127.0.0.1:8080"
	defaultEvery  = time.Hour
	defaultLimit  = 50

	// articlesPriority lets local articles own the stories they tell.
	articlesPriority = 100

	day = 24 * time.Hour
)

// root reads the whole tree.
func (w *walker) root(n *yaml.Node) *Config {
	c := &Config{Dir: w.dir, Listen: defaultListen}
	s := w.section(n, "", rootKeys)
	if s.vals == nil {
		return c
	}
	s.listen(&c.Listen)
	c.Store = s.store()
	c.Output = s.output()
	c.Site = s.site(c)
	c.Poll = s.poll()
	c.Dedupe = s.dedupeRules()
	c.Feeds, c.Articles = s.sources(c.Poll)
	c.Channels = s.channels()
	s.checkFolders(c)
	return c
}

func (s section) site(c *Config) Site {
	site := Site{Title: defaultTitle}
	t := s.w.section(s.vals["site"], "site", siteKeys)
	if t.node == nil {
		t.node = s.node
	}
	t.title("title", &site.Title)
	t.web("url", &site.URL)
	t.since(&site.Since)
	t.str("description", &site.Description)
	t.language("language", &site.Language)
	t.web("icon", &site.Icon)
	a := s.w.section(t.vals["author"], "site.author", authorKeys)
	a.title("name", &site.Author.Name)
	a.email(&site.Author.Email)

	v := value{node: t.node, path: "site.url"}
	switch {
	case site.URL == "":
		site.URL, site.Derived = derivedURL(c.Listen), true
		if c.Output != "" {
			s.w.warn(v, "is missing, so the written files will name "+site.URL, "add the public address")
		}
	case !plain(site.URL):
		s.w.add(value{node: t.vals["url"], path: v.path}, "must not have a user name, a query or a fragment", "")
	case !strings.HasSuffix(site.URL, "/"):
		site.URL += "/"
	}
	return site
}

// plain reports whether paths can be joined to the address.
func plain(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.User == nil && !strings.ContainsAny(address, "?#")
}

// derivedURL is the address under which a listener is reached from this
// machine.
func derivedURL(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "http://localhost/"
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	if port == "80" {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return "http://" + host + "/"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// since reads the date in minted ids. There is no default: a date that changed
// with the day, or with the version, would change ids (U7).
func (s section) since(to *string) {
	found := false
	for _, v := range s.values("since") {
		found = true
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		if t, err := time.Parse(time.DateOnly, text); err != nil || t.Year() < 1990 {
			s.w.add(v, "must be a date", "write it like 2026-11-24")
			continue
		}
		*to = text
	}
	if !found {
		hint := "add the day on which the site began, and never change it"
		if !s.w.over.Today.IsZero() {
			hint = "add since: " + s.w.over.Today.UTC().Format(time.DateOnly) + " and never change it"
		}
		s.w.addKey(value{node: s.node, path: "site.since"}, "is missing", hint)
	}
}

func (s section) email(to *string) {
	for _, v := range s.values("email") {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		name, host, found := strings.Cut(text, "@")
		if !found || name == "" || host == "" || strings.ContainsAny(text, " <>\"(),:;") || strings.Contains(host, "@") {
			s.w.add(v, "is not an e-mail address", "write the bare address, like editors@example.org")
			continue
		}
		*to = text
	}
}

func (s section) listen(to *string) {
	for _, v := range s.values("listen") {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		host, port, err := net.SplitHostPort(text)
		if _, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || strings.ContainsAny(host, " /@") {
			s.w.add(v, "must be host:port", "write 127.0.0.1:8080, or :8080 for every interface")
			continue
		}
		*to = text
	}
}

// absolute makes a path absolute.
func (w *walker) absolute(v value, text string) (string, bool) {
	switch {
	case text == "":
		return "", true
	case strings.HasPrefix(text, "~"):
		w.add(v, "begins with ~, which only a shell understands", "write ${HOME}/…")
		return "", false
	case filepath.IsAbs(text):
		return filepath.Clean(text), true
	default:
		return filepath.Join(w.dir, text), true
	}
}

func (s section) store() string {
	path := filepath.Join(s.w.dir, defaultStore)
	for _, v := range s.values("store") {
		text, ok := s.w.line(v)
		switch {
		case !ok:
		case text == "":
			s.w.addKey(v, "is empty", "")
		case strings.Contains(text, "://"):
			s.w.add(v, "must be the path of a file; other stores are not supported yet", "write weir.db")
		default:
			if p, ok := s.w.absolute(v, text); ok {
				path = p
			}
		}
	}
	return path
}

func (s section) output() string {
	path := ""
	for _, v := range s.values("output") {
		if text, ok := s.w.line(v); ok {
			if p, ok := s.w.absolute(v, text); ok {
				path = p
			}
		}
	}
	return path
}

func (s section) poll() Poll {
	p := Poll{Every: defaultEvery, Concurrency: 32, Floor: 15 * time.Minute, Timeout: 30 * time.Second,
		PerHost: PerHost{Concurrency: 1, Delay: time.Second}}
	t := s.w.section(s.vals["poll"], "poll", pollKeys)
	t.duration("every", time.Second, 365*day, &p.Every)
	t.number("concurrency", 1, 1024, &p.Concurrency)
	t.duration("floor", 0, 30*day, &p.Floor)
	t.duration("timeout", time.Second, 10*time.Minute, &p.Timeout)
	t.userAgent(&p.UserAgent)
	if every, _ := t.value("every"); p.Every < p.Floor {
		s.w.warn(every, belowFloor(p.Floor), "")
	}
	for _, v := range t.list("allow_private", 1000) {
		if text, ok := s.w.line(v); ok && s.w.checkHost(v, text) {
			p.AllowPrivate = append(p.AllowPrivate, strings.ToLower(text))
		}
	}
	h := s.w.section(t.vals["per_host"], "poll.per_host", perHostKeys)
	h.number("concurrency", 1, 256, &p.PerHost.Concurrency)
	h.duration("delay", 0, time.Hour, &p.PerHost.Delay)
	return p
}

// belowFloor warns of an interval that the floor overrules (P22).
func belowFloor(floor time.Duration) string {
	return "is below poll.floor, so " + short(floor) + " holds"
}

// userAgent reads what goes into a header field: printable ASCII.
func (s section) userAgent(to *string) {
	for _, v := range s.values("user_agent") {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		bad := func(r rune) bool { return r < ' ' || r > '~' }
		if len(text) > 256 || strings.ContainsFunc(text, bad) {
			s.w.add(v, "must be at most 256 printable ASCII characters", "")
			continue
		}
		*to = text
	}
}

// checkHost accepts a host name, an address or a CIDR.
func (w *walker) checkHost(v value, text string) bool {
	_, prefix := netip.ParsePrefix(text)
	_, addr := netip.ParseAddr(text)
	if prefix == nil || addr == nil {
		return true
	}
	if text == "" || len(text) > 253 || strings.ContainsAny(text, " /:@*?#[]") {
		w.add(v, "is not a host, an address or a network", "write intranet.example, 10.1.2.3 or 10.0.0.0/8")
		return false
	}
	return true
}

func (s section) dedupeRules() Dedupe {
	d := Dedupe{By: feed.BySlug, Guard: true}
	t := s.w.section(s.vals["dedupe"], "dedupe", dedupeKeys)
	t.dedupe("by", &d.By)
	t.flag("guard", &d.Guard)
	return d
}

// checkFolders keeps published files apart from everything else: what lies in
// the output is public and may be deleted (XH12).
func (s section) checkFolders(c *Config) {
	if c.Output == "" {
		return
	}
	v := value{node: s.vals["output"], path: "output"}
	for _, private := range []struct{ what, path string }{{"the configuration", c.Dir}, {"the store", c.Store}} {
		if inside(private.path, c.Output) {
			s.w.add(v, fmt.Sprintf("must be a folder of its own: %s lies in it", private.what), "write public")
			return
		}
	}
	for i, a := range c.Articles {
		if inside(a.Dir, c.Output) || inside(c.Output, a.Dir) {
			s.w.add(v, fmt.Sprintf("must lie apart from articles[%d].dir", i), "")
		}
	}
}

// inside reports whether path is the folder or lies in it.
func inside(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// checkEnviron warns of WEIR_* variables that set nothing.
func (w *walker) checkEnviron() {
	var known strings.Builder
	known.WriteString(envConfig)
	for key := range strings.FieldsSeq(settings) {
		known.WriteByte(' ')
		known.WriteString(envName(key))
	}
	for _, assignment := range w.over.Environ {
		name, _, _ := strings.Cut(assignment, "=")
		if !strings.HasPrefix(name, "WEIR_") || contains(known.String(), name) {
			continue
		}
		hint := ""
		if n := near(name, known.String()); n != "" {
			hint = "did you mean " + n + "?"
		}
		w.warn(value{from: cut(name)}, "this variable sets nothing", hint)
	}
}
