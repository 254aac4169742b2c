package publisher_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// content reads what is in an element, up to the name of its end tag.
func (p *xmlParser) content(n *strictNode, depth int) error {
	var text strings.Builder
	defer func() { n.text = text.String() }()
	for {
		run := strings.IndexAny(p.s[p.at:], "<&")
		if run < 0 {
			return errors.New("the document ends inside an element")
		}
		chars := p.s[p.at : p.at+run]
		if strings.Contains(chars, "]]>") {
			return errors.New("]]> in a text")
		}
		text.WriteString(lineEnds(chars))
		p.at += run
		switch {
		case p.take("</"):
			return nil
		case p.take("<![CDATA["):
			end := strings.Index(p.s[p.at:], "]]>")
			if end < 0 {
				return errors.New("a section that does not end")
			}
			text.WriteString(lineEnds(p.s[p.at : p.at+end]))
			p.at += end + len("]]>")
		case p.take("<!--"):
			end := strings.Index(p.s[p.at:], "--")
			if end < 0 || !strings.HasPrefix(p.s[p.at+end:], "-->") {
				return errors.New("-- in a comment")
			}
			p.at += end + len("-->")
		case p.take("<"):
			child, err := p.element(depth + 1)
			if err != nil {
				return err
			}
			n.children = append(n.children, child)
		default:
			c, err := p.reference()
			if err != nil {
				return err
			}
			text.WriteRune(c)
		}
	}
}

// lineEnds reads line ends as XML does.
func lineEnds(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// quoted reads the value of an attribute.
func (p *xmlParser) quoted() (string, error) {
	quote := byte('"')
	if !p.take(`"`) {
		if quote = '\''; !p.take("'") {
			return "", errors.New("a value without quotes")
		}
	}
	from := p.at
	var value strings.Builder
	for ; p.at < len(p.s); p.at++ {
		switch c := p.s[p.at]; c {
		case quote:
			value.WriteString(p.s[from:p.at])
			p.at++
			return value.String(), nil
		case '<':
			return "", errors.New("< in a value")
		case '&', '\t', '\n', '\r':
			value.WriteString(p.s[from:p.at])
			meant := ' '
			if c == '&' {
				var err error
				if meant, err = p.reference(); err != nil {
					return "", err
				}
				p.at--
			}
			value.WriteRune(meant)
			from = p.at + 1
		}
	}
	return "", errors.New("a value that does not end")
}

// reference reads a reference to a character, from its &.
func (p *xmlParser) reference() (rune, error) {
	end := strings.IndexByte(p.s[p.at:min(len(p.s), p.at+12)], ';')
	if end < 0 {
		return 0, errors.New("& that begins no reference")
	}
	name := p.s[p.at+1 : p.at+end]
	p.at += end + 1
	switch name {
	case "amp":
		return '&', nil
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	digits, ok := strings.CutPrefix(name, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 31)
	if r := rune(n); ok && err == nil && strings.Trim(digits, "0123456789abcdefABCDEF") == "" {
		if r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && utf8.ValidRune(r) && r != 0xfffe && r != 0xffff {
			return r, nil
		}
	}
	return 0, fmt.Errorf("reference &%s;", name)
}

// qualified reads a name, with its prefix if it has one.
func (p *xmlParser) qualified() (string, error) {
	from, colons := p.at, 0
	for start := true; p.at < len(p.s); {
		r, size := utf8.DecodeRuneInString(p.s[p.at:])
		if r == ':' && !start && colons == 0 {
			colons, start = 1, true
		} else if nameStart(r) || !start && namePart(r) {
			start = false
		} else if start {
			break
		} else {
			return p.s[from:p.at], nil
		}
		p.at += size
	}
	return "", fmt.Errorf("no name: %.20q", p.s[from:])
}

// nameStart is the production NameStartChar of XML 1.0, without the colon.
func nameStart(r rune) bool {
	for _, ok := range [...][2]rune{
		{'a', 'z'}, {'A', 'Z'}, {'_', '_'}, {0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D}, {0x37F, 0x1FFF}, {0x200C, 0x200D},
		{0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
	} {
		if ok[0] <= r && r <= ok[1] {
			return true
		}
	}
	return false
}

func namePart(r rune) bool {
	return r >= '0' && r <= '9' || r == '-' || r == '.' || r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}
