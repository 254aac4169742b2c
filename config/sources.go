package config

import (
	"cmp"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"weir/feed"
	"weir/feed/rule"
)

// Limits on lists.
const (
	maxSources = 20000
	maxWords   = 200
	maxWord    = 200
	maxPrefix  = 100
)

// sources reads feeds and articles and gives every one its id.
func (s section) sources(p Poll) ([]Feed, []Articles) {
	listed, folders := s.list("feeds", maxSources), s.list("articles", maxSources)
	names := newNames(s.w, len(listed)+len(folders))
	feeds := slices.Grow([]Feed(nil), len(listed))
	for _, v := range listed {
		if f, ok := s.w.feed(v, p, names); ok {
			feeds = append(feeds, f)
		}
	}
	articles := slices.Grow([]Articles(nil), len(folders))
	for _, v := range folders {
		if a, ok := s.w.articles(v, names); ok {
			articles = append(articles, a)
		}
	}
	ids := names.assign()
	for i := range feeds {
		feeds[i].ID = ids[i]
	}
	for i := range articles {
		articles[i].ID = ids[len(feeds)+i]
	}
	return feeds, articles
}

// feed reads one element of feeds: an address, or a mapping.
func (w *walker) feed(v value, p Poll, names *names) (Feed, bool) {
	var f Feed
	if resolve(v.node).Kind == yaml.ScalarNode {
		ok := w.address(v, &f, names, name{})
		return f, ok
	}
	s := w.section(v.node, v.path, feedKeys)
	if s.vals == nil {
		return f, false
	}
	chosen := s.chosen()
	s.title("title", &f.Title)
	s.title("author", &f.Author)
	s.web("site", &f.Site)
	s.options(&f)

	at, ok := s.value("url")
	if !ok {
		w.addKey(value{node: s.node, path: s.path + ".url"}, "is missing", "add the address of the feed")
		return f, false
	}
	if !w.address(at, &f, names, chosen) {
		return f, false
	}
	s.warnFloor(&f, p)
	s.access(&f)
	return f, true
}

// options reads what a feed may say of itself, and a list of all its feeds.
func (s section) options(f *Feed) {
	f.Tags = s.words("tags", feed.MaxTags, maxWord)
	s.duration("every", time.Second, 365*day, &f.Every)
	s.number("priority", -1000, 1000, &f.Priority)
	s.choice("titles", "fill", "keep", &f.KeepUntitled)
	s.flag("full_text", &f.FullText)
	var mode feed.PushMode
	if s.push(&mode) {
		f.Push = &mode
	}
	s.dedupe("dedupe", &f.Dedupe)
	s.feedKeep(&f.Keep)
	drop := false
	if s.choice("gone", "keep", "drop", &drop); drop {
		f.Gone = feed.GoneDrop
	}
	include := s.words("include", maxWords, maxWord)
	exclude := s.words("exclude", maxWords, maxWord)
	_, where := s.where()
	f.Rule = rule.All(rule.Words(include, exclude), where)
}

// warnFloor tells of an interval that the floor overrules.
func (s section) warnFloor(f *Feed, p Poll) {
	if f.Every > 0 && f.Every < p.Floor && f.Kind == feed.Remote {
		every, _ := s.value("every")
		s.w.warn(every, belowFloor(p.Floor), "")
	}
}

// choice reads one of two words and tells whether it is the second.
func (s section) choice(key, no, yes string, to *bool) {
	v, ok := s.value(key)
	if !ok {
		return
	}
	switch text, ok := s.w.line(v); {
	case !ok:
	case text == yes, text == no:
		*to = text == yes
	default:
		s.w.add(v, "must be "+no+" or "+yes, "")
	}
}

// where compiles an expression.
func (s section) where() (string, *rule.Rule) {
	v, ok := s.value("where")
	if !ok {
		return "", nil
	}
	text, ok := s.w.text(v)
	if !ok {
		return "", nil
	}
	r, err := rule.Compile(text)
	if err == nil {
		return text, r
	}
	message, hint := "is not a valid expression", whereHint
	if text == strings.TrimSpace(resolve(v.node).Value) {
		why := firstLine(err)
		message, hint = message+": "+Redact(why), hintOf(why)
	} // Else the compiler could quote what a variable holds.
	s.w.add(v, message, hint)
	return "", nil
}

// whereHint is what an expression may look like.
const whereHint = `write something like '"go" in tags and words > 100'`

// hintOf finds a way out of what the compiler says.
func hintOf(why string) string {
	_, rest, unknown := strings.Cut(why, "unknown name ")
	if !unknown {
		return whereHint
	}
	name, _, _ := strings.Cut(rest, " ")
	return keyHint(name, rule.Names())
}

// firstLine is what the compiler says, without the drawing that follows it.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return head(strings.TrimPrefix(line, "expression: "), 2*maxShown)
}

// chosen reads the id that the file gives a source, if it does.
func (s section) chosen() name {
	at, _ := s.value("id")
	id, _ := s.id("id")
	return name{id: id, idAt: at}
}

// address reads where a feed is, and claims its address and its name. Both
// candidates for the name come from the address without what variables hold
// (XJ09).
func (w *walker) address(v value, f *Feed, names *names, n name) bool {
	e, ok := w.expanded(v)
	if !ok {
		return false
	}
	e.line()
	n.value, n.address = v, e.written
	var message, hint string
	if scheme, rest, _ := strings.Cut(e.text, ":"); strings.EqualFold(scheme, "file") {
		var path string
		path, message, hint = w.filePath(rest)
		f.Kind = feed.File
		f.URL = Address{path, longestFirst(e.values)}
		n.key = path
		_, bare, _ := strings.Cut(e.bare, ":")
		n.fromPath(strings.TrimPrefix(bare, "//"))
	} else if message, hint = checkFeed(e.text); message == "" {
		u, _ := url.Parse(e.text) // checkFeed has parsed it.
		f.remote(u, &e, &n)
		w.addresses = append(w.addresses, told{v, e.text})
	}
	if message != "" {
		w.add(v, message, hint)
		return false
	}
	return names.claim(n)
}

