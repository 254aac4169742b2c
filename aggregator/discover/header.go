package discover

import (
	"strings"
)

// header reads Link headers (RFC 8288 §3): links to the page itself, not those
// that speak of another one (anchor).
func header(values []string) []announcement {
	var all []announcement
	left := maxHeaders
	for _, v := range values {
		if len(v) > left {
			break
		}
		left -= len(v)
		for v != "" && len(all) < maxAnnounced {
			var a announcement
			var elsewhere bool
			if a, elsewhere, v = oneLink(v); a.href != "" && !elsewhere {
				all = append(all, a)
			}
		}
	}
	return all
}

// oneLink reads a link and returns what follows the comma behind it. Of a
// parameter said twice the first counts.
func oneLink(s string) (a announcement, elsewhere bool, rest string) {
	_, s, ok := strings.Cut(s, "<")
	if !ok {
		return a, false, ""
	}
	a.href, s, ok = strings.Cut(s, ">")
	if !ok {
		return announcement{}, false, ""
	}
	fields := map[string]*string{"rel": &a.rel, "type": &a.kind, "title": &a.title}
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" || s[0] == ',' {
			return a, elsewhere, strings.TrimPrefix(s, ",")
		}
		var name, value string
		name, value, s = parameter(strings.TrimLeft(s, "; \t"))
		elsewhere = elsewhere || name == "anchor"
		if to := fields[name]; to != nil {
			*to = value
			delete(fields, name)
		}
	}
}

// parameter reads name=value or name="value" up to the semicolon or comma that
// ends it.
func parameter(s string) (name, value, rest string) {
	end := strings.IndexAny(s, "=;,")
	if end < 0 {
		return strings.ToLower(strings.TrimSpace(s)), "", ""
	}
	name = strings.ToLower(strings.TrimSpace(s[:end]))
	if s[end] != '=' {
		return name, "", s[end:]
	}
	s = strings.TrimLeft(s[end+1:], " \t")
	if s == "" || s[0] != '"' {
		end := strings.IndexAny(s, ";,")
		if end < 0 {
			end = len(s)
		}
		return name, strings.TrimSpace(s[:end]), s[end:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return name, b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return name, b.String(), ""
}
