package web

import (
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// blankLine ends the head of a request, before the body.
var blankLine = []byte("\r\n\r\n")

// mostPlainFields bounds the fields of a plain request.
const mostPlainFields = 40

// plain returns the request that p is, or nil where p is not exactly one request
// or anything about it could be read in two ways, has to do with the connection,
// or is so rare that it is not worth knowing here (RFC 9112 §3, §5; XH17):
// net/http understands those, or refuses them. What it returns is what
// [http.ReadRequest] would.
func plain(p []byte) *http.Request {
	line, rest, ok := strings.Cut(string(p), "\r\n")
	method, target, _ := strings.Cut(line, " ")
	path, version, _ := strings.Cut(target, " ")
	if !ok || method != http.MethodGet && method != http.MethodHead || version != "HTTP/1.1" || !plainPath(path) {
		return nil
	}
	r := &http.Request{
		Method: method, URL: &url.URL{Path: path}, RequestURI: path,
		Proto: version, ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody,
	}
	if !plainFields(r, rest) || r.Host == "" {
		return nil
	}
	return r
}

// plainFields reads the fields into r and reports whether they are plain, and end
// where rest does.
func plainFields(r *http.Request, rest string) bool {
	n := strings.Count(rest, "\r\n")
	if n > mostPlainFields {
		return false
	}
	r.Header = make(http.Header, n)
	values := make([]string, n)
	for {
		line, more, ok := strings.Cut(rest, "\r\n")
		if !ok {
			return false
		}
		if line == "" {
			return more == ""
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || !plainName(name) || !plainValue(value) {
			return false
		}
		name, value, rest = textproto.CanonicalMIMEHeaderKey(name), strings.Trim(value, " "), more
		switch {
		case name == "Host":
			if r.Host != "" || !plainHost(value) {
				return false
			}
			r.Host = value
		case special(name, value):
			return false
		case r.Header[name] != nil:
			r.Header[name] = append(r.Header[name], value)
		default:
			values[0] = value
			r.Header[name], values = values[:1:1], values[1:]
		}
	}
}

// special reports whether a field says more than how the document is wanted.
func special(name, value string) bool {
	switch name {
	case "Connection":
		return !strings.EqualFold(value, "keep-alive")
	case "Content-Length", "Transfer-Encoding", "Te", "Trailer", "Expect", "Upgrade", "Proxy-Connection", "Keep-Alive",
		"Http2-Settings", "Pragma":
		return true
	}
	return false
}

func plainPath(s string) bool {
	return strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") && consists(s, func(c byte) bool {
		return letter(c) || c == '/' || c == '-' || c == '.' || c == '_' || c == '~'
	})
}

func plainHost(s string) bool {
	return s != "" && consists(s, func(c byte) bool { return letter(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']' })
}

func plainName(s string) bool {
	return s != "" && consists(s, func(c byte) bool { return letter(c) || c == '-' || c == '_' })
}

// plainValue leaves tabs, control characters and what is not ASCII to net/http.
func plainValue(s string) bool {
	return consists(s, func(c byte) bool { return ' ' <= c && c <= '~' })
}

// letter is one of ASCII, or a digit.
func letter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func consists(s string, fine func(byte) bool) bool {
	for i := range len(s) {
		if !fine(s[i]) {
			return false
		}
	}
	return true
}