// remote fills in what follows from the address of a remote feed.
func (f *Feed) remote(u *url.URL, e *expansion, n *name) {
	host := asciiHost(u)
	n.key = normal(u, host)
	secrets := e.values
	bare, err := u, error(nil)
	if e.variable() {
		bare, err = url.Parse(e.bare)
	}
	if err == nil {
		n.fromURL(bare, asciiHost(bare))
	}
	if err != nil || asciiHost(bare) != host {
		secrets = append(secrets, host, strings.ToLower(u.Hostname()))
	}
	if u.User != nil {
		secret := u.User.Username()
		if password, _ := u.User.Password(); password != "" {
			secret = password
		}
		secrets = append(secrets, secret)
	}
	secrets = longestFirst(secrets)
	f.URL, f.Group = Address{e.text, secrets}, Address{group(host), secrets}
}

// longestFirst sorts secrets and drops what is empty or said twice.
func longestFirst(secrets []string) []string {
	slices.SortFunc(secrets, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	return slices.DeleteFunc(slices.Compact(secrets), func(s string) bool { return s == "" })
}

// CheckRemote says what keeps a text from being the address of a remote feed,
// and the way out, both empty if nothing does. It does not quote the text.
func CheckRemote(text string) (message, hint string) { return checkFeed(text) }

// checkFeed is checkWeb with the hints that feeds need (XA18).
func checkFeed(text string) (message, hint string) {
	message, hint = checkWeb(text)
	switch scheme, rest, _ := strings.Cut(text, ":"); {
	case message == "":
	case strings.EqualFold(scheme, "feed"):
		hint = "write https: in place of feed:"
		if strings.HasPrefix(strings.ToLower(rest), "http") {
			hint = "take feed: out"
		}
	case message == unsupported:
		hint = "use https:, http: or file:"
	case strings.HasPrefix(text, "/"), strings.HasPrefix(text, "."):
		hint = "a file is written file:path"
	}
	return message, hint
}

// filePath resolves what follows "file:": three slashes (or one) begin an
// absolute path, percent-encoded as in RFC 8089; anything else is a path
// from the configuration's folder, as it is typed.
func (w *walker) filePath(rest string) (path, message, hint string) {
	switch {
	case rest == "", rest == "/", rest == "//", rest == "///":
		return "", "names no file", "write file:feeds/mine.xml or file:///absolute/path.xml"
	case strings.HasPrefix(rest, "//") && !strings.HasPrefix(rest, "///"):
		return "", "names a host, but only files of this machine can be read", "write file:feeds/mine.xml or file:///absolute/path.xml"
	case strings.HasPrefix(rest, "/"):
		decoded, err := url.PathUnescape(rest)
		if err != nil || strings.ContainsRune(decoded, 0) {
			return "", "is not a valid address", "a percent sign is written %25"
		}
		return filepath.Clean("/" + strings.TrimLeft(decoded, "/")), "", ""
	case strings.HasPrefix(rest, "~"):
		return "", "begins with ~, which only a shell understands", "write file://${HOME}/…"
	default:
		return filepath.Join(w.dir, rest), "", ""
	}
}

// asciiHost is the host as DNS knows it.
func asciiHost(u *url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if !strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return host
	}
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		return ascii
	}
	return host
}

// group is what politeness counts together: the registrable domain, and the
// host itself where there is none (P41).
func group(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// normal is an address in the form in which two are the same (XF12).
func normal(u *url.URL, host string) string {
	scheme := strings.ToLower(u.Scheme)
	port := u.Port()
	if scheme == "https" && port == "443" || scheme == "http" && port == "80" {
		port = ""
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	user := ""
	if u.User != nil {
		user = u.User.String()
	}
	return scheme + "://" + user + "@" + host + ":" + port + path + "?" + u.RawQuery
}

// articles reads one element of articles: a folder, or a mapping.
func (w *walker) articles(v value, names *names) (Articles, bool) {
	a := Articles{Priority: articlesPriority}
	at, n := v, name{}
	if resolve(v.node).Kind != yaml.ScalarNode {
		s := w.section(v.node, v.path, articlesKeys)
		if s.vals == nil {
			return a, false
		}
		n = s.chosen()
		s.title("title", &a.Title)
		s.title("author", &a.Author)
		a.Tags = s.words("tags", feed.MaxTags, maxWord)
		s.number("priority", -1000, 1000, &a.Priority)
		s.dedupe("dedupe", &a.Dedupe)
		var ok bool
		if at, ok = s.value("dir"); !ok {
			w.addKey(value{node: s.node, path: s.path + ".dir"}, "is missing", "add the folder that holds the articles")
			return a, false
		}
	}
	e, ok := w.expanded(at)
	if !ok {
		return a, false
	}
	e.line()
	if e.text == "" {
		w.addKey(at, "is empty", "")
		return a, false
	}
	if a.Dir, ok = w.absolute(at, e.text); !ok {
		return a, false
	}
	n.value, n.address, n.key = at, e.written, a.Dir
	n.fromPath(e.bare)
	return a, names.claim(n)
}
