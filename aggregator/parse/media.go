package parse

import (
	"strconv"
	"strings"
	"time"

	"weir/feed"
	"weir/feed/markup"
)

// media gathers an item's files and pictures from wherever a feed puts them:
// enclosures, Media RSS and the podcast namespaces.
type media struct {
	base        bases
	attachments []feed.Attachment
	// image is the best picture so far, rank how good its place is.
	image string
	rank  int
	// text is Media RSS's description, for items that have no other.
	text     string
	duration time.Duration
}

// The places of a picture, the better the higher.
const (
	rankEnclosure = iota + 1
	rankContent
	rankThumbnail
	rankImage
)

func (m *media) picture(raw string, rank int) {
	if rank <= m.rank || raw == "" {
		return
	}
	if u := markup.URL(raw, m.base.forLink()); u != "" {
		m.image, m.rank = u, rank
	}
}

// attach adds a file unless its address is already there; what is known of
// it twice is put together.
func (m *media) attach(a feed.Attachment) {
	if a.URL = markup.URL(a.URL, m.base.forLink()); a.URL == "" {
		return
	}
	a.Type = mediaType(a.Type)
	for i := range m.attachments {
		if b := &m.attachments[i]; b.URL == a.URL {
			b.Type, b.Title = or(b.Type, a.Type), or(b.Title, a.Title)
			b.Length, b.Duration = max(b.Length, a.Length), max(b.Duration, a.Duration)
			return
		}
	}
	if len(m.attachments) < feed.MaxAttachments {
		m.attachments = append(m.attachments, a)
	}
	if strings.HasPrefix(a.Type, "image/") {
		m.picture(a.URL, rankEnclosure)
	}
}

// finish gives the stated duration to the first file that can have one.
func (m *media) finish() []feed.Attachment {
	for i := range m.attachments {
		a := &m.attachments[i]
		if m.duration > 0 && a.Duration == 0 && !strings.HasPrefix(a.Type, "image/") {
			a.Duration = m.duration
			break
		}
	}
	return m.attachments
}

// element takes what a foreign element says of files and pictures.
func (m *media) element(d *document, n node, in scope) {
	switch n.vocab {
	case vocabMedia:
		m.mediaElement(d, n, in, 0)
	case vocabITunes:
		switch n.word {
		case "image":
			m.picture(or(d.attr(n.tag, "href"), d.textOf(n, maxID)), rankImage)
		case "duration":
			m.duration = parseDuration(d.textOf(n, maxDate))
		}
	case vocabPodcast:
		if n.word == "image" {
			m.picture(d.attr(n.tag, "href"), rankThumbnail)
		}
	}
}

func (m *media) mediaElement(d *document, n node, in scope, depth int) {
	switch n.word {
	case "group":
		m.children(d, n, in, depth)
	case "content":
		url, typ, medium := d.attr(n.tag, "url"), d.attr(n.tag, "type"), d.attr(n.tag, "medium")
		if medium == "image" || strings.HasPrefix(typ, "image/") || typ == "" && medium == "" && picture(url) {
			m.picture(url, rankContent)
		} else if typ != "" || medium == "audio" || medium == "video" {
			m.attach(feed.Attachment{
				URL: url, Type: or(typ, generic(medium)), Length: parseLength(d.attr(n.tag, "filesize")),
				Duration: parseDuration(d.attr(n.tag, "duration")),
			})
		}
		m.children(d, n, in, depth)
	case "thumbnail":
		m.picture(or(d.attr(n.tag, "url"), d.textOf(n, maxID)), rankThumbnail)
	case "description":
		if m.text == "" {
			m.text = d.textOf(n, maxContent)
		}
	}
}

func (m *media) children(d *document, n node, in scope, depth int) {
	if depth > 2 {
		return
	}
	o := d.walk(n.inner, in)
	for c, ok := o.next(); ok; c, ok = o.next() {
		if c.vocab == vocabMedia {
			m.mediaElement(d, c, o.in, depth+1)
		}
	}
}

// picture reports whether an address of no stated type ends like a picture's.
func picture(address string) bool {
	address, _, _ = strings.Cut(strings.ToLower(address), "?")
	for _, end := range [...]string{".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"} {
		if strings.HasSuffix(address, end) {
			return true
		}
	}
	return false
}

// generic stands for a type that only a medium is known of.
func generic(medium string) string {
	switch medium {
	case "audio":
		return "audio/mpeg"
	case "video":
		return "video/mp4"
	}
	return ""
}

// mediaType returns a media type in lower case, without parameters, or
// nothing if it is none.
func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	s = strings.ToLower(strings.TrimSpace(s))
	i := strings.IndexByte(s, '/')
	if i <= 0 || i == len(s)-1 || len(s) > 100 {
		return ""
	}
	for _, c := range []byte(s) {
		if c != '/' && c != '+' && c != '-' && c != '.' && c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return ""
		}
	}
	return s
}

// parseLength reads a size in bytes; what is none is 0 (XE21).
func parseLength(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// parseDuration reads [[hh:]mm:]ss or seconds with a fraction; at most a year.
func parseDuration(s string) time.Duration {
	if len(s) > maxDate {
		return 0
	}
	var total float64
	for _, part := range strings.Split(strings.TrimSpace(s), ":") {
		n, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(n >= 0 && n < 1e8) {
			return 0
		}
		total = total*60 + n
	}
	if total > 366*24*3600 {
		return 0
	}
	return time.Duration(total * float64(time.Second)).Round(time.Millisecond)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
