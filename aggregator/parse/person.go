package parse

import (
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// parsePersons reads a text that names people: "Name", "mail (Name)",
// "Name (mail)", "Name <mail>", or several of these with commas between
// (G21). A comma alone does not part names: "Knuth, Donald" is one.
func parsePersons(s string) []feed.Person {
	if strings.Count(s, "@") < 2 || !strings.ContainsAny(s, ",;") {
		return appendPerson(nil, parsePerson(s))
	}
	var persons []feed.Person
	tried := 0 // they may all be the same one (XC13)
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
		if tried++; tried > 2*feed.MaxPersons {
			break
		}
		persons = appendPerson(persons, parsePerson(part))
	}
	return persons
}

func parsePerson(s string) feed.Person {
	s = strings.TrimSpace(s)
	outside, inside := s, ""
	for _, pair := range [...]string{"<>", "()"} {
		i, j := strings.IndexByte(s, pair[0]), strings.LastIndexByte(s, pair[1])
		if i >= 0 && j > i {
			outside, inside = strings.TrimSpace(s[:i]+s[j+1:]), strings.TrimSpace(s[i+1:j])
			break
		}
	}
	switch {
	case isMail(outside):
		return person(inside, outside, "")
	case isMail(inside):
		return person(outside, inside, "")
	case strings.HasPrefix(inside, "http"):
		return person(outside, "", inside)
	}
	return person(s, "", "")
}

// isMail reports whether s is an address and nothing else.
func isMail(s string) bool {
	s = strings.TrimPrefix(s, "mailto:")
	at := strings.IndexByte(s, '@')
	return at > 0 && at < len(s)-1 && !strings.ContainsAny(s, " \t\n<>(),;\"") && strings.Count(s, "@") == 1
}

// person makes a person of raw parts. Who has no name is named by the local
// part of a mail address, else by the host of a page.
func person(name, mail, uri string) feed.Person {
	p := feed.Person{Name: markup.Title(strings.Trim(name, "\" \t\n"))}
	if mail = strings.TrimPrefix(strings.TrimSpace(mail), "mailto:"); isMail(mail) && len(mail) <= 254 {
		p.Email = markup.Chars(mail)
	}
	p.URI = markup.URL(uri, nil)
	if isMail(p.Name) {
		if p.Email == "" {
			p.Email = p.Name
		}
		p.Name = ""
	}
	if p.Name == "" && p.Email != "" {
		p.Name, _, _ = strings.Cut(p.Email, "@")
	}
	if u := absolute(p.URI); p.Name == "" && u != nil {
		p.Name = strings.TrimPrefix(u.Host, "www.")
	}
	return p
}

// appendPerson adds a person who is somebody and not yet there.
func appendPerson(list []feed.Person, p feed.Person) []feed.Person {
	if nobody(p.Name) || len(list) >= feed.MaxPersons {
		return list
	}
	for _, q := range list {
		if q.Name == p.Name && (q.Email == p.Email || p.Email == "") {
			return list
		}
	}
	return append(list, p)
}

// appendPersons adds those of several people.
func appendPersons(list, more []feed.Person) []feed.Person {
	for _, p := range more {
		list = appendPerson(list, p)
	}
	return list
}

// nobody reports whether a name is what software writes where it knows none.
func nobody(name string) bool {
	switch feed.Fold(name) {
	case "", "admin", "administrator", "root", "unknown", "unknown author", "author", "user", "default",
		"noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "nobody", "none", "null",
		"undefined", "n/a", "webmaster", "anonymous":
		return true
	}
	return false
}
