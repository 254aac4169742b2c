package discover

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"weir/feed"
)

// scan returns the links of a page in its head and its body, and the first
// base: its tokens are enough, as scripts and comments hold none.
func scan(p Page) (announced []announcement, base string) {
	z := html.NewTokenizer(bytes.NewReader(text(p)))
	z.SetMaxBuf(maxPage)
	based := false
	for len(announced) < maxAnnounced {
		switch z.Next() {
		case html.ErrorToken:
			return announced, base
		case html.StartTagToken, html.SelfClosingTagToken:
		default:
			continue
		}
		name, more := z.TagName()
		switch {
		case !more:
		case string(name) == "link":
			announced = append(announced, link(z))
		case string(name) == "base" && !based:
			base, based = href(z)
		}
	}
	return announced, base
}

// text is the page in UTF-8, by its byte order mark, its Content-Type or its
// own word; one that is UTF-8 all through is nothing else.
func text(p Page) []byte {
	body := p.Body[:min(len(p.Body), maxPage)]
	if utf8.Valid(body) {
		return body
	}
	encoding, _, _ := charset.DetermineEncoding(body[:min(len(body), 1024)], p.ContentType)
	decoded, err := io.ReadAll(io.LimitReader(encoding.NewDecoder().Reader(bytes.NewReader(body)), 2*maxPage))
	if err != nil {
		return body
	}
	return decoded
}

// link reads the attributes of a link that say what it is; of one said twice
// the first counts, as in browsers.
func link(z *html.Tokenizer) announcement {
	var a announcement
	fields := map[string]*string{"rel": &a.rel, "type": &a.kind, "href": &a.href, "title": &a.title}
	for {
		key, value, more := z.TagAttr()
		if to := fields[string(key)]; to != nil && len(value) <= feed.MaxURL {
			*to = string(value)
			delete(fields, string(key))
		}
		if !more {
			return a
		}
	}
}

// href reads the address of a base element, and whether it has one.
func href(z *html.Tokenizer) (string, bool) {
	for {
		key, value, more := z.TagAttr()
		if string(key) == "href" {
			return string(value), true
		}
		if !more {
			return "", false
		}
	}
}
