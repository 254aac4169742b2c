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
	"unicode/utf8"

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
	listen, store, output := s.listen(&c.Listen), s.store(&c.Store), s.output(&c.Output)
	s.afterPublish(c)
	c.Site = s.site(c, listen)
	w.reached = c.Callbacks() != ""
	c.Poll = s.poll()
	c.Keep = s.keep()
	c.Dedupe = s.dedupeRules()
	c.Flood = s.flood()
	backups := s.backups(&c.Backups)
	c.Feeds, c.Articles = s.sources(c.Poll)
	c.Lists = s.lists(c.Poll)
	c.Channels = s.channels(&c.Site)
	for i := range c.Channels {
		c.Keep.PerChannel = max(c.Keep.PerChannel, c.Channels[i].Limit)
	}
	w.checkOwn(c)
	w.checkFolders(c, store, output, backups)
	return c
}

// listen reads where to serve and returns what set it.
func (s section) listen(to *string) value {
	set := value{path: "listen"}
	for _, v := range s.values("listen") {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		const hint = "write 127.0.0.1:8080, or :8080 for every interface"
		host, port, err := net.SplitHostPort(text)
		_, number := strconv.ParseUint(port, 10, 16)
		switch {
		case err != nil || strings.ContainsAny(host, " /@"):
			s.w.add(v, "must be host:port", hint)
		case number != nil:
			s.w.add(v, "has a port that is not a number from 0 to 65535", hint)
		default:
			*to, set = text, v
		}
	}
	return set
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

// store reads the path of the store and returns what set it.
func (s section) store(to *string) value {
	*to = filepath.Join(s.w.dir, defaultStore)
	set := value{path: "store"}
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
				*to, set = p, v
			}
		}
	}
	return set
}

// output reads the folder for files and returns what set it.
func (s section) output(to *string) value {
	set := value{path: "output"}
	for _, v := range s.values("output") {
		if text, ok := s.w.line(v); ok {
			if p, ok := s.w.absolute(v, text); ok {
				*to, set = p, v
			}
		}
	}
	return set
}

// Bounds on the command that is run after publishing.
const (
	maxCommandWords = 100
	maxCommandWord  = 4096
)

// afterPublish reads a command: a list of words, or a line for the shell.
func (s section) afterPublish(c *Config) {
	v, there := s.value("after_publish")
	if !there {
		return
	}
	if n := resolve(v.node); n.Kind == yaml.ScalarNode {
		switch text, ok := s.w.line(v); {
		case !ok:
		case text == "":
			s.w.addKey(v, "is empty", "leave it out, or write the command to run")
		default:
			c.AfterPublish = []string{"/bin/sh", "-c", text}
		}
	} else {
		c.AfterPublish = s.words("after_publish", maxCommandWords, maxCommandWord)
	}
	if c.Output == "" {
		s.w.warn(v, "is never run, as no files are written", "name a folder with output:")
	}
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
	t.number("subscribers", 0, 1_000_000_000, &p.Subscribers)
	t.push(&p.Push)
	if p.Every < p.Floor {
		s.w.warn(t.last("every"), belowFloor(p.Floor), "")
	}
	for _, v := range t.list("allow_private", 1000) {
		if text, ok := s.w.line(v); ok && s.w.checkHost(v, text) {
			p.AllowPrivate = append(p.AllowPrivate, strings.ToLower(text))
		}
	}
	h := s.w.section(t.vals["per_host"], "poll.per_host", perHostKeys)
	h.number("concurrency", 1, 256, &p.PerHost.Concurrency)
	h.duration("delay", 0, time.Hour, &p.PerHost.Delay)
	for _, v := range t.list("hosts", 1000) {
		s.w.host(v, &p)
	}
	return p
}

// host reads the pace of one domain; what it leaves out is as it is for all.
func (w *walker) host(v value, p *Poll) {
	s := w.section(v.node, v.path, hostKeys)
	if s.vals == nil {
		return
	}
	at, ok := s.value("host")
	if !ok {
		w.addKey(value{node: s.node, path: s.path + ".host"}, "is missing", "add the domain, such as reddit.com")
		return
	}
	own := p.PerHost
	s.number("concurrency", 1, 256, &own.Concurrency)
	s.duration("delay", 0, time.Hour, &own.Delay)
	text, ok := w.line(at)
	if !ok {
		return
	}
	if _, err := netip.ParseAddr(text); err != nil && !validHost(text) {
		w.add(at, "is not a host or an address", "write reddit.com")
		return
	}
	domain := group(asciiHost(&url.URL{Host: hostPort(text)}))
	if _, said := p.Hosts[domain]; said {
		w.add(at, "speaks of "+domain+" a second time", "say all in one place")
		return
	}
	if p.Hosts == nil {
		p.Hosts = make(map[string]PerHost)
	}
	p.Hosts[domain] = own
}

// hostPort writes an address of IPv6 as it stands in a URL.
func hostPort(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
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
	if !validHost(text) {
		w.add(v, "is not a host, an address or a network", "write intranet.example, 10.1.2.3 or 10.0.0.0/8")
		return false
	}
	return true
}

// validHost accepts names of DNS, and underscores, which networks of their own
// use. A name that ends in a number would be an address (WHATWG URL §3.5).
// Letters beyond ASCII are for IDNA to judge.
func validHost(s string) bool {
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	for _, label := range labels {
		bad := func(r rune) bool {
			return r < utf8.RuneSelf && r != '-' && r != '_' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
		}
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, bad) {
			return false
		}
	}
	return len(s) <= 253 && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

func (s section) dedupeRules() Dedupe {
	d := Dedupe{By: feed.BySlug, Guard: true}
	t := s.w.section(s.vals["dedupe"], "dedupe", dedupeKeys)
	t.dedupe("by", &d.By)
	t.flag("guard", &d.Guard)
	t.share("near", 0.5, &d.Near)
	return d
}

// checkFolders keeps published files apart from everything else: what lies in
// the output is public and may be deleted (XH12). What stands above the file is
// at fault before the file is.
func (w *walker) checkFolders(c *Config, store, output, backups value) {
	switch {
	case c.Output == "":
		return
	case inside(c.Dir, c.Output):
		w.add(output, "must be a folder of its own: the configuration lies in it", "write public")
		return
	case inside(c.Store, c.Output) && store.from != "" && output.from == "":
		w.add(store, "must not lie in output, which is public", "write weir.db")
		return
	case inside(c.Store, c.Output):
		w.add(output, "must be a folder of its own: the store lies in it", "choose another folder for one of them")
		return
	}
	if c.Backups.Dir != "" && inside(c.Backups.Dir, c.Output) {
		w.add(backups, "must not lie in output, which is public", "write backups")
	}
	for i, a := range c.Articles {
		if inside(a.Dir, c.Output) || inside(c.Output, a.Dir) {
			w.add(output, fmt.Sprintf("must lie apart from articles[%d].dir", i), "")
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
