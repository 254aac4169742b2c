package config

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
	"golang.org/x/net/http/httpguts"
)

// Limits on what is sent beside an address.
const (
	maxHeaders = 20
	maxSecret  = 4 << 10
)

// Access is what a feed's server wants to see beside the address. All of it is
// covered however it is printed (XJ13); the methods give it to whoever asks the
// server.
type Access struct {
	headers          map[string]string
	userAgent, proxy string
	secrets          []string
}

// Headers are the header fields to send, by name, with Authorization if there
// is a user and a password.
func (a Access) Headers() map[string]string { return maps.Clone(a.headers) }

// UserAgent replaces the name under which Weir asks; empty keeps it.
func (a Access) UserAgent() string { return a.userAgent }

// Proxy is the address of the proxy to ask through; empty asks directly.
func (a Access) Proxy() string { return a.proxy }

// String covers everything.
func (a Access) String() string { return cover }

// GoString covers everything from %#v.
func (a Access) GoString() string { return cover }

// MarshalText covers everything from JSON and its like.
func (a Access) MarshalText() ([]byte, error) { return []byte(cover), nil }

// LogValue covers everything from logs.
func (a Access) LogValue() slog.Value { return slog.StringValue(cover) }

// access reads what the server of a feed wants to see.
func (s section) access(f *Feed) {
	a := Access{headers: make(map[string]string)}
	s.headers(&a)
	s.basicAuth(&a, f)
	if v, text, ok := s.secret("user_agent"); ok {
		if a.userAgent = text; !httpguts.ValidHeaderFieldValue(text) {
			s.w.addKey(v, "holds characters that no header can", "")
		}
	}
	s.proxy(&a)
	if len(a.headers) == 0 && a.userAgent == "" && a.proxy == "" {
		return
	}
	if v := s.first("headers", "basic_auth", "user_agent", "proxy"); f.Kind != 0 {
		s.w.addKey(v, "is for feeds that are asked over the network, and this one is a file", "take it out")
	}
	f.Access = &a
}

// first is the place of the first of some keys that is there.
func (s section) first(keys ...string) value {
	for _, k := range keys {
		if v, ok := s.value(k); ok {
			return v
		}
	}
	return value{}
}

// headers reads the header fields.
func (s section) headers(a *Access) {
	v, ok := s.value("headers")
	if !ok {
		return
	}
	n := resolve(v.node)
	if n.Kind != yaml.MappingNode {
		s.w.addKey(v, "must be a mapping of names to values, not "+kindOf(n), "write headers: {X-Key: \"${KEY}\"}")
		return
	}
	if len(n.Content)/2 > maxHeaders {
		s.w.addKey(v, fmt.Sprintf("has %d headers, at most %d are allowed", len(n.Content)/2, maxHeaders), "")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		at := value{node: n.Content[i+1], path: v.path + "." + cut(key.Value)}
		if s.w.full(at) {
			return
		}
		s.header(a, value{node: key, path: v.path}, at)
	}
}

// reservedHeaders are those that Weir, or HTTP itself, says.
const reservedHeaders = "host connection content-length content-type content-encoding transfer-encoding te trailer upgrade keep-alive " +
	"accept-encoding if-none-match if-modified-since if-match if-unmodified-since if-range range a-im expect proxy-authorization " +
	"proxy-connection user-agent"

func (s section) header(a *Access, key, at value) {
	name := http.CanonicalHeaderKey(key.node.Value)
	_, again := a.headers[name]
	switch low := strings.ToLower(name); {
	case !httpguts.ValidHeaderFieldName(name):
		s.w.addKey(key, "is not the name of a header", "use letters, digits and hyphens")
		return
	case low == "user-agent":
		s.w.addKey(key, "User-Agent has a key of its own", "write user_agent:")
		return
	case contains(reservedHeaders, low), strings.HasPrefix(name, ":"):
		s.w.addKey(key, name+" is what Weir says itself", "take it out")
		return
	case again:
		s.w.addKey(key, name+" stands here twice", "take one out")
		return
	}
	text, hidden, ok := s.w.secret(at)
	switch {
	case !ok:
	case !httpguts.ValidHeaderFieldValue(text):
		s.w.addKey(at, "holds characters that no header can", "")
	default:
		a.headers[name] = text
		if hidden || telling(name) {
			_, token, _ := strings.Cut(text, " ") // Bearer …
			a.secrets = append(a.secrets, text, strings.TrimSpace(token))
		}
	}
}

