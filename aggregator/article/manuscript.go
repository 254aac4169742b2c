package article

import (
	"fmt"
	"html"
	"strings"
	"time"
	"unicode/utf8"

	"weir/feed"
	"weir/feed/markup"
)

// manuscript is what one file says, before it has a place among the others:
// addresses are as the author wrote them and HTML is not yet clean.
type manuscript struct {
	feed.Content
	file string
	zone *time.Location
	// shared says that the file holds other articles too, so that its name is
	// not this one's.
	shared bool

	// slug is where the article is published, slugLine the line that says so;
	// 0 when the file's name or the title does.
	slug     string
	slugLine int
	slugFrom feed.SlugOrigin
	id       string
	idLine   int

	published, updated, release, expires time.Time

	draft bool
	// liquid says that {{ }} is code of another tool, jekyll that words in
	// lists of tags are separated by spaces; separator ends the summary.
	liquid, jekyll bool
	separator      string
	// bio belongs to the first author who has none.
	bio string
	// refs are the local files that the article points at, each once.
	refs []string

	problems []Problem
	failed   bool
}

// fail reports what keeps the article from being published.
func (m *manuscript) fail(line int, format string, args ...any) {
	m.failed = true
	m.problems = append(m.problems, Problem{File: m.file, Line: line, Text: fmt.Sprintf(format, args...)})
}

// warn reports what does not.
func (m *manuscript) warn(line int, format string, args ...any) {
	m.problems = append(m.problems, Problem{File: m.file, Line: line, Text: fmt.Sprintf(format, args...), Warning: true})
}

// due is when the article may be published.
func (m *manuscript) due() time.Time {
	if m.release.After(m.published) {
		return m.release
	}
	return m.published
}

// apply takes over what the fields say. Reporting unknown keys is for front
// matter, where a person chose them.
func (m *manuscript) apply(fields []field, strict bool) {
	known := make(map[string]field, len(fields))
	take := func(list []field, strict bool) {
		for _, f := range list {
			key := foldKey(f.key)
			if miss := ""; strict {
				if miss = nearMiss(key); miss != "" {
					m.warn(f.line, "unknown key %q: did you mean %q?", clip(f.key, 40), miss)
				}
			}
			if _, ok := known[key]; !ok {
				known[key] = f
			}
			m.liquid = m.liquid || key == "layout" || key == "templateengineoverride" || strings.HasPrefix(key, "eleventy")
		}
	}
	take(fields, strict)
	for _, group := range [...]string{"params", "extra", "taxonomies"} {
		take(known[group].value.fields, false)
	}
	m.jekyll = m.jekyll || m.isJekyll(known["layout"].key != "")
	for _, v := range vocabulary {
		if f, ok := known[v.key]; ok && !f.value.empty() {
			m.set(v.word, f)
		}
	}
}

// set takes over one field. What an earlier one of the same meaning said
// stays.
func (m *manuscript) set(w word, f field) {
	switch w {
	case wordTitle:
		m.setText(&m.Title, f, feed.MaxTitle)
	case wordSlug:
		m.setSlug(f)
	case wordAddress:
		m.setAddress(f)
	case wordID:
		m.setID(f)
	case wordSummary:
		m.setText(&m.Summary, f, maxSummary)
	case wordDate:
		m.setTime(&m.published, f)
	case wordRelease:
		m.setRelease(f)
	case wordUpdated:
		m.setTime(&m.updated, f)
	case wordExpires:
		m.setTime(&m.expires, f)
	case wordDraft:
		m.draft = m.truth(f) || m.draft
	case wordSeparator:
		m.separator = strings.TrimSpace(f.value.text)
	case wordPublish:
		m.setPublish(f)
	case wordBio:
		m.setText(&m.bio, f, maxSummary)
	case wordLanguage:
		m.setLanguage(f)
	case wordRights:
		m.setText(&m.Rights, f, feed.MaxTitle)
	case wordAuthors, wordAuthorEmail, wordAuthorURL:
		m.setAuthors(w, f)
	case wordTags, wordKeywords:
		m.setTags(w, f)
	case wordImage, wordCanonical, wordExternal, wordEnclosure:
		m.setAddresses(w, f)
	}
}

// setText takes over plain text: markup in it is not markup.
func (m *manuscript) setText(to *string, f field, limit int) {
	if !f.value.scalar() {
		m.fail(f.value.line, "%s must be text, not %s", f.key, f.value.kind)
	} else if *to == "" {
		*to = plain(f.value.text, limit)
	}
}

// truth reads a yes or no, in the spellings of YAML 1.1 too.
func (m *manuscript) truth(f field) bool {
	switch strings.ToLower(f.value.text) {
	case "true", "yes", "on", "1":
		return true
	case "false", "no", "off", "0":
		return false
	}
	m.fail(f.value.line, "%s must be true or false", f.key)
	return false
}

// setPublish reads published, which says yes or no in one tool and when in
// another.
func (m *manuscript) setPublish(f field) {
	switch strings.ToLower(f.value.text) {
	case "true", "yes", "on", "false", "no", "off":
		m.draft = !m.truth(f) || m.draft
		return
	}
	m.setTime(&m.published, f)
}

// setRelease reads publishDate: from when on the article may be seen, and its
// date when it states no other.
func (m *manuscript) setRelease(f field) {
	m.setTime(&m.release, f)
	if m.published.IsZero() {
		m.published = m.release
	}
}

func (m *manuscript) setTime(to *time.Time, f field) {
	if !f.value.scalar() {
		m.fail(f.value.line, "%s must be a date, not %s", f.key, f.value.kind)
		return
	}
	if fileTime(f.value.text) {
		return
	}
	t, err := parseTime(f.value.text, m.zone)
	if err != nil {
		m.fail(f.value.line, "%s: %v", f.key, err)
	} else if to.IsZero() {
		*to = feed.Micro(t)
	}
}

// setLanguage takes over a BCP 47 tag, also with an underscore.
func (m *manuscript) setLanguage(f field) {
	tag := strings.ReplaceAll(strings.TrimSpace(f.value.text), "_", "-")
	if !validLanguage(tag) {
		m.fail(f.value.line, "%s must be a language tag like en or pt-BR", f.key)
	} else if m.Language == "" {
		m.Language = tag
	}
}

// validLanguage checks the shape of a tag (RFC 5646 §2.1), not its registry.
func validLanguage(tag string) bool {
	first, rest, _ := strings.Cut(tag, "-")
	if len(first) < 2 || len(first) > 8 || len(tag) > 35 || strings.ContainsAny(first, "0123456789") {
		return false
	}
	for part := range strings.SplitSeq(first+"-"+rest, "-") {
		if len(part) > 8 || part == "" && rest != "" {
			return false
		}
		for _, c := range []byte(part) {
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

// plain makes one line of text that is not markup, of at most limit bytes.
func plain(s string, limit int) string {
	if limit <= feed.MaxTitle {
		return clip(markup.Title(html.EscapeString(s)), limit)
	}
	return clip(markup.Text(html.EscapeString(s)), limit)
}

// clip cuts s to at most limit bytes, between characters.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strings.TrimSpace(s[:limit])
}
