package article

import (
	"strings"

	"weir/feed"
)

// setAuthors takes over authors: a name, a list of names, or maps that say
// more of each.
func (m *manuscript) setAuthors(w word, f field) {
	if w != wordAuthors {
		m.setContact(w, f)
		return
	}
	if len(m.Authors) > 0 {
		return
	}
	switch f.value.kind {
	case kindList:
		for _, v := range f.value.items {
			m.addAuthor(f.key, v)
		}
	default:
		m.addAuthor(f.key, f.value)
	}
}

// setContact completes the only author by a key of its own.
func (m *manuscript) setContact(w word, f field) {
	if len(m.Authors) != 1 || !f.value.scalar() {
		return
	}
	if a := &m.Authors[0]; w == wordAuthorEmail && a.Email == "" {
		a.Email = plain(f.value.text, maxTerm)
	} else if w == wordAuthorURL && a.URI == "" {
		a.URI = plain(f.value.text, feed.MaxURL)
	}
}

func (m *manuscript) addAuthor(key string, v value) {
	if len(m.Authors) == feed.MaxPersons {
		m.warn(v.line, "%s: more than %d people; the rest is left out", key, feed.MaxPersons)
		return
	}
	var p feed.Person
	switch {
	case v.empty():
		return
	case v.kind == kindMap:
		p = m.person(key, v)
	case v.scalar():
		p = personOf(v.text)
	default:
		m.fail(v.line, "%s must be names or maps with a name, not %s", key, v.kind)
		return
	}
	if p.Name == "" {
		m.warn(v.line, "%s: there is no name", key)
		return
	}
	for _, a := range m.Authors {
		if a.Name == p.Name {
			return
		}
	}
	m.Authors = append(m.Authors, p)
}

// person reads a map about one person.
func (m *manuscript) person(key string, v value) feed.Person {
	var p feed.Person
	for _, f := range v.fields {
		if f.value.empty() {
			continue
		}
		to, limit := (*string)(nil), maxTerm
		switch foldKey(f.key) {
		case "name", "title":
			to = &p.Name
		case "email", "mail":
			to = &p.Email
		case "url", "uri", "link", "website", "homepage", "web":
			to, limit = &p.URI, feed.MaxURL
		case "avatar", "image", "picture", "photo":
			to, limit = &p.Avatar, feed.MaxURL
		case "bio", "about", "biography", "description":
			to, limit = &p.Bio, maxSummary
		case "role":
			to = &p.Role
		default:
			continue
		}
		m.setText(to, field{key + "." + f.key, f.line, f.value}, limit)
	}
	return p
}

// personOf reads "Jane Doe", "By Jane Doe" or "Jane Doe <jane@example.org>".
func personOf(s string) feed.Person {
	name, rest, ok := strings.Cut(s, "<")
	var p feed.Person
	if address, closed := strings.CutSuffix(strings.TrimSpace(rest), ">"); ok && closed {
		if strings.Contains(address, "://") {
			p.URI = plain(address, feed.MaxURL)
		} else {
			p.Email = plain(address, maxTerm)
		}
	} else {
		name = s
	}
	if len(name) > 3 && strings.EqualFold(name[:3], "by ") {
		name = name[3:]
	}
	p.Name = plain(name, maxTerm)
	return p
}

// finishAuthors gives the biography to whom it belongs.
func (m *manuscript) finishAuthors() {
	if m.bio == "" {
		return
	}
	for i := range m.Authors {
		if m.Authors[i].Bio == "" {
			m.Authors[i].Bio = m.bio
			return
		}
	}
	m.warn(0, "there is a biography, but no author whose it could be")
}