// telling reports whether a header by that name holds a secret, though it is
// written out: a language does not, and must not be covered in every text.
func telling(name string) bool {
	low := strings.ToLower(name)
	return slices.ContainsFunc([]string{"auth", "cookie", "key", "token", "secret", "pass", "session"}, func(w string) bool {
		return strings.Contains(low, w)
	})
}

// basicAuth reads user and password (RFC 7617).
func (s section) basicAuth(a *Access, f *Feed) {
	v, text, ok := s.secret("basic_auth")
	if !ok {
		return
	}
	u, err := url.Parse(f.URL.Reveal())
	user, password, pair := strings.Cut(text, ":")
	switch {
	case !pair || user == "":
		s.w.addKey(v, "is not a user and a password", "write basic_auth: \"user:${PASSWORD}\"")
	case a.headers["Authorization"] != "":
		s.w.addKey(v, "stands beside the header Authorization", "take one of them out")
	case err == nil && u.User != nil:
		s.w.addKey(v, "stands beside a password in the address", "take that one out")
	default:
		code := base64.StdEncoding.EncodeToString([]byte(text))
		a.headers["Authorization"] = "Basic " + code
		a.secrets = append(a.secrets, text, password, code)
	}
}

// proxy reads the address of a proxy.
func (s section) proxy(a *Access) {
	v, text, ok := s.secret("proxy")
	if !ok {
		return
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || !contains("http https socks5", u.Scheme):
		s.w.addKey(v, "is not the address of a proxy", "write http://host:port, https://host:port or socks5://host:port")
		return
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		s.w.addKey(v, "has more than a host and a port", "take out what follows the port")
		return
	}
	u.Path = ""
	a.proxy = u.String()
	if password, ok := u.User.Password(); ok {
		a.secrets = append(a.secrets, password)
	}
}

// secret reads a text under key that nobody may see.
func (s section) secret(key string) (value, string, bool) {
	v, ok := s.value(key)
	if !ok {
		return v, "", false
	}
	text, _, ok := s.w.secret(v)
	return v, text, ok
}

// secret reads a text that nobody may see: as it is written, out of variables,
// or, after "file:", out of a file beside the configuration. It tells whether it
// was one of the latter two.
func (w *walker) secret(v value) (text string, hidden, ok bool) {
	e, ok := w.expanded(v)
	if !ok {
		return "", false, false
	}
	text, hidden = e.text, e.variable()
	if path, file := strings.CutPrefix(text, "file:"); file && !hidden {
		data, err := w.secretFile(path)
		if err != nil {
			w.addKey(v, "names a file that cannot be read", "write file: and a path that starts from the folder of the configuration")
			return "", false, false
		}
		text, hidden = strings.TrimSpace(data), true
	}
	switch {
	case text == "":
		w.addKey(v, "is empty", "")
	case len(text) > maxSecret:
		w.addKey(v, fmt.Sprintf("is longer than %d bytes", maxSecret), "")
	default:
		return text, hidden, true
	}
	return "", false, false
}

func (w *walker) secretFile(path string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(w.dir, path)
	}
	// A pipe would be waited for without end.
	if info, err := os.Stat(path); err != nil {
		return "", err
	} else if !info.Mode().IsRegular() {
		return "", fs.ErrInvalid
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+2))
	return string(data), err
}

// secrets are those of a feed's address and of what is sent beside it.
func (f *Feed) secrets() []string {
	all := f.URL.Secrets()
	if f.Access != nil {
		all = longestFirst(append(all, f.Access.secrets...))
	}
	return all
}

// lane is what politeness counts together (P42): one domain asked through a
// proxy is another matter than asked directly, so that a proxy which is refused
// hinders nobody else.
func (f *Feed) lane() string {
	if f.Access == nil || f.Access.proxy == "" {
		return f.Group.Reveal()
	}
	u, err := url.Parse(f.Access.proxy)
	if err != nil {
		return f.Group.Reveal()
	}
	sum := sha256.Sum256([]byte(u.Host))
	return f.Group.Reveal() + " by proxy " + hex.EncodeToString(sum[:4])
}

// Lanes maps what politeness counts together beside domains to the domain.
func (c *Config) Lanes() map[string]string {
	lanes := make(map[string]string)
	for i := range c.Feeds {
		if f := &c.Feeds[i]; f.lane() != f.Group.Reveal() {
			lanes[f.lane()] = f.Group.Reveal()
		}
	}
	return lanes
}
