package publisher_test

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"

	"weir/feed"
	"weir/feed/markup"
	"weir/publisher"
)

// meaning is what an entry of a set is to say in every format, as far as it
// depends on the entry alone.
type meaning struct {
	said
	// untitled says that the title is made up of what the source is called.
	untitled bool
	// title is what the heading ends in.
	prefixed, excerpt bool
	// words is the text of the body where the brief is made of it.
	words string
	// extensions are the names of all elements of the source's own.
	extensions map[strictName]bool
}

// meant works out what an entry says from what is promised of texts, dates and
// addresses, without the publisher.
func meant(e *feed.Entry, ch *publisher.Channel) meaning {
	var m meaning
	m.id = legal(e.ID)
	m.published = cmp.Or(year(e.Published), year(e.Place), year(e.FirstSeen), year(e.Updated))
	if m.updated = year(e.Updated); m.updated.Before(m.published) {
		m.updated = m.published
	}
	m.link = webAddress(e.Link)
	if e.Source() == "articles" {
		m.link = options().Site.URL + "e/" + e.Slug + "/"
	}
	m.html, m.excerpt = legal(e.HTML), e.Excerpt
	if full := legal(e.Full); full != "" {
		m.html, m.excerpt = full, false
	}
	m.html = strings.ReplaceAll(m.html, "\ufffd", "")
	m.brief = strings.ReplaceAll(legal(e.Summary), "\ufffd", "")
	m.words = markup.Text(m.html)
	if ch.Summaries && (m.brief != "" || m.words != "") {
		m.html, m.excerpt = "", false
	}
	m.title = strings.TrimSpace(legal(e.Title))
	if m.untitled = m.title == ""; m.untitled && m.brief == "" && m.words == "" {
		m.title, m.untitled = m.link, m.link == ""
	} else if m.untitled {
		m.untitled = false
	}
	m.prefixed = ch.TitlePrefix != "" && (m.title != "" || m.untitled)
	for _, a := range e.Attachments {
		if address := webAddress(a.URL); address != "" {
			m.files = append(m.files, address)
		}
	}
	m.extensions = make(map[strictName]bool)
	m.extend(e.Extensions)
	return m
}

func (m *meaning) extend(list []feed.Extension) {
	for i := range list {
		m.extensions[strictName{legal(list[i].Space), legal(list[i].Name)}] = true
		m.extend(list[i].Children)
	}
}

// holds compares what a format says with what was meant.
func (m *meaning) holds(format string, s *said) error {
	switch {
	case strings.TrimSpace(s.id) != strings.TrimSpace(m.id):
		return fmt.Errorf("id %q; want %q", s.id, m.id)
	case m.untitled && s.title == "", !m.untitled && !m.prefixed && s.title != m.title, m.prefixed && !strings.HasSuffix(s.title, m.title):
		return fmt.Errorf("title %q; want %q", s.title, m.title)
	case s.link != m.link:
		return fmt.Errorf("link %q; want %q", s.link, m.link)
	}
	if err := m.dates(format, s); err != nil {
		return err
	}
	for _, f := range m.files {
		if !slices.Contains(s.shown, f) {
			return fmt.Errorf("the file %s is not there: %q", f, s.shown)
		}
	}
	for _, f := range s.foreign {
		if !m.extensions[f] {
			return fmt.Errorf("nobody said {%s}%s", f.space, f.name)
		}
	}
	want := m.files
	if format == "rss.xml" {
		want = want[:min(len(want), 1)]
	}
	if !slices.Equal(s.files, want) {
		return fmt.Errorf("files %q; want %q", s.files, want)
	}
	return m.body(format, s)
}

func (m *meaning) dates(format string, s *said) error {
	published, updated := m.published, m.updated
	switch {
	case format == "rss.xml":
		published = published.Truncate(time.Second)
		fallthrough
	case format == "feed.json":
		if !m.updated.After(m.published) {
			updated = time.Time{}
		}
	}
	if !s.published.Equal(published) || !s.updated.Equal(updated) {
		return fmt.Errorf("dates %v, %v; want %v, %v", s.published, s.updated, published, updated)
	}
	return nil
}

// body compares the text and what stands for it.
func (m *meaning) body(format string, s *said) error {
	body, brief := s.html, s.brief
	switch {
	case format == "rss.xml" && m.html != "" && (m.excerpt || m.brief == "" && m.words == ""):
		body, brief = brief, body // the description is the body
	case format == "rss.xml":
		brief = html.UnescapeString(brief)
	case format == "atom.xml" && m.html == "" && body != "":
		body, brief = "", html.UnescapeString(body)
	}
	switch {
	case body != m.html:
		return fmt.Errorf("body %q; want %q", body, m.html)
	case brief != "" && !m.allows(brief, s.title), brief == "" && m.html == "" && format != "rss.xml":
		return fmt.Errorf("summary %q; want %q, or of %q", brief, m.brief, m.words)
	case brief == "" && m.brief != "" && !m.excerpt:
		return fmt.Errorf("no summary; want %q", m.brief)
	}
	return nil
}

// allows reports whether a text may stand for the body: the source's own
// summary, else the beginning of the text, else the title.
func (m *meaning) allows(brief, title string) bool {
	switch {
	case m.brief != "":
		return brief == m.brief
	case m.words != "":
		cut, short := strings.CutSuffix(brief, "…")
		return brief == m.words || short && cut != "" && strings.HasPrefix(m.words, cut)
	}
	return brief == m.title || m.untitled && strings.HasSuffix(title, brief)
}

// legal is a text as every format can carry it (XD01, XD15).
func legal(s string) string {
	var b strings.Builder
	for _, r := range s { // what is no UTF-8 comes as U+FFFD
		switch {
		case r < 0x20 && r != '\t' && r != '\n' && r != '\r', r == 0xfffe, r == 0xffff:
			continue
		case r >= 0x80 && r < 0xa0:
			if r = charmap.Windows1252.DecodeByte(byte(r)); r < 0xa0 {
				continue
			}
		}
		b.WriteRune(r)
	}
	return lineEnds(b.String())
}

// year moves a date into the years that can be written.
func year(t time.Time) time.Time {
	last := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	switch {
	case t.UTC().Year() < 1 || t.Truncate(time.Second).IsZero():
		return time.Time{}
	case t.UTC().Year() > 9999:
		return last
	}
	return t.UTC()
}

// webAddress is an address as it is published: what the cleaner makes of it,
// with nothing in its path that an address cannot have.
func webAddress(s string) string {
	s = markup.URL(legal(s), nil)
	scheme, rest, _ := strings.Cut(s, "://")
	slash := strings.IndexAny(rest, "/?#")
	if slash < 0 {
		return s
	}
	path := rest[slash:]
	for _, c := range "[]{}|\\^`<>\" " {
		path = strings.ReplaceAll(path, string(c), fmt.Sprintf("%%%02X", c))
	}
	return scheme + "://" + rest[:slash] + path
}
