package config

import (
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"weir/feed"
)

// cover stands where a secret was.
const cover = "•••"

// Address is a URL that may hold secrets: a user name, a password, a token in
// its query, and whatever a variable holds. However it is printed, those are
// covered; [Address.Reveal] gives the address itself to whoever fetches it.
type Address struct {
	text    string
	secrets []string
}

// Reveal returns the address with its secrets.
func (a Address) Reveal() string { return a.text }

// Secrets returns what must appear nowhere: what variables hold, what stands
// before the at sign, and the host if a variable is part of it; the longest
// first, so that covering one leaves no part of another.
func (a Address) Secrets() []string { return slices.Clone(a.secrets) }

// String returns the address with its secrets covered.
func (a Address) String() string {
	s := feed.Source{Secrets: a.secrets}
	return Redact(s.Cover(a.text))
}

// GoString covers secrets from %#v.
func (a Address) GoString() string { return `"` + a.String() + `"` }

// MarshalText covers secrets from JSON and its like.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// LogValue covers secrets from logs.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.String()) }

// Redact covers what may be secret in a text that may hold URLs: user names
// and passwords before an at sign, and the values of queries (XJ13). It does
// not need the URL to be well-formed, and covers too much rather than too
// little.
func Redact(s string) string {
	if !strings.ContainsAny(s, "@?") {
		return s
	}
	return redactQueries(redactUsers(s))
}

// redactUsers covers everything between the first "//" (or, without one, the
// beginning of the word) and the last "@", if that can hold a secret. A
// password may hold blanks and slashes by mistake, so no character ends it.
func redactUsers(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return s
	}
	start := strings.Index(s[:at], "//")
	if start >= 0 {
		start += len("//")
	} else {
		start = strings.LastIndexAny(s[:at], " \t\"'[{,") + 1
	}
	secret := s[start:at]
	bare := strings.Contains(s[:start], "//") && !strings.Contains(secret, "/")
	if !bare && !strings.Contains(secret, ":") {
		return s // An e-mail address, or a path such as /@name/feed.
	}
	return s[:start] + cover + s[at:]
}

// redactQueries covers the values after the first question mark that begins a
// query, up to the end of the text: no character is sure to end it.
func redactQueries(s string) string {
	for i := 0; i < len(s)-1; i++ {
		if s[i] == '?' && s[i+1] != ' ' {
			return s[:i+1] + redactQuery(s[i+1:])
		}
	}
	return s
}

// redactQuery covers what follows "=", and whole parts that have no name.
func redactQuery(q string) string {
	parts := strings.FieldsFunc(q, func(r rune) bool { return r == '&' || r == ';' || r == '#' })
	for i, p := range parts {
		name, _, named := strings.Cut(p, "=")
		if named {
			parts[i] = name + "=" + cover
		} else {
			parts[i] = cover
		}
	}
	return strings.Join(parts, "&")
}

// secretKey finds where the value of a key begins that is a secret wholly: one
// of a feed's own, or a header's by the look of its name.
var secretKey = regexp.MustCompile(`(?i)(?:\b(?:basic_auth|proxy|headers)|[\w-]*(?:authorization|-auth|cookie|key|token|secret|pass|session)[\w-]*)["']?:(?:\s|$)`)

// redactLine is [Redact] for a line of the file, in which secrets also stand
// behind the keys that hold them.
func redactLine(line string) string {
	if at := secretKey.FindStringIndex(line); at != nil {
		return Redact(line[:at[1]]) + cover
	}
	return Redact(line)
}
