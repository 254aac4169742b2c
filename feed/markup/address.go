package markup

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"weir/feed"
)

// URL returns the absolute http or https address that raw means against base
// (P94), or "" when it means none, is longer than [feed.MaxURL], or is relative
// without a base (XE12). User names and passwords are taken out (XE13); white
// space inside is, as in a browser, none. What needs no repair stays as it is
// written (P97), and what was returned once is returned unchanged again.
func URL(raw string, base *url.URL) string {
	raw = unspaced(raw)
	if raw == "" || len(raw) > feed.MaxURL {
		return ""
	}
	if ordinary(raw) {
		return raw
	}
	u, err := url.Parse(raw)
	if err != nil {
		if u, err = url.Parse(percent(raw)); err != nil {
			return ""
		}
	}
	if u.Scheme == "" {
		if base == nil {
			return ""
		}
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" {
		return ""
	}
	if u.Host = host(u.Host); u.Host == "" {
		return ""
	}
	absolute := *u
	absolute.User = nil
	absolute.RawQuery = query(u.RawQuery)
	s := absolute.String()
	if len(s) > feed.MaxURL {
		return ""
	}
	return s
}

// unspaced returns s without what browsers ignore in addresses: controls and
// spaces around it, tabs and line ends inside. Spaces of every kind and byte
// order marks, which editors leave there, count as spaces.
func unspaced(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool {
		return r <= ' ' || r == '\u00A0' || r == '\u200B' || r == '\u3000' || r == '\uFEFF'
	})
	if !strings.ContainsAny(s, "\t\n\r") {
		return s
	}
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
}

// percent repairs percent signs that begin no escape.
func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		if s[i] == '%' && (i+2 >= len(s) || digit(s[i+1]) > 15 || digit(s[i+2]) > 15) {
			b.WriteString("25")
		}
	}
	return b.String()
}

// host returns a host in ASCII, or "" when it can be none.
func host(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			ascii, err := idna.Lookup.ToASCII(s)
			if err != nil {
				return ""
			}
			s = ascii
			break
		}
	}
	if !only(s, ".-_:[]") || !hostAndPort(s) {
		return ""
	}
	return s
}

// hostAndPort reports whether s is a name or an address in brackets, and
// behind it at most one port (RFC 3986 §3.2.2). net/url looks at ports only
// where a scheme stands before them.
func hostAndPort(s string) bool {
	name, port, _ := strings.Cut(s, ":")
	if literal, ok := strings.CutPrefix(s, "["); ok {
		if name, port, ok = strings.Cut(literal, "]"); !ok || port != "" && port[0] != ':' {
			return false
		}
		port = strings.TrimPrefix(port, ":")
	}
	if name == "" || strings.ContainsAny(name, "[]") {
		return false
	}
	return strings.Trim(port, "0123456789") == ""
}

// query escapes what may not stand in a query, and nothing else.
func query(s string) string {
	if strings.IndexFunc(s, outsideQuery) < 0 {
		return s
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; outsideQuery(rune(c)) || c >= 0x80 {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func outsideQuery(r rune) bool {
	return r <= ' ' || r >= 0x7F || strings.ContainsRune("\"'<>\\^`{|}", r)
}

// address appends an address as the value of an attribute, or nothing. raw is
// the value as it stands in the source, with character references.
func (c *Cleaner) address(dst []byte, raw string, mail bool) []byte {
	raw = strings.Trim(raw, " \n\t\r")
	if simple(raw) {
		return append(dst, raw...)
	}
	raw = decode(raw)
	if mail && len(raw) > 7 && strings.EqualFold(raw[:7], "mailto:") {
		return appendMail(dst, raw[7:])
	}
	return appendEscaped(dst, untracked(URL(raw, c.base)))
}

// appendMail appends a mailto address.
func appendMail(dst []byte, s string) []byte {
	if len(s) > maxValue || strings.IndexFunc(s, outsideQuery) >= 0 {
		return dst
	}
	return appendEscaped(append(dst, "mailto:"...), s)
}

// ordinary reports whether an address is absolute and needs no repair, which
// most do not, so that parsing would not change it.
func ordinary(raw string) bool {
	i := authority(raw)
	if i < 0 {
		return false
	}
	inPath := true
	for ; i < len(raw); i++ {
		switch c := raw[i]; {
		case plainAddress(c), c == '&' && !inPath:
		case c == '?' && inPath && i+1 < len(raw):
			inPath = false
		case c == '%' && i+2 < len(raw) && digit(raw[i+1]) < 16 && digit(raw[i+2]) < 16:
		default:
			return false
		}
	}
	return true
}

// authority returns where the path of an absolute address begins that names
// nothing but a host before it, or -1.
func authority(raw string) int {
	rest, ok := strings.CutPrefix(raw, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(raw, "http://"); !ok {
			return -1
		}
	}
	i := 0
	for i < len(rest) && (alphanumeric(rest[i]) || rest[i] == '.' || rest[i] == '-') {
		i++
	}
	if i == 0 || i == len(rest) || rest[i] != '/' {
		return -1
	}
	return len(raw) - len(rest) + i
}

// simple reports whether a value is an absolute address that can be copied as
// it is, which most are: no user name, no tracking, nothing to escape that is
// not escaped, so that neither decoding nor parsing would change it.
func simple(raw string) bool {
	i := authority(raw)
	if i < 0 || len(raw) > feed.MaxURL {
		return false
	}
	for ; i < len(raw); i++ {
		switch c := raw[i]; {
		case plainAddress(c):
		case c == '?' || c == '#':
			return simpleTail(raw[i:])
		case c == '%':
			if i+2 >= len(raw) || digit(raw[i+1]) > 15 || digit(raw[i+2]) > 15 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// simpleTail is [simple] for query and fragment. Whatever could be tracking is
// left to the long way.
func simpleTail(s string) bool {
	name := 1
	fragment := s[0] == '#'
	if fragment && fragmentTracks(s[1:]) {
		return false
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '=' && name > 0:
			if !fragment && tracks(s[name:i]) {
				return false
			}
			name = 0
		case plainAddress(c), c == '?' && !fragment:
		case c == '&' && strings.HasPrefix(s[i:], "&amp;"):
			i += len("amp;")
			name = i + 1
		case c == '#' && !fragment:
			fragment = true
			if fragmentTracks(s[i+1:]) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// plainAddress reports whether c means itself everywhere in an address.
func plainAddress(c byte) bool { return alphanumeric(c) || addressMarks[c] }

// addressMarks are the marks of [plainAddress]. It is never written to.
var addressMarks = [256]bool{
	'-': true, '.': true, '_': true, '~': true, '/': true, '=': true, '+': true, ',': true, ';': true, ':': true,
	'@': true, '!': true, '*': true, '$': true, '(': true, ')': true,
}
