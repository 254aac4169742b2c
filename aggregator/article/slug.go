package article

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/gosimple/slug"

	"weir/feed"
)

// setSlug takes over an explicit slug. It is never mended in silence: it is
// the article's public address, and its author believes it to be as written
// (XJ04).
func (m *manuscript) setSlug(f field) {
	s := strings.TrimSpace(f.value.text)
	switch {
	case f.value.kind != kindText && f.value.kind != kindNumber:
		m.fail(f.value.line, "%s must be text, not %s", f.key, f.value.kind)
	case feed.ValidSlug(s):
		m.slug, m.slugLine = s, f.value.line
	default:
		m.fail(f.value.line, "%s %q is not made of a-z, 0-9 and inner hyphens, at most %d%s",
			f.key, clip(s, 100), feed.MaxSlug, suggestion(s))
	}
}

// suggestion is the valid slug nearest to what was written.
func suggestion(s string) string {
	if valid := slugOf(s); valid != "" {
		return ": " + valid + " would do"
	}
	return ""
}

// setAddress takes the slug from a permalink: the last segment of its path.
// One with placeholders says nothing about this article.
func (m *manuscript) setAddress(f field) {
	if f.value.kind == kindBool && f.value.text == "false" {
		// Eleventy writes no page then.
		m.draft = true
		return
	}
	if m.slug != "" || f.value.kind != kindText || strings.ContainsAny(f.value.text, ":{}") && !strings.Contains(f.value.text, "://") {
		return
	}
	u, err := url.Parse(strings.TrimSpace(f.value.text))
	if err != nil {
		m.fail(f.value.line, "%s is not an address: %v", f.key, err)
		return
	}
	last := path.Base(path.Clean("/" + u.Path))
	if last = strings.TrimSuffix(last, path.Ext(last)); last == "/" || last == "" || last == "index" {
		return
	}
	m.setSlug(field{f.key, f.line, value{kind: kindText, line: f.value.line, text: last}})
}

// setID takes over an id of the author's own, which survives even a new slug.
func (m *manuscript) setID(f field) {
	switch {
	case !f.value.scalar():
		m.fail(f.value.line, "%s must be text, not %s", f.key, f.value.kind)
	case m.id == "":
		m.id, m.idLine = plain(f.value.text, maxTerm), f.value.line
	}
}

// slugOf makes a slug of a name or a title; nothing when over a third of the
// letters would be lost, because what is left would name something else.
func slugOf(s string) string {
	made := slug.Make(clip(s, 4*feed.MaxSlug))
	if len(made) > feed.MaxSlug {
		made = made[:feed.MaxSlug]
		if i := strings.LastIndexByte(made, '-'); i > feed.MaxSlug/2 {
			made = made[:i]
		}
	}
	made = strings.Trim(strings.Map(slugRune, made), "-")
	letters := 0
	for _, r := range clip(s, feed.MaxSlug) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters++
		}
	}
	if !feed.ValidSlug(made) || 3*len(strings.ReplaceAll(made, "-", "")) < 2*letters {
		return ""
	}
	return made
}

func slugRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return '-'
}

// nameOf splits a file's name into the date and the words in it; index files
// are named by their folder.
func nameOf(file string, zone *time.Location) (words string, date time.Time) {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if first, lang := indexOf(name); first {
		if dir := path.Base(path.Dir(file)); dir != "." {
			name = dir
		}
		if lang != "" {
			name += "-" + lang
		}
	}
	if len(name) >= 10 && name[4] == '-' && name[7] == '-' {
		if t, err := parseTime(name[:10], zone); err == nil {
			return strings.TrimLeft(name[10:], "-_ ."), t
		}
	}
	return name, time.Time{}
}

// indexOf reports whether a bundle is named by its folder, and the language
// that its name states: index.md, index.de.md.
func indexOf(name string) (index bool, lang string) {
	name, lang, _ = strings.Cut(name, ".")
	return name == "index" && (lang == "" || validLanguage(lang)), lang
}

// isJekyll reports whether the file is one of Jekyll's: it lies in a folder of
// its posts or drafts, or is named by date and has a layout.
func (m *manuscript) isJekyll(layout bool) bool {
	_, date := nameOf(m.file, m.zone)
	return layout && !date.IsZero() || within(m.file, "_posts") || within(m.file, "_drafts")
}

// within reports whether a file lies in a folder of the name.
func within(file, folder string) bool {
	return strings.HasPrefix(file, folder+"/") || strings.Contains(file, "/"+folder+"/")
}

// only is text that matters where a file holds several articles.
func (m *manuscript) only(text string) string {
	if m.shared {
		return "\x00" + text
	}
	return ""
}

// settle decides slug, id and date where the text left them open.
func (m *manuscript) settle() {
	words, date := nameOf(m.file, m.zone)
	if m.published.IsZero() {
		m.published = feed.Micro(date)
	}
	if index, lang := indexOf(strings.TrimSuffix(path.Base(m.file), path.Ext(m.file))); index && m.Language == "" {
		m.Language = lang
	}
	if m.shared {
		words = ""
	}
	for i, from := range [...]string{words, m.Title} {
		if m.slug == "" && from != "" {
			m.slug, m.slugFrom = slugOf(from), [...]feed.SlugOrigin{feed.SlugFile, feed.SlugTitle}[i]
		}
	}
	if m.slug == "" {
		// Names of which no letter survives still need an address that stays.
		sum := sha256.Sum256([]byte(m.id + "\x00" + m.file + m.only(m.Title)))
		m.slug, m.slugFrom = "entry-"+hex.EncodeToString(sum[:6]), feed.SlugKey
	}
	if m.id == "" {
		m.id = m.slug
	}
}
