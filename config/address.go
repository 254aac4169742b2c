package config

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"weir/feed"
)

// web reads an absolute http or https address into *to.
func (s section) web(key string, to *string) {
	for _, v := range s.values(key) {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		if message, hint := checkWeb(text); message != "" {
			s.w.add(v, message, hint)
			continue
		}
		*to = text
	}
}

// unsupported does not name the scheme: it may be what a variable holds.
const unsupported = "has a scheme that is not supported"

// checkWeb says what keeps a text from being an address that can be fetched,
// without quoting it.
func checkWeb(text string) (message, hint string) {
	if len(text) > feed.MaxURL {
		return fmt.Sprintf("is longer than %d bytes", feed.MaxURL), ""
	}
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok || !validScheme(scheme) || startsWithPort(rest) || !strings.HasPrefix(rest, "//") && strings.Contains(rest, "@") {
		return "is not an absolute address", "begin it with https://"
	}
	if low := strings.ToLower(scheme); low != "https" && low != "http" {
		return unsupported, "use https: or http:"
	}
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || strings.ContainsAny(text, " \t\n\"<>") {
		return "is not a valid address", "characters such as blanks are written %20"
	}
	if u.Hostname() == "" {
		return "names no host", ""
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			return "has a port that is not from 1 to 65535", ""
		}
	}
	return "", ""
}

// startsWithPort tells "localhost:8080/feed" from a scheme.
func startsWithPort(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

func validScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(s[i]))) {
			return false
		}
	}
	return s != ""
}
