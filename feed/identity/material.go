package identity

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
)

// Material returns a hash of what a reader would call the story: title, link,
// text with the addresses in it, attachments, authors and tags. It does not
// see white space, mark-up, counters ("12 comments"), the order of tags, nor
// schemes, queries and fragments of addresses, which change without anybody
// having edited anything (I16). It is never 0.
func Material(c *feed.Content) uint64 {
	var sum xxhash.Digest
	sum.Reset()
	var space [materialBuffer]byte
	m := material{sum: &sum, out: space[:0]}
	link := Canonical(c.Link)
	if link == "" {
		link = page(c.Link)
	}
	m.fields(c)
	m.number(fingerprint(link))
	m.number(fingerprint(page(c.Image)))
	var people, tags uint64
	for i := range c.Authors {
		people += fingerprint(feed.Fold(c.Authors[i].Name))
	}
	for i := range c.Tags {
		tags += fingerprint(feed.Fold(c.Tags[i].Term))
	}
	m.number(people)
	m.number(tags)
	m.flush()
	return max(sum.Sum64(), 1)
}

// appendContent appends what keys of kind content are made of: the story in
// the same normalised form, without what is said about it.
func appendContent(b []byte, c *feed.Content) []byte {
	m := material{out: b}
	m.fields(c)
	return m.out
}

// materialBuffer is how much is gathered before it is hashed.
const materialBuffer = 1024

// material writes the normalised form of a story to out, and from there to sum
// if there is one. It is a visitor of bodies.
type material struct {
	sum *xxhash.Digest
	out []byte
	// word is where in out the word being read begins; before is the kind of
	// the one before it, and start where that one begins.
	word, start int
	before      wordKind
	// refs hashes the addresses in the text, in order.
	refs uint64
}

func (m *material) fields(c *feed.Content) {
	m.field(c.Title, false)
	m.field(c.Summary, false)
	m.field(c.HTML, true)
	for i := range c.Attachments {
		m.number(fingerprint(page(c.Attachments[i].URL)))
	}
	m.number(m.refs)
}

// field writes one text and ends it.
func (m *material) field(s string, markup bool) {
	m.word, m.before = len(m.out), otherWord
	if markup {
		walk(s, m)
	} else {
		m.text(s)
	}
	m.endWord()
	m.number(0)
}

func (m *material) number(n uint64) {
	m.out = binary.LittleEndian.AppendUint64(m.out, n)
	m.word, m.before = len(m.out), otherWord
}

func (m *material) tag(t tag) {
	if !inline(t.name) {
		m.endWord()
	}
	if t.end {
		return
	}
	name := ""
	switch t.name {
	case "a":
		name = "href"
	case "img", "audio", "video", "source", "iframe":
		name = "src"
	default:
		return
	}
	m.refs = mix(m.refs^fingerprint(page(t.attribute(name))), prime1)
}

func (m *material) text(s string) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' {
			m.endWord()
			continue
		}
		if c < utf8.RuneSelf {
			m.out = append(m.out, c)
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r):
			m.endWord()
		case r >= 0x200b && r <= 0x200d, r == 0xfeff, r == 0xad:
		default:
			m.out = append(m.out, s[i:i+n]...)
		}
		i += n - 1
	}
}

// endWord ends the word being read; a number beside a counter's name is taken
// back.
func (m *material) endWord() {
	if len(m.out) == m.word {
		return
	}
	word := m.out[m.word:]
	kind := kindOf(word)
	switch {
	case kind == numberWord && (m.before == colonWord || m.before == counterWord && (word[0] == '(' || word[0] == '[')):
		m.out = m.out[:m.word]
		m.before = otherWord
		return
	case m.before == numberWord && (kind == counterWord || kind == colonWord):
		m.out = append(m.out[:m.start], word...)
		kind = otherWord
	}
	m.out = append(m.out, ' ')
	m.start, m.before = m.word, kind
	m.word = len(m.out)
	if kind != numberWord && m.word > materialBuffer/2 {
		m.flush()
	}
}

// flush hashes what was gathered.
func (m *material) flush() {
	if m.sum == nil {
		return
	}
	_, _ = m.sum.Write(m.out) // a digest never fails
	m.out = m.out[:0]
	m.word = 0
}

// wordKind tells numbers and the names of counters from other words.
type wordKind uint8

const (
	otherWord wordKind = iota
	numberWord
	counterWord
	colonWord // a counter's name that announces its number
)

func kindOf(word []byte) wordKind {
	const longest = len("(retweets):")
	if len(word) > longest {
		return otherWord
	}
	from, to := 0, len(word)
	for from < to && !alphanumeric(word[from]) {
		from++
	}
	for to > from && !alphanumeric(word[to-1]) {
		to--
	}
	core := word[from:to]
	if len(core) == 0 {
		return otherWord
	}
	if isDigit(core[0]) {
		for _, c := range core {
			if !isDigit(c) && c != '.' && c != ',' && c|0x20 != 'k' {
				return otherWord
			}
		}
		return numberWord
	}
	if !counter(core) {
		return otherWord
	}
	if word[len(word)-1] == ':' {
		return colonWord
	}
	return counterWord
}

// counter reports whether a word names what pages count about a story.
func counter(word []byte) bool {
	var lower [len("retweets")]byte
	if len(word) > len(lower) {
		return false
	}
	for i, c := range word {
		lower[i] = c | 0x20
	}
	switch string(lower[:len(word)]) {
	case "comment", "comments", "views", "likes", "points", "votes", "shares", "replies", "boosts", "reads", "claps",
		"retweets", "upvotes":
		return true
	}
	return false
}

func alphanumeric(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// page returns an address without what changes while the page does not.
func page(link string) string {
	link, _, _ = strings.Cut(link, "#")
	link, _, _ = strings.Cut(link, "?")
	if i := strings.Index(link, "://"); i >= 0 {
		link = link[i+3:]
	}
	return link
}
