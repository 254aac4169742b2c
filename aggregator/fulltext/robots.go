package fulltext

import (
	"bytes"
	"net/url"
	"strings"
)

const (
	// MaxRobots is how much of a robots.txt is read (RFC 9309 §2.5).
	MaxRobots = 500 << 10
	// maxRules and maxPattern bound what is kept of it, maxAsked the address
	// that is looked up.
	maxRules, maxPattern, maxAsked = 2000, 1 << 10, 8 << 10
)

// Robots is what a site allows a crawler. The zero value allows everything, as
// a site does that has no robots.txt (RFC 9309 §2.3.1.3).
type Robots struct {
	rules []permit
	// closed allows nothing.
	closed bool
}

// Closed allows nothing: what holds for a site that cannot say what it allows
// (RFC 9309 §2.3.1.4).
func Closed() Robots { return Robots{closed: true} }

// permit is one allow or disallow line. Length is that of the pattern in
// octets, by which the most specific line is found.
type permit struct {
	allow  bool
	parts  []string
	ends   bool
	length int
}

// ReadRobots reads a robots.txt for a crawler that is called token: the lines
// of all groups that name it, else of all groups for everybody (P48; RFC 9309
// §2.2.1).
func ReadRobots(body []byte, token string) Robots {
	if len(body) > MaxRobots {
		// Half a line would say what nobody wrote.
		body = body[:1+bytes.LastIndexByte(body[:MaxRobots], '\n')]
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	var own, others Robots
	named, mine, theirs, heading := false, false, false, false
	for line := range strings.FieldsFuncSeq(string(body), func(r rune) bool { return r == '\n' || r == '\r' }) {
		line, _, _ = strings.Cut(line, "#")
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch key = strings.ToLower(strings.TrimSpace(key)); key {
		case "user-agent":
			if !heading {
				mine, theirs, heading = false, false, true
			}
			mine = mine || strings.EqualFold(product(value), token)
			theirs = theirs || value == "*"
			named = named || mine
		case "allow", "disallow":
			heading = false
			if mine {
				own.add(key == "allow", value)
			}
			if theirs {
				others.add(key == "allow", value)
			}
		}
	}
	if named {
		return own
	}
	return others
}

// product is the name at the beginning of a user-agent line's value: letters,
// underscores and hyphens (RFC 9309 §2.2.1).
func product(value string) string {
	end := strings.IndexFunc(value, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-'
	})
	if end < 0 {
		return value
	}
	return value[:end]
}

// add notes a line. An empty pattern matches nothing (RFC 9309 §2.2.2); rules
// beyond what is kept are the file's last.
func (r *Robots) add(allow bool, pattern string) {
	if pattern == "" || len(pattern) > maxPattern || len(r.rules) >= maxRules {
		return
	}
	pattern = canonical(pattern)
	bare, ends := strings.CutSuffix(pattern, "$")
	r.rules = append(r.rules, permit{allow: allow, parts: strings.Split(bare, "*"), ends: ends, length: len(pattern)})
}

// Allows tells whether an address may be fetched. The longest pattern that
// matches decides, of equal ones the one that allows (RFC 9309 §2.2.2).
func (r Robots) Allows(address string) bool {
	u, err := url.Parse(address)
	if r.closed || err != nil || len(address) > maxAsked {
		return false
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if path == "/robots.txt" {
		return true
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	path = canonical(path)
	allowed, longest := true, -1
	for i := range r.rules {
		p := &r.rules[i]
		if p.length < longest || p.length == longest && allowed || !p.matches(path) {
			continue
		}
		allowed, longest = p.allow, p.length
	}
	return allowed
}

// matches tells whether a path begins with the pattern, in which a star stands
// for anything. Each part is looked for behind the one before, which takes one
// pass over the path however many stars there are.
func (p *permit) matches(path string) bool {
	rest, ok := strings.CutPrefix(path, p.parts[0])
	if !ok {
		return false
	}
	last := len(p.parts) - 1
	if last == 0 {
		return !p.ends || rest == ""
	}
	for _, part := range p.parts[1:last] {
		_, behind, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = behind
	}
	if p.ends {
		return strings.HasSuffix(rest, p.parts[last])
	}
	return strings.Contains(rest, p.parts[last])
}

// canonical writes a path's octets in one way: what needs no escape has none,
// and what is not ASCII has one (RFC 9309 §2.2.2).
func canonical(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' && i+2 < len(path) {
			if n, ok := octet(path[i+1], path[i+2]); ok {
				i += 2
				if unreserved(n) {
					b.WriteByte(n)
				} else {
					escape(&b, n)
				}
				continue
			}
		}
		if c <= ' ' || c >= 0x7f {
			escape(&b, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func escape(b *strings.Builder, c byte) {
	const digits = "0123456789ABCDEF"
	b.WriteByte('%')
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}

// unreserved are the characters that mean the same escaped or not (RFC 3986
// §2.3).
func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

func octet(high, low byte) (byte, bool) {
	h, l := digit(high), digit(low)
	return byte(h<<4 | l), h >= 0 && l >= 0
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
