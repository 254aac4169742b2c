package web

import (
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// mostPlainFields bounds the fields of a plain request.
const mostPlainFields = 40

// question is a request with the memory in which it is understood, which the next
// one needs again.
type question struct {
	request http.Request
	url     url.URL
	header  http.Header
	values  []string
}

// read returns the request that p is, or nil where p is not exactly one request
// or anything about it could be read in two ways, has to do with the connection,
// or is so rare that it is not worth knowing here (RFC 9112 §3, §5; XH17):
// net/http understands those, or refuses them. What it returns is what
// [http.ReadRequest] would, until the next question.
func (q *question) read(p []byte) *http.Request {
	line, rest, ok := strings.Cut(string(p), "\r\n")
	method, target, _ := strings.Cut(line, " ")
	path, version, _ := strings.Cut(target, " ")
	if !ok || method != http.MethodGet && method != http.MethodHead || version != "HTTP/1.1" || !plainPath(path) {
		return nil
	}
	if q.header == nil {
		q.header = make(http.Header, mostPlainFields)
	}
	clear(q.header)
	q.url = url.URL{Path: path}
	q.request = http.Request{
		Method: method, URL: &q.url, RequestURI: path, Header: q.header,
		Proto: version, ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody,
	}
	if !q.fields(rest) || q.request.Host == "" {
		return nil
	}
	return &q.request
}

// fields reads the fields and reports whether they are plain, and end where rest
// does.
func (q *question) fields(rest string) bool {
	q.values = q.values[:0]
	for range mostPlainFields {
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
		if !q.field(textproto.CanonicalMIMEHeaderKey(name), strings.Trim(value, " ")) {
			return false
		}
		rest = more
	}
	return false
}

func (q *question) field(name, value string) bool {
	if name == "Host" {
		twice := q.request.Host != ""
		q.request.Host = value
		return !twice && plainHost(value)
	}
	if special(name, value) {
		return false
	}
	if before := q.header[name]; before != nil {
		q.header[name] = append(before, value)
		return true
	}
	q.values = append(q.values, value)
	n := len(q.values)
	q.header[name] = q.values[n-1 : n : n]
	return true
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
