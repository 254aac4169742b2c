package publisher

import (
	"strings"
)

// publicURL returns the address as it may be shown: http or https, without
// user information, and empty where it seems to carry a secret (XJ09).
func publicURL(raw string) string {
	if raw == "" {
		return ""
	}
	address := address(raw)
	if tellsSecret(address) {
		return ""
	}
	return address
}

// feedURL is publicURL for the address of a feed, which is the same without
// its fragment and without the session of whoever copied it.
func feedURL(raw string) string {
	raw, _, _ = strings.Cut(raw, "#")
	path, query, asks := strings.Cut(raw, "?")
	path = withoutSession(path)
	if asks {
		path += "?" + query
	}
	return publicURL(path)
}

// withoutSession cuts ;jsessionid=… out of a path.
func withoutSession(path string) string {
	const name = ";jsessionid="
	for i := 0; i+len(name) <= len(path); i++ {
		if !strings.EqualFold(path[i:i+len(name)], name) {
			continue
		}
		end := strings.IndexAny(path[i+1:], ";/")
		if end < 0 {
			return path[:i]
		}
		path = path[:i] + path[i+1+end:]
		i--
	}
	return path
}

// tellsSecret reports whether a parameter of the address, in its query or its
// fragment, looks like a key that was given to one subscriber. Common names
// such as id, channel_id, feed and format are not among them: YouTube, Reddit
// and WordPress have no other addresses.
func tellsSecret(address string) bool {
	start := strings.IndexAny(address, "?#")
	if start < 0 {
		return false
	}
	for pair := range strings.FieldsFuncSeq(address[start+1:], func(r rune) bool { return r == '&' || r == ';' || r == '#' || r == '?' }) {
		name, _, named := strings.Cut(pair, "=")
		if named && secretName(strings.ToLower(name)) || !named && opaque(name) {
			return true
		}
	}
	return false
}

// secretName reports whether a parameter is called as keys are.
func secretName(name string) bool {
	for _, word := range [...]string{
		"token", "secret", "passw", "passkey", "apikey", "session", "sessid", "signature", "credential", "jwt", "bearer",
		"private", "authkey", "authoriz", "oauth",
	} {
		if strings.Contains(name, word) {
			return true
		}
	}
	switch name {
	case "code", "sid", "hash", "access", "login":
		return true
	}
	// An author is none.
	if strings.HasPrefix(name, "auth") && !strings.HasPrefix(name, "author") {
		return true
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == '.' })
	for _, word := range words {
		switch word {
		case "key", "sig", "pwd", "pass", "auth":
			return true
		}
	}
	return false
}

// opaque reports whether a query without a name is long and mixed as only keys
// are.
func opaque(s string) bool {
	const shortest = 16
	if len(s) < shortest || !strings.ContainsAny(s, "0123456789") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}
