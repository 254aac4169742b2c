package markup

import "strings"

// token is what the scanner met.
type token uint8

const (
	endOfInput token = iota
	textToken
	startToken
	endToken
)

// scanner reads HTML as a browser's tokenizer does, without copying. It needs
// not agree with browsers to the letter: what it returns is only ever written
// again by name or escaped. It looks at every byte a bounded number of times.
type scanner struct {
	src string
	pos int

	// text is the text met, with its character references.
	text string
	// tag and name are those of the tag met. empty says that it ended in
	// "/>".
	tag   tag
	name  string
	empty bool
	// have are the wanted attributes of the start tag met, vals their values,
	// with their character references.
	have attrSet
	vals [attrCount]string

	// endless names the elements that nothing in the rest of the input ends,
	// so that it is searched once for each.
	endless []string
}

// next reads one token.
func (s *scanner) next() token {
	for s.pos < len(s.src) {
		if i := s.markup(); i > s.pos {
			s.text, s.pos = s.src[s.pos:i], i
			return textToken
		}
		switch c := s.src[s.pos+1]; {
		case letter(c):
			if s.readTag(s.pos + 1) {
				return startToken
			}
		case c == '/' && s.pos+2 < len(s.src) && letter(s.src[s.pos+2]):
			if s.readTag(s.pos + 2) {
				return endToken
			}
		default:
			s.skipComment()
		}
	}
	return endOfInput
}

// markup returns where the text at pos ends: at the next less-than sign that
// begins a tag or a comment.
func (s *scanner) markup() int {
	for i := s.pos; ; i++ {
		j := strings.IndexByte(s.src[i:], '<')
		if j < 0 || i+j+1 == len(s.src) {
			return len(s.src)
		}
		i += j
		if c := s.src[i+1]; letter(c) || c == '/' || c == '!' || c == '?' {
			return i
		}
	}
}

// skipComment moves behind a comment, or what browsers take for one.
func (s *scanner) skipComment() {
	rest := s.src[s.pos:]
	if !strings.HasPrefix(rest, "<!--") || strings.HasPrefix(rest, "<!-->") || strings.HasPrefix(rest, "<!--->") {
		s.skip(strings.IndexByte(rest, '>'), 1)
		return
	}
	for i := len("<!--"); ; {
		j := strings.Index(rest[i:], "--")
		if j < 0 {
			s.pos = len(s.src)
			return
		}
		i += j
		switch after := rest[i+2:]; {
		case strings.HasPrefix(after, ">"):
			s.skip(i, len("-->"))
			return
		case strings.HasPrefix(after, "!>"):
			s.skip(i, len("--!>"))
			return
		}
		i++
	}
}

// skip moves n bytes behind the index i, to the end when i is negative.
func (s *scanner) skip(i, n int) {
	if i < 0 {
		s.pos = len(s.src)
		return
	}
	s.pos += i + n
}

// readTag reads a tag whose name begins at i. It reports false when the input
// ends inside, so that nothing of it counts.
func (s *scanner) readTag(i int) bool {
	s.pos = i + nameEnd(s.src[i:])
	s.name = s.src[i:s.pos]
	s.tag = tagOf(s.name)
	return s.readAttributes(elements[s.tag].wants)
}

// nameEnd returns the length of the element's name that begins s, at most
// [longestName]; what follows a name as long as that reads as attributes.
func nameEnd(s string) int {
	for i := range min(len(s), longestName) {
		if space(s[i]) || s[i] == '/' || s[i] == '>' {
			return i
		}
	}
	return min(len(s), longestName)
}

// readAttributes reads up to the end of a tag. Of an attribute that is there
// twice the first counts.
func (s *scanner) readAttributes(want attrSet) bool {
	s.have, s.empty = 0, false
	src, i := s.src, s.pos
	for {
		slash := false
		for i < len(src) && (space(src[i]) || src[i] == '/') {
			slash = src[i] == '/'
			i++
		}
		if i == len(src) {
			s.pos = i
			return false
		}
		if src[i] == '>' {
			s.pos, s.empty = i+1, slash
			return true
		}
		name, value, after := attribute(src, i)
		if after < 0 {
			s.pos = len(src)
			return false
		}
		i = after
		if want == 0 {
			continue
		}
		if a := attrOf(name); want.has(a) && !s.have.has(a) {
			s.have |= setOf(a)
			s.vals[a] = value
		}
	}
}

// attribute reads the attribute at i and returns the index behind it, or -1
// when a quotation mark is missing. An equals sign may begin a name.
func attribute(src string, i int) (name, value string, after int) {
	begin := i
	for i++; i < len(src) && !space(src[i]) && src[i] != '/' && src[i] != '>' && src[i] != '='; i++ {
	}
	name = src[begin:i]
	for after = i; after < len(src) && space(src[after]); after++ {
	}
	if after == len(src) || src[after] != '=' {
		return name, "", i
	}
	for i = after + 1; i < len(src) && space(src[i]); i++ {
	}
	if i < len(src) && (src[i] == '"' || src[i] == '\'') {
		n := strings.IndexByte(src[i+1:], src[i])
		if n < 0 {
			return "", "", -1
		}
		return name, src[i+1 : i+1+n], i + n + 2
	}
	for begin = i; i < len(src) && !space(src[i]) && src[i] != '>'; i++ {
	}
	return name, src[begin:i], i
}

// value returns the wanted attribute without character references.
func (s *scanner) value(a attr) string {
	if !s.have.has(a) {
		return ""
	}
	return decode(s.vals[a])
}
