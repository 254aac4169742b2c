package parse

import (
	"net/url"
	"strings"
)

// bases are the addresses against which an item's relative ones are resolved
// (P94): declared is the chain of xml:base, which wins wherever there is one;
// location is where the document came from.
type bases struct {
	declared, link, channel, location *url.URL
}

// forLink is the base of an address of the item itself.
func (b bases) forLink() *url.URL { return first(b.declared, b.location, b.channel) }

// forHTML is the base of addresses inside the item's text (P95).
func (b bases) forHTML() *url.URL { return first(b.declared, b.link, b.channel, b.location) }

// maxBase is the longest xml:base that is heeded, in bytes. It is paid for with
// every relative address, so it is held to less than an address is (XC17).
const maxBase = 1 << 10

// under adds the xml:base of a start tag to the chain. It is itself relative
// to what is around it (RFC 3986 §5), with no slash invented (G10).
func (b bases) under(d *document, t token) bases {
	raw, ok := d.xmlAttr(t, "xml:base")
	if !ok || raw == "" || len(raw) > maxBase {
		return b
	}
	u, err := url.Parse(raw)
	if err != nil {
		return b
	}
	if outer := first(b.declared, b.location); outer != nil {
		u = outer.ResolveReference(u)
	}
	if u.Host != "" {
		b.declared = u
	}
	return b
}

func first(urls ...*url.URL) *url.URL {
	for _, u := range urls {
		if u != nil {
			return u
		}
	}
	return nil
}

// base is an absolute address as the base of relative ones. Links that are
// made from it are published: one that tells a secret of the source loses its
// query, and its path ends before the part that tells it (XJ09).
func (o *Options) base(address string) *url.URL {
	u := absolute(address)
	if u == nil || !o.Source.Tells(address) {
		return u
	}
	path := ""
	for part := range strings.SplitAfterSeq(u.EscapedPath(), "/") {
		if o.Source.Tells(path + part) {
			break
		}
		path += part
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host}).JoinPath(path)
}

// absolute parses an address that was already made absolute; nil for none.
func absolute(s string) *url.URL {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

// isWeb reports whether s is by itself an http or https address.
func isWeb(s string) bool {
	return hasFold(s, "http://") || hasFold(s, "https://")
}

// hasFold reports whether s begins with an ASCII prefix, in any case.
func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
