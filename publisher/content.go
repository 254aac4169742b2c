package publisher

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// setting is where an entry's body is shown.
type setting struct {
	// site and up make addresses of this site relative to the page.
	site, up string
	// shift lowers headings, so that the page's outline stays whole.
	shift int
	// local bodies are the site's own words: their links are endorsed.
	local bool
}

// dress prepares a clean body for a page: pictures load late and tell nobody
// which page asked for them (XE08), players load nothing before they are
// started, and links of strangers are not endorsed (XE11). The body is clean
// already; nothing here adds to what may run.
func (s setting) dress(body string) string {
	var out strings.Builder
	out.Grow(len(body) + len(body)/8)
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.String()
		}
		if kind == html.TextToken || kind == html.CommentToken || kind == html.DoctypeToken {
			if kind == html.TextToken {
				out.Write(z.Raw())
			}
			continue
		}
		raw := string(z.Raw())
		token := z.Token()
		if !s.change(&token) {
			out.WriteString(raw)
			continue
		}
		out.WriteString(token.String())
	}
}

// change adapts a tag and reports whether it differs from what it was.
func (s setting) change(t *html.Token) bool {
	switch t.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		if s.shift == 0 {
			return false
		}
		level := min(int(t.Data[1]-'0')+s.shift, 6)
		t.Data = "h" + string(rune('0'+level))
		return true
	}
	if t.Type == html.EndTagToken {
		return false
	}
	switch t.DataAtom {
	case atom.Img:
		s.relate(t, "src")
		put(t, "loading", "lazy")
		put(t, "decoding", "async")
		put(t, "referrerpolicy", "no-referrer")
	case atom.Audio, atom.Video:
		s.relate(t, "src")
		s.relate(t, "poster")
		put(t, "preload", "none")
	case atom.Source:
		s.relate(t, "src")
	case atom.A:
		if !s.relate(t, "href") && !s.local {
			put(t, "rel", "noopener nofollow ugc")
		}
	default:
		return false
	}
	return true
}

// relate makes an address of this site relative and reports whether it is one.
func (s setting) relate(t *html.Token, name string) bool {
	for i := range t.Attr {
		if t.Attr[i].Key == name {
			rest, own := strings.CutPrefix(t.Attr[i].Val, s.site)
			if own {
				t.Attr[i].Val = relative(s.up, rest)
			}
			return own
		}
	}
	return false
}

// relative leads from a page to a path below the root. On a page in the root a
// path that begins with a scheme or a slash would no longer be a path: a link
// to "<site>javascript:…" must not come to run, nor one to "<site>/…" to leave
// the site (XE02).
func relative(up, path string) string {
	if up == "" {
		segment, _, _ := strings.Cut(path, "/")
		if segment == "" || strings.Contains(segment, ":") {
			up = "./"
		}
	}
	return up + path
}

// put sets an attribute, in place of one that is there.
func put(t *html.Token, name, value string) {
	for i := range t.Attr {
		if t.Attr[i].Key == name {
			t.Attr[i].Val = value
			return
		}
	}
	t.Attr = append(t.Attr, html.Attribute{Key: name, Val: value})
}
