package config

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"weir/feed"
)

// text returns the characters of a single value, expanded and trimmed. Numbers
// and dates are taken as they are written, so that a title may be 2026.
func (w *walker) text(v value) (string, bool) {
	e, ok := w.expanded(v)
	return e.text, ok
}

// expanded is text that remembers its variables.
func (w *walker) expanded(v value) (e expansion, ok bool) {
	if v.from != "" {
		return w.checked(v, constant(v.text))
	}
	n := resolve(v.node)
	switch {
	case n.Kind != yaml.ScalarNode:
		w.addKey(v, "must be a single value, not "+kindOf(n), "")
		return e, false
	case n.Style&yaml.TaggedStyle != 0 && !strings.HasPrefix(n.Tag, "!!"):
		w.addKey(v, fmt.Sprintf("the tag %q is not known", cut(n.Tag)), "leave it out")
		return e, false
	}
	e, message, hint := expand(n.Value, w.env)
	if message != "" {
		w.add(v, message, hint)
		return e, false
	}
	return w.checked(v, e)
}

// checked refuses what no setting can hold. What came out of a variable is
// never quoted, hence only the spelling in the file is.
func (w *walker) checked(v value, e expansion) (expansion, bool) {
	e.text, e.bare, e.written = strings.TrimSpace(e.text), strings.TrimSpace(e.bare), strings.TrimSpace(e.written)
	switch text := e.text; {
	case len(text) > maxText:
		w.add(v, fmt.Sprintf("is longer than %d bytes", maxText), "")
	case !utf8.ValidString(text):
		w.addKey(v, "is not valid UTF-8", "")
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		w.addKey(v, "holds control characters", "")
	default:
		return e, true
	}
	return expansion{}, false
}

// line is text without line breaks: folded ones become blanks.
func (w *walker) line(v value) (string, bool) {
	e, ok := w.expanded(v)
	e.line()
	return e.text, ok
}

// str reads a line of text into *to.
func (s section) str(key string, to *string) {
	for _, v := range s.values(key) {
		if text, ok := s.w.line(v); ok {
			*to = text
		}
	}
}

// title is str with the length of titles.
func (s section) title(key string, to *string) {
	for _, v := range s.values(key) {
		switch text, ok := s.w.line(v); {
		case !ok:
		case len(text) > feed.MaxTitle:
			s.w.add(v, fmt.Sprintf("is longer than %d bytes", feed.MaxTitle), "")
		default:
			*to = text
		}
	}
}

// number reads a whole number between least and most into *to.
func (s section) number(key string, least, most int, to *int) {
	for _, v := range s.values(key) {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			s.w.add(v, fmt.Sprintf("must be a whole number from %d to %d", least, most), "")
			continue
		}
		*to = n
	}
}

// share reads a part of one, from least on, or off, into *to.
func (s section) share(key string, least float64, to *float64) {
	for _, v := range s.values(key) {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(text, 64)
		switch {
		case text == "off":
			*to = 0
		case err != nil || !(n >= least && n <= 1): // NaN is neither
			s.w.add(v, fmt.Sprintf("must be off or a number from %g to 1", least), "write 0.8")
		default:
			*to = n
		}
	}
}

// flag reads true or false into *to.
func (s section) flag(key string, to *bool) {
	for _, v := range s.values(key) {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		switch strings.ToLower(text) {
		case "true":
			*to = true
		case "false":
			*to = false
		default:
			s.w.add(v, "must be true or false", "")
		}
	}
}

// language reads a BCP 47 tag into *to.
func (s section) language(key string, to *string) {
	for _, v := range s.values(key) {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		if !validLanguage(text) {
			s.w.add(v, "is not a language tag", "write en, de or pt-BR")
			continue
		}
		*to = text
	}
}

func validLanguage(s string) bool {
	first := true
	for part := range strings.SplitSeq(s, "-") {
		if len(part) == 0 || len(part) > 8 || first && len(part) < 2 && part != "x" && part != "i" {
			return false
		}
		for i := range len(part) {
			c := part[i] | 0x20
			if (c < 'a' || c > 'z') && (first || part[i] < '0' || part[i] > '9') {
				return false
			}
		}
		first = false
	}
	return true
}

// id reads the id of a source or a channel.
func (s section) id(key string) (string, bool) {
	v, ok := s.value(key)
	if !ok {
		return "", false
	}
	text, ok := s.w.line(v)
	if !ok {
		return "", false
	}
	if !feed.ValidID(text) {
		s.w.add(v, "is not a valid id", fmt.Sprintf("use 1 to %d of a-z, 0-9 and hyphens, no hyphen at either end", feed.MaxSourceID))
		return "", false
	}
	return text, true
}

// words reads a list of short texts.
func (s section) words(key string, most, length int) []string {
	list := s.list(key, most)
	var all []string
	for _, v := range list {
		switch text, ok := s.w.line(v); {
		case !ok:
		case text == "":
			s.w.addKey(v, "is empty", "")
		case len(text) > length:
			s.w.add(v, fmt.Sprintf("is longer than %d bytes", length), "")
		default:
			all = append(all, text)
		}
	}
	return all
}

// dedupe reads a mode of recognising stories.
func (s section) dedupe(key string, to *feed.Dedupe) {
	for _, v := range s.values(key) {
		text, ok := s.w.line(v)
		if !ok {
			continue
		}
		switch text {
		case "slug":
			*to = feed.BySlug
		case "link":
			*to = feed.ByLink
		case "none":
			*to = feed.ByNone
		default:
			s.w.add(v, "must be slug, link or none", "")
		}
	}
}
