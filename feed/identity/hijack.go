package identity

import "fmt"

// Bearings are by what a source's document is recognised as the source's.
type Bearings struct {
	// Title and Home are what the document calls itself and its home page.
	Title, Home string
	// From is the address that the document came from, behind all redirects.
	From string
	// Links are those of its items.
	Links []string
}

// Hijacked returns why a document is taken for somebody else's who got hold of
// the source's address, as of a domain that ran out: its new items are held
// until the operator releases them (XG05). It is empty when the document can
// be the source's. Familiar counts the document's items that are known by key
// or recognised by [Moves]: one of them is proof enough.
//
// Three things have to come together, because each alone is an everyday event:
// nothing familiar; another title, or a home page on another host; and another
// domain, of the document or of all its links. What is empty in before is
// unknown and speaks for nothing.
func Hijacked(before, after Bearings, familiar int) (why string) {
	if familiar > 0 || len(after.Links) == 0 {
		return ""
	}
	said, moved := renamed(&before, &after), relocated(&before, &after)
	if said == "" || moved == "" {
		return ""
	}
	return fmt.Sprintf("no item is known, %s, and %s", said, moved)
}

// renamed tells that the document calls itself something else.
func renamed(before, after *Bearings) string {
	if was := foldTitle(before.Title, maxFoldedTitle); was != "" && was != foldTitle(after.Title, maxFoldedTitle) {
		return fmt.Sprintf("what was called %q is called %q", before.Title, after.Title)
	}
	was, known := parseAddress(before.Home)
	is, stated := parseAddress(after.Home)
	if known && stated && was.host != is.host {
		return fmt.Sprintf("its home page was on %s and is on %s", was.host, is.host)
	}
	return ""
}

// relocated tells that the document, or all its links, are on other domains
// than before.
func relocated(before, after *Bearings) string {
	t := territory{known: make(map[string]string)}
	if was, is := t.of(before.From), t.of(after.From); was != "" && is != "" && was != is {
		return fmt.Sprintf("the document came from %s in place of %s", is, was)
	}
	home := make(map[string]bool, 1)
	for _, link := range before.Links {
		home[t.of(link)] = true
	}
	delete(home, "")
	elsewhere := ""
	for _, link := range after.Links {
		d := t.of(link)
		if home[d] {
			return ""
		}
		if elsewhere == "" {
			elsewhere = d
		}
	}
	if len(home) == 0 || elsewhere == "" {
		return ""
	}
	return "all its links lead elsewhere than before, as to " + elsewhere
}

// of returns the domain of a link, empty for what is none.
func (t *territory) of(link string) string {
	a, ok := parseAddress(link)
	if !ok {
		return ""
	}
	return t.domain(&a)
}
