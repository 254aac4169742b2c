package feed

import (
	"net/url"
	"strings"
)

// hidden stands where a secret was.
const hidden = "•••"

// Private reports whether the address of the source holds a secret. Such an
// address is never published or shown (P75, XJ09); what the feed says of its
// own address and its home page stands in, where that tells no secret either.
func (s *Source) Private() bool { return len(s.Secrets) > 0 }

// Tells reports whether a text holds a secret of the source, in any case and
// however it is percent-encoded: servers repeat the address that they were
// asked at.
func (s *Source) Tells(text string) bool {
	if len(s.Secrets) == 0 || text == "" {
		return false
	}
	said := spellings(text)
	for _, secret := range s.Secrets {
		for _, one := range spellings(secret) {
			for _, in := range said {
				if strings.Contains(in, one) {
					return true
				}
			}
		}
	}
	return false
}

// spellings are a text and what its escapes stand for, in lower case.
func spellings(s string) []string {
	all := []string{strings.ToLower(s)}
	for _, decode := range [...]func(string) (string, error){url.PathUnescape, url.QueryUnescape} {
		if plain, err := decode(s); err == nil && plain != s {
			all = append(all, strings.ToLower(plain))
		}
	}
	return all
}

// Cover returns a text for an operator with the secrets of the source covered:
// as they are written, and in the lower case of hosts.
func (s *Source) Cover(text string) string {
	for _, secret := range s.Secrets {
		text = strings.ReplaceAll(text, secret, hidden)
		text = strings.ReplaceAll(text, strings.ToLower(secret), hidden)
	}
	return text
}

// ScreenProfile empties the addresses and the id of a profile that tell a
// secret of the source.
func (s *Source) ScreenProfile(p *Profile) {
	s.screen(&p.Link, &p.Self, &p.Hub, &p.Cloud, &p.FeedID, &p.Icon, &p.Logo)
}

// ScreenDocument does the same with all that a document says of feeds: its own
// profile, and the origins that its items name.
func (s *Source) ScreenDocument(d *Document) {
	s.ScreenProfile(&d.Profile)
	for i := range d.Items {
		if o := d.Items[i].Origin; o != nil {
			s.screen(&o.ID, &o.Link, &o.Self, &o.Icon, &o.Logo)
		}
	}
}

func (s *Source) screen(addresses ...*string) {
	for _, a := range addresses {
		if s.Tells(*a) {
			*a = ""
		}
	}
}
