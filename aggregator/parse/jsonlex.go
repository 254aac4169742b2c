package parse

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonValue is the text of one JSON value. Its accessors take what they can:
// a value of another type than the specification's costs itself and not the
// feed (G20).
type jsonValue []byte

// jsonEnd returns where the value at b[pos] ends, -1 when the text ends
// first. It looks at brackets and strings only and does not recurse (XC08).
func jsonEnd(b []byte, pos, depth int) (int, error) {
	open := 0
	for i := pos; i < len(b); {
		switch b[i] {
		case '"':
			if i = stringEnd(b, i); i < 0 {
				return -1, nil
			}
			if open == 0 {
				return i, nil
			}
			continue
		case '{', '[':
			if open++; open > depth {
				return -1, &LimitError{Limit: "JSON depth", Value: open, Max: depth}
			}
		case '}', ']':
			if open--; open < 0 {
				return i, nil
			}
			if open == 0 {
				return i + 1, nil
			}
		case ',', ' ', '\n', '\r', '\t':
			if open == 0 {
				return i, nil
			}
		}
		i++
	}
	return -1, nil
}

// stringEnd returns what follows the string that begins at b[i], -1 when it
// does not end.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); {
		j := bytes.IndexAny(b[i:], `"\`)
		if j < 0 {
			return -1
		}
		if i += j; b[i] == '"' {
			return i + 1
		}
		i += 2
	}
	return -1
}

// jsonWalker walks over the members of an object or the elements of an array.
type jsonWalker struct {
	b     []byte
	pos   int
	depth int
	// cut says that the text ended inside the container, or made no sense any
	// more; at is then where the value began that was cut.
	cut bool
	at  int
}

// walkJSON begins a walk over a container, whose bracket is skipped.
func walkJSON(b []byte, depth int) jsonWalker { return jsonWalker{b: b, pos: 1, depth: depth} }

// element returns the bounds of the next element.
func (w *jsonWalker) element() (span, bool, error) {
	w.skip(", \n\r\t")
	w.at = w.pos
	if w.pos >= len(w.b) {
		w.cut = true
		return span{}, false, nil
	}
	if c := w.b[w.pos]; c == ']' || c == '}' {
		w.pos++
		return span{}, false, nil
	}
	return w.value()
}

func (w *jsonWalker) value() (span, bool, error) {
	end, err := jsonEnd(w.b, w.pos, w.depth)
	if err != nil || end <= w.pos {
		w.cut = true
		return span{}, false, err
	}
	s := span{w.pos, end}
	w.pos = end
	return s, true, nil
}

// member returns the next member of an object.
func (w *jsonWalker) member() (key string, value span, ok bool, err error) {
	k, ok, err := w.element()
	if !ok || err != nil {
		return "", value, false, err
	}
	w.skip(" \n\r\t")
	if w.pos >= len(w.b) || w.b[w.pos] != ':' {
		w.cut = true
		return "", value, false, nil
	}
	w.pos++
	w.skip(" \n\r\t")
	w.at = w.pos
	value, ok, err = w.value()
	return jsonValue(w.b[k.lo:k.hi]).text(), value, ok, err
}

func (w *jsonWalker) skip(set string) {
	for w.pos < len(w.b) && bytes.IndexByte([]byte(set), w.b[w.pos]) >= 0 {
		w.pos++
	}
}

func (v jsonValue) is(bracket byte) bool { return len(v) > 0 && v[0] == bracket }

// text returns a string, or a number or boolean as it is written; nothing for
// null and containers.
func (v jsonValue) text() string {
	switch {
	case len(v) == 0 || v[0] == '{' || v[0] == '[' || string(v) == "null":
		return ""
	case v[0] != '"':
		return string(v)
	}
	v = bytes.TrimSuffix(v[1:], []byte{'"'})
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v)
	}
	return unquote(v)
}

// unquote decodes the escapes of JSON. A surrogate without its other half
// becomes U+FFFD (XD04).
func unquote(v []byte) string {
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); {
		c := v[i]
		if c != '\\' || i+1 >= len(v) {
			out = append(out, c)
			i++
			continue
		}
		i += 2
		switch e := v[i-1]; e {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b', 'f':
		case 'u':
			r, n := unit(v[i:])
			if i += n; utf16.IsSurrogate(r) {
				low, m := rune(-1), 0
				if bytes.HasPrefix(v[i:], []byte(`\u`)) {
					low, m = unit(v[i+2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 2 + m
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, e)
		}
	}
	return string(out)
}

// unit reads the four digits of an escape.
func unit(v []byte) (rune, int) {
	if len(v) < 4 {
		return utf8.RuneError, len(v)
	}
	n, err := strconv.ParseUint(string(v[:4]), 16, 16)
	if err != nil {
		return utf8.RuneError, 0
	}
	return rune(n), 4
}

// each calls f for every member of an object; a value that is none has none.
func (v jsonValue) each(depth int, f func(key string, value jsonValue)) error {
	if !v.is('{') {
		return nil
	}
	for w := walkJSON(v, depth); ; {
		key, s, ok, err := w.member()
		if !ok || err != nil {
			return err
		}
		f(key, v[s.lo:s.hi])
	}
}

// list returns at most limit elements of an array; a value that is none
// counts as an array of itself.
func (v jsonValue) list(depth, limit int) []jsonValue {
	if !v.is('[') {
		if len(v) == 0 || string(v) == "null" {
			return nil
		}
		return []jsonValue{v}
	}
	var list []jsonValue
	for w := walkJSON(v, depth); len(list) < limit; {
		s, ok, err := w.element()
		if !ok || err != nil {
			break
		}
		list = append(list, v[s.lo:s.hi])
	}
	return list
}
