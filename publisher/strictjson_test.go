package publisher_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parseJSON reads a value as the strictest programs do, without
// encoding/json's reading: UTF-8, no name twice in an object, no half of a
// surrogate pair, no number that is none in 64 bits (RFC 7493), no character that XML has not
// (XD01). Objects are
// maps, the rest is as in encoding/json.
func parseJSON(doc string) (any, error) {
	if !utf8.ValidString(doc) {
		return nil, errors.New("not UTF-8")
	}
	if strings.Contains(doc, "\ufffe") || strings.Contains(doc, "\uffff") {
		return nil, errors.New("U+FFFE or U+FFFF")
	}
	p := jsonParser{s: doc}
	value, err := p.value(0)
	if p.blank(); err == nil && p.at < len(p.s) {
		err = errors.New("something behind the value")
	}
	if err != nil {
		return nil, fmt.Errorf("at byte %d, behind %q: %w", p.at, doc[max(0, p.at-40):p.at], err)
	}
	return value, nil
}

type jsonParser struct {
	s  string
	at int
}

func (p *jsonParser) blank() {
	for p.at < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.at]) >= 0 {
		p.at++
	}
}

func (p *jsonParser) take(s string) bool {
	p.blank()
	if !strings.HasPrefix(p.s[p.at:], s) {
		return false
	}
	p.at += len(s)
	return true
}

func (p *jsonParser) value(depth int) (any, error) {
	switch {
	case depth > 64:
		return nil, errors.New("too deep")
	case p.take("{"):
		return p.object(depth)
	case p.take("["):
		return p.array(depth)
	case p.take(`"`):
		return p.text()
	case p.take("true"):
		return true, nil
	case p.take("false"):
		return false, nil
	case p.take("null"):
		return nil, nil
	}
	return p.number()
}

func (p *jsonParser) object(depth int) (any, error) {
	out := make(map[string]any)
	for first := true; !p.take("}"); first = false {
		if !first && !p.take(",") || !p.take(`"`) {
			return nil, errors.New("no member")
		}
		name, err := p.text()
		if err != nil {
			return nil, err
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("member %q stands twice", name)
		}
		if !p.take(":") {
			return nil, errors.New("no value")
		}
		if out[name], err = p.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (p *jsonParser) array(depth int) (any, error) {
	out := []any{}
	for first := true; !p.take("]"); first = false {
		if !first && !p.take(",") {
			return nil, errors.New("no element")
		}
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, value)
	}
	return out, nil
}

func (p *jsonParser) number() (any, error) {
	from := p.at
	for p.at < len(p.s) && strings.IndexByte("0123456789+-.eE", p.s[p.at]) >= 0 {
		p.at++
	}
	word := p.s[from:p.at]
	// How a number is written is asked of encoding/json, what it means is not.
	n, err := strconv.ParseFloat(word, 64)
	if err != nil || !json.Valid([]byte(word)) {
		return nil, fmt.Errorf("number %q", word)
	}
	return n, nil
}

// text reads a string from behind its quote.
func (p *jsonParser) text() (string, error) {
	var b strings.Builder
	for p.at < len(p.s) {
		c := p.s[p.at]
		p.at++
		switch {
		case c == '"':
			return b.String(), nil
		case c < 0x20:
			return "", errors.New("a control character in a string")
		case c != '\\':
			b.WriteByte(c)
			continue
		}
		r, err := p.escape()
		if err != nil {
			return "", err
		}
		if r >= 0xd800 && r < 0xdc00 && p.at < len(p.s) && p.s[p.at] == '\\' {
			p.at++
			low, err := p.escape()
			if err != nil || low < 0xdc00 || low > 0xdfff {
				return "", errors.New("half of a surrogate pair")
			}
			r = 0x10000 + (r-0xd800)<<10 + (low - 0xdc00)
		}
		if r >= 0xd800 && r <= 0xdfff {
			return "", errors.New("half of a surrogate pair")
		}
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return "", fmt.Errorf("character %U", r)
		}
		b.WriteRune(r)
	}
	return "", errors.New("a string that does not end")
}

func (p *jsonParser) escape() (rune, error) {
	if p.at >= len(p.s) {
		return 0, errors.New("an escape that does not end")
	}
	c := p.s[p.at]
	p.at++
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	if c != 'u' || p.at+4 > len(p.s) {
		return 0, fmt.Errorf("escape %q", c)
	}
	n, err := strconv.ParseUint(p.s[p.at:p.at+4], 16, 16)
	p.at += 4
	return rune(n), err
}
