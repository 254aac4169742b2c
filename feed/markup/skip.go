package markup

import "strings"

// skipRaw moves behind the end of the element whose start tag was met, in which
// no other tag counts, and returns the text that it held. When nothing ends the
// element it stays where it is and reports false: better to clean what follows
// than to lose it.
func (s *scanner) skipRaw() (string, bool) {
	name, begin := s.name, s.pos
	if s.isEndless(name) {
		return "", false
	}
	for i := begin; ; i += len("</") {
		j := strings.Index(s.src[i:], "</")
		if j < 0 {
			s.endless = append(s.endless, name)
			return "", false
		}
		i += j
		if ends(s.src[i+2:], name) {
			s.pos = i
			s.skip(strings.IndexByte(s.src[i:], '>'), 1)
			return s.src[begin:i], true
		}
	}
}

// skipTree moves behind the end of the element whose start tag was met,
// counting elements of the same name inside. When there are too few end tags
// the last one counts; when there is none it stays where it is.
func (s *scanner) skipTree() {
	name, begin, last := s.name, s.pos, -1
	if s.isEndless(name) {
		return
	}
	for depth := 1; depth > 0; {
		t := s.next()
		if t == endOfInput {
			break
		}
		if t == textToken || !strings.EqualFold(s.name, name) {
			continue
		}
		if t == endToken {
			depth--
			last = s.pos
		} else if !s.empty {
			depth++
		}
	}
	if last < 0 {
		s.endless = append(s.endless, name)
		last = begin
	}
	s.pos = last
}

func (s *scanner) isEndless(name string) bool {
	for _, known := range s.endless {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}

// ends reports whether s, which follows "</", is the end tag of the element.
func ends(s, name string) bool {
	if len(s) <= len(name) || !strings.EqualFold(s[:len(name)], name) {
		return false
	}
	c := s[len(name)]
	return space(c) || c == '/' || c == '>'
}
