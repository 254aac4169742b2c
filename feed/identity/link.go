package identity

import (
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"weir/feed"
)

// Canonical returns the form in which two links are compared: host, path and
// sorted query without scheme, www., default port, fragment, tracking
// parameters, trailing slash and /amp. It is empty when the link names no page
// of its own: no http(s) address, or the front page of a site. Applying it
// twice changes nothing.
func Canonical(link string) string {
	a, ok := parseAddress(link)
	if !ok {
		return ""
	}
	return a.canonical()
}

// address is an http(s) address taken apart as far as identity needs.
type address struct {
	// host is lower-case ASCII without www.; port is empty when it is a
	// scheme's own.
	host, port string
	// path has neither a trailing slash nor /amp; query is without tracking
	// and sorted. Both have their percent-encoding normalised.
	path, query string
	fragment    string
}

// parseAddress takes link apart. A link without a scheme is read as host and
// path, so that canonical forms can be read again.
func parseAddress(link string) (address, bool) {
	if len(link) > feed.MaxURL {
		return address{}, false
	}
	link = strings.TrimSpace(link)
	scheme, rest, found := strings.Cut(link, "://")
	switch {
	case !found:
		scheme, rest = "", strings.TrimPrefix(link, "//")
	case !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https"):
		if strings.ContainsAny(scheme, "/?#") {
			scheme, rest = "", link // the :// belongs to a query
			break
		}
		return address{}, false
	}
	rest, fragment, _ := strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	authority, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	host, port, ok := splitAuthority(authority)
	if !ok {
		return address{}, false
	}
	if port == "80" || port == "443" {
		port = "" // the scheme is ignored, and so is its port
	}
	return address{
		host:     host,
		port:     port,
		path:     cleanPath(escape(path)),
		query:    cleanQuery(escape(query)),
		fragment: fragment,
	}, true
}

// canonical writes the address as it is compared; empty for a front page.
func (a *address) canonical() string {
	if a.query == "" && frontPage(a.path) {
		return ""
	}
	var b strings.Builder
	b.Grow(len(a.host) + len(a.port) + len(a.path) + len(a.query) + 3)
	b.WriteString(a.host)
	if a.port != "" {
		b.WriteByte(':')
		b.WriteString(a.port)
	}
	b.WriteString(a.path)
	if a.query != "" {
		if a.path == "" {
			b.WriteByte('/')
		}
		b.WriteByte('?')
		b.WriteString(a.query)
	}
	return b.String()
}

// frontPage reports whether a path without a query is a site's entrance.
func frontPage(path string) bool {
	switch path {
	case "", "/index.html", "/index.htm", "/index.php", "/index.shtml", "/default.aspx", "/default.asp":
		return true
	}
	return false
}

// splitAuthority returns the host in its comparable form and the port.
func splitAuthority(authority string) (host, port string, ok bool) {
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	}
	host = authority
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		host, port = authority[:i], authority[i+1:]
	}
	for i := range len(port) {
		if port[i] < '0' || port[i] > '9' {
			return "", "", false
		}
	}
	host = lowerHost(host)
	for strings.HasPrefix(host, "www.") && strings.IndexByte(host[4:], '.') > 0 {
		host = host[4:]
	}
	return host, port, host != ""
}

// lowerHost returns a host in lower-case ASCII, empty when it cannot be one.
func lowerHost(host string) string {
	host = strings.TrimSuffix(host, ".")
	if strings.HasPrefix(host, ".") || strings.HasSuffix(host, ".") || strings.Contains(host, "..") {
		return ""
	}
	if strings.HasPrefix(host, "[") {
		if !strings.HasSuffix(host, "]") || strings.Trim(host[1:len(host)-1], "0123456789abcdefABCDEF:.") != "" {
			return ""
		}
		return strings.ToLower(host)
	}
	for i := range len(host) {
		c := host[i]
		switch {
		case c >= 0x80:
			ascii, err := idna.Lookup.ToASCII(host)
			if err != nil {
				return ""
			}
			return ascii
		case c <= ' ' || c == 0x7f || strings.IndexByte("\"<>\\^`{|}:%[]", c) >= 0:
			return ""
		}
	}
	return strings.ToLower(host)
}

// cleanPath drops what does not tell pages apart: trailing slashes, /amp and
// session ids.
func cleanPath(path string) string {
	if i := strings.IndexByte(path, ';'); i >= 0 && strings.HasPrefix(strings.ToLower(path[i:]), ";jsessionid=") {
		path = path[:i]
	}
	for {
		short := strings.TrimRight(path, "/")
		short = strings.TrimSuffix(short, "/amp")
		if short == path {
			return path
		}
		path = short
	}
}

// cleanQuery drops tracking parameters and sorts the others.
func cleanQuery(query string) string {
	if query == "" {
		return ""
	}
	kept := make([]string, 0, 8)
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if part != "" && !tracking(name, value) {
			kept = append(kept, part)
		}
	}
	slices.Sort(kept)
	return strings.Join(kept, "&")
}

// escape normalises percent-encoding (RFC 3986 §6.2.2): unreserved characters
// are decoded, the others encoded in upper case.
func escape(s string) string {
	clean := true
	for i := range len(s) {
		if c := s[i]; c == '%' || c <= ' ' || c >= 0x7f {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	const digits = "0123456789ABCDEF"
	b := make([]byte, 0, len(s)+16)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%':
			d, ok := unhex(s[i+1:])
			if !ok {
				b = append(b, "%25"...)
				continue
			}
			i += 2
			if unreserved(d) {
				b = append(b, d)
			} else {
				b = append(b, '%', digits[d>>4], digits[d&15])
			}
		case c <= ' ' || c >= 0x7f:
			b = append(b, '%', digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

func unhex(s string) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	hi, lo := hexDigit(s[0]), hexDigit(s[1])
	return hi<<4 | lo, hi < 16 && lo < 16
}

func hexDigit(c byte) byte {
	switch {
	case isDigit(c):
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 0xff
}

func unreserved(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' || c == '.' || c == '_' || c == '~'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
