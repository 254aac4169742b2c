package article

import (
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
)

// eachRef gives every address in HTML to visit and puts what it returns in
// its place; an empty answer removes the attribute.
func eachRef(source string, visit func(ref string) string) string {
	var out strings.Builder
	out.Grow(len(source))
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			// What is left is a tag that the text ends in.
			out.Write(z.Raw())
			return out.String()
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := string(z.Raw())
			if tok := z.Token(); visitTag(&tok, visit) {
				raw = tok.String()
			}
			out.WriteString(raw)
		default:
			out.Write(z.Raw())
		}
	}
}

// visitTag reports whether an address of the tag changed.
func visitTag(tok *html.Token, visit func(string) string) bool {
	changed := false
	kept := tok.Attr[:0]
	for _, a := range tok.Attr {
		was := a.Val
		switch a.Key {
		case "src", "poster", "href":
			a.Val = visit(a.Val)
		case "srcset":
			a.Val = visitSet(a.Val, visit)
		}
		changed = changed || a.Val != was
		if a.Val != "" || was == "" {
			kept = append(kept, a)
		}
	}
	tok.Attr = kept
	return changed
}

// visitSet visits the candidates of a srcset attribute.
func visitSet(set string, visit func(string) string) string {
	candidates := strings.Split(set, ",")
	for i, c := range candidates {
		if address, size, _ := strings.Cut(strings.TrimSpace(c), " "); address != "" {
			candidates[i] = strings.TrimSpace(visit(address) + " " + size)
		}
	}
	return strings.Join(candidates, ", ")
}

// collectRefs lists the local files that the manuscript points at.
func (m *manuscript) collectRefs() {
	seen := map[string]bool{}
	add := func(ref string) string {
		if _, _, _, named := cutName(ref); !seen[ref] && (named || local(ref)) {
			seen[ref] = true
			m.refs = append(m.refs, ref)
		}
		return ref
	}
	eachRef(m.HTML, add)
	add(m.Image)
	for _, a := range m.Attachments {
		add(a.URL)
	}
	for _, p := range m.Authors {
		add(p.Avatar)
	}
	if len(m.refs) > maxRefs {
		m.fail(0, "it points at more than %d files of the folder", maxRefs)
	}
}

// local reports whether an address names something in the folder: neither
// another site nor a place on the same page.
func local(ref string) bool {
	u, err := url.Parse(strings.TrimSpace(ref))
	return err == nil && u.Scheme == "" && u.Host == "" && u.Path != ""
}

// localPath is the path inside the folder that an address means in a file. It
// begins with "../" when it leads outside.
func localPath(file, ref string) (name, fragment string) {
	u, err := url.Parse(strings.TrimSpace(ref))
	if err != nil {
		return "", ""
	}
	if rest, ok := strings.CutPrefix(u.Path, "/"); ok {
		name = path.Clean(rest)
	} else {
		name = path.Join(path.Dir(file), u.Path)
	}
	return name, u.Fragment
}
