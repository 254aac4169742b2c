package publisher

import (
	"slices"
	"strings"

	"weir/feed/markup"
)

// tidy brings an element of a namespace of the table to what its vocabulary
// allows, and reports whether it may stand: a value that no program can read is
// passed on nowhere (R8, R18, M1). Elements that validators do not know stand in
// channels that ask for all.
func (e *element) tidy(all bool) bool {
	if !all && slices.Contains(e.space.rare, e.name) {
		return false
	}
	switch e.space.bit {
	case spaceITunes:
		return e.tidyPodcast()
	case spaceSlash:
		return e.name != "comments" || digits(e.text)
	case spaceWFW:
		if strings.EqualFold(e.name, "commentRss") {
			e.name, e.text = "commentRss", address(e.text)
			return e.text != ""
		}
	case spaceMedia:
		e.tidyMedia()
	}
	return true
}

// amends reports whether an element is not passed on as it came, by its text.
func (n *namespace) amends(name, text string) bool {
	e := element{space: n, name: name, text: text}
	return !e.tidy(true) || e.name != name || e.text != text
}

// Lengths that Apple's directory allows, in characters.
const (
	maxSubtitle       = 255
	maxPodcastSummary = 4000
)

func (e *element) tidyPodcast() bool {
	switch e.name {
	case "duration":
		return clock(e.text)
	case "explicit":
		switch strings.ToLower(e.text) {
		case "yes", "true", "explicit":
			e.text = "true"
		case "no", "false", "clean":
			e.text = "false"
		default:
			return false
		}
	case "subtitle":
		e.text = shorten(e.text, maxSubtitle)
	case "summary":
		e.text = shorten(e.text, maxPodcastSummary)
	case "keywords":
		if !strings.Contains(e.text, ",") {
			e.text = strings.Join(strings.Fields(e.text), ", ")
		}
	}
	return true
}

func (e *element) tidyMedia() {
	switch e.name {
	case "content":
		e.attrs = slices.DeleteFunc(e.attrs, func(a attribute) bool { return a.name == "length" })
	case "credit":
		// Without a scheme of its own a role is one of the European
		// Broadcasting Union's.
		if scheme := e.attr("scheme"); scheme != "" && scheme != "urn:ebu" {
			return
		}
		e.attrs = slices.DeleteFunc(e.attrs, func(a attribute) bool { return a.name == "role" && !roleOfCredit(a.value) })
	}
}

// roleOfCredit reports whether a role is one of those that stories name.
func roleOfCredit(role string) bool {
	return slices.Contains([]string{
		"actor", "artist", "author", "camera operator", "composer", "director", "distribution company", "editor", "illustrator",
		"interviewer", "lyricist", "performer", "photographer", "producer", "publishing company", "reporter", "singer", "translation",
	}, role)
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// clock reports whether a text is a length of time: seconds, or with minutes and
// hours before them.
func clock(s string) bool {
	parts := strings.Split(s, ":")
	for i, part := range parts {
		if !digits(part) || i > 0 && len(part) > 2 {
			return false
		}
	}
	return len(parts) <= 3
}

// address returns an address as documents carry it: http or https, and without
// the characters that an address cannot have (RFC 3986 §2; U3).
func address(raw string) string {
	clean := markup.URL(raw, nil)
	authority := strings.Index(clean, "://") + len("://")
	if clean == "" || authority < len("://") {
		return clean
	}
	path := strings.IndexAny(clean[authority:], "/?#")
	if path < 0 || !strings.ContainsAny(clean, "[]{}|\\^`<>\" ") {
		return clean
	}
	var out strings.Builder
	out.WriteString(clean[:authority+path])
	for _, c := range []byte(clean[authority+path:]) {
		if strings.IndexByte("[]{}|\\^`<>\" ", c) >= 0 {
			const hex = "0123456789ABCDEF"
			out.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}

// feedIRI reports whether an id may stand as that of a source's feed: of a scheme
// that is registered and, if that is tag:, as RFC 4151 has it. For another one
// the feed's address stands (T5).
func feedIRI(s string) bool {
	if !isIRI(s) || tellsSecret(s) {
		return false
	}
	scheme, rest, _ := strings.Cut(s, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "urn", "info", "ftp", "news", "mailto", "doi", "did", "at":
		return true
	case "tag":
		entity, specific, _ := strings.Cut(rest, ":")
		name, date, dated := strings.Cut(entity, ",")
		return dated && name != "" && specific != "" && digits(strings.ReplaceAll(date, "-", "")) && !strings.ContainsAny(name, "/:?#")
	}
	return false
}
