package article

import (
	"mime"
	"path"
	"strconv"
	"strings"
	"time"

	"weir/feed"
)

// setTags takes over tags: a list, or text with commas. Keywords, which are
// written for search engines, count only where there are no tags.
func (m *manuscript) setTags(w word, f field) {
	if w == wordKeywords && len(m.Tags) > 0 {
		return
	}
	var terms []string
	switch {
	case f.value.kind == kindList:
		for _, v := range f.value.items {
			if v.kind == kindList || v.kind == kindMap {
				m.fail(v.line, "%s must be words, not %s", f.key, v.kind)
				return
			}
			terms = append(terms, v.text)
		}
	case f.value.scalar():
		terms = strings.Split(f.value.text, ",")
		if len(terms) == 1 && m.jekyll {
			terms = strings.Fields(f.value.text)
		}
	default:
		m.fail(f.value.line, "%s must be a list of words, not %s", f.key, f.value.kind)
		return
	}
	for _, t := range terms {
		if m.Tags = addTag(m.Tags, strings.TrimPrefix(strings.TrimSpace(t), "#")); len(m.Tags) == feed.MaxTags {
			m.warn(f.line, "more than %d tags; the rest is left out", feed.MaxTags)
			return
		}
	}
}

// addTag adds a term unless it is there already, in whatever case.
func addTag(tags []feed.Tag, term string) []feed.Tag {
	if term = plain(term, maxTerm); term == "" {
		return tags
	}
	for _, t := range tags {
		if feed.Fold(t.Term) == feed.Fold(term) {
			return tags
		}
	}
	return append(tags, feed.Tag{Term: term})
}

// setAddresses takes over fields that name another document or file.
func (m *manuscript) setAddresses(w word, f field) {
	switch w {
	case wordImage:
		if m.Image == "" {
			m.Image = m.address(f, "image", "url", "src", "path", "file", "filename", "feature", "relative")
		}
	case wordCanonical:
		if href := m.address(f, "url"); href != "" && !m.has("canonical") {
			m.Links = append(m.Links, feed.Link{Rel: "canonical", Href: href})
		}
	case wordExternal:
		if m.External == "" {
			m.External = m.address(f, "url")
		}
	case wordEnclosure:
		m.setEnclosures(f)
	}
}

// has reports whether there is a link of the relation.
func (m *manuscript) has(rel string) bool {
	for _, l := range m.Links {
		if l.Rel == rel {
			return true
		}
	}
	return false
}

// address reads an address that stands alone, first in a list, or in a map
// under one of the keys.
func (m *manuscript) address(f field, keys ...string) string {
	v := f.value
	if v.kind == kindList && len(v.items) > 0 {
		v = v.items[0]
	}
	if v.kind == kindMap {
		for _, key := range keys {
			for _, g := range v.fields {
				if foldKey(g.key) == key && g.value.kind == kindText {
					return clip(strings.TrimSpace(g.value.text), feed.MaxURL)
				}
			}
		}
		return ""
	}
	if v.kind != kindText {
		m.fail(v.line, "%s must be an address, not %s", f.key, v.kind)
		return ""
	}
	return clip(strings.TrimSpace(v.text), feed.MaxURL)
}

// setEnclosures takes over recordings and other files that belong to the
// article: an address, a map, or a list of either.
func (m *manuscript) setEnclosures(f field) {
	list := f.value.items
	if f.value.kind != kindList {
		list = []value{f.value}
	}
	for _, v := range list {
		if len(m.Attachments) == feed.MaxAttachments {
			m.warn(v.line, "%s: more than %d files; the rest is left out", f.key, feed.MaxAttachments)
			return
		}
		a := feed.Attachment{URL: m.address(field{f.key, f.line, v}, "url", "src", "file", "path", "href", "audio", "video", "enclosure")}
		for _, g := range v.fields {
			m.setEnclosure(&a, f.key, g)
		}
		if a.URL == "" {
			m.fail(v.line, "%s has no url", f.key)
			continue
		}
		if a.Type == "" {
			a.Type = typeOf(a.URL)
		}
		m.Attachments = append(m.Attachments, a)
	}
}

func (m *manuscript) setEnclosure(a *feed.Attachment, key string, g field) {
	if g.value.empty() {
		return
	}
	g.key = key + "." + g.key
	switch foldKey(strings.TrimPrefix(g.key, key+".")) {
	case "type", "mime", "mimetype":
		kind, _, err := mime.ParseMediaType(g.value.text)
		if err != nil || !strings.Contains(kind, "/") {
			m.fail(g.value.line, "%s must be a media type like audio/mpeg", g.key)
			return
		}
		a.Type = kind
	case "length", "size", "bytes":
		n, err := strconv.ParseInt(g.value.text, 10, 64)
		if err != nil || n < 0 {
			m.fail(g.value.line, "%s must be a number of bytes", g.key)
			return
		}
		a.Length = n
	case "title", "name":
		m.setText(&a.Title, g, feed.MaxTitle)
	case "duration":
		d, ok := parseDuration(g.value.text)
		if !ok {
			m.fail(g.value.line, "%s must be seconds, mm:ss, hh:mm:ss or 1h2m3s", g.key)
			return
		}
		a.Duration = d
	}
}

// parseDuration reads a playing time.
func parseDuration(s string) (time.Duration, bool) {
	const most = 30 * 24 * time.Hour
	if d, err := time.ParseDuration(s); err == nil {
		return d, d >= 0 && d <= most
	}
	parts := strings.Split(strings.TrimSpace(s), ":")
	if len(parts) > 3 {
		return 0, false
	}
	total := time.Duration(0)
	for _, p := range parts {
		n, err := strconv.ParseUint(p, 10, 31)
		if err != nil {
			return 0, false
		}
		total = total*60 + time.Duration(n)*time.Second
		if total > most {
			return 0, false
		}
	}
	return total, true
}

// typeOf tells the media type of a published file by its name.
func typeOf(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return assetTypes[strings.ToLower(path.Ext(address))]
}

// assetTypes are the files that are published beside an article. There is
// nothing among them that a browser would run on the site's own origin: no
// HTML, no script, and no SVG, which can carry both (XE10).
var assetTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".webp": "image/webp", ".avif": "image/avif",
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac", ".ogg": "audio/ogg", ".oga": "audio/ogg",
	".opus": "audio/ogg", ".flac": "audio/flac", ".wav": "audio/wav",
	".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".ogv": "video/ogg",
	".vtt": "text/vtt", ".srt": "application/x-subrip",
	".pdf": "application/pdf", ".epub": "application/epub+zip", ".csv": "text/csv", ".json": "application/json",
	".zip": "application/zip", ".gz": "application/gzip",
}
