package parse

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
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
	for start := i + 1; ; {
		j := bytes.IndexByte(b[start:], '"')
		if j < 0 {
			return -1
		}
		j += start
		back := j
		for back > start && b[back-1] == '\\' {
			back--
		}
		if start = j + 1; (j-back)%2 == 0 {
			return start
		}
	}
}

// jsonWalker walks over the members of an object or the elements of an array.
type jsonWalker struct {
	b     []byte
	pos   int
	depth int
	// cut says that the text ended inside the container, or made no sense any
	// more; at is then where what was cut began.
	cut bool
	at  int
}

// walkJSON begins a walk over a container, whose bracket is skipped.
func walkJSON(b []byte, depth int) jsonWalker { return jsonWalker{b: b, pos: 1, depth: depth} }

// element returns the bounds of the next element. Commas too many, or too
// few, are passed over.
func (w *jsonWalker) element() (span, bool, error) {
	w.skip(',')
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

// member returns the next member of an object. Of one whose value is cut it
// still returns the name.
func (w *jsonWalker) member() (key []byte, value span, ok bool, err error) {
	k, ok, err := w.element()
	if !ok || err != nil {
		return nil, value, false, err
	}
	w.skip(' ')
	if w.pos >= len(w.b) || w.b[w.pos] != ':' {
		w.cut = true
		return nil, value, false, nil
	}
	w.pos++
	w.skip(' ')
	w.at = w.pos
	value, ok, err = w.value()
	return jsonValue(w.b[k.lo:k.hi]).bytes(), value, ok, err
}

// child returns the next element of an array, or the value of the next member
// of an object: a list that lost its first elements becomes an object in PHP.
func (w *jsonWalker) child() (value span, ok bool, err error) {
	if len(w.b) > 0 && w.b[0] == '{' {
		_, value, ok, err = w.member()
		return value, ok, err
	}
	return w.element()
}

// skip passes over white space and one other character.
func (w *jsonWalker) skip(other byte) {
	for w.pos < len(w.b) && (space(w.b[w.pos]) || w.b[w.pos] == other) {
		w.pos++
	}
}

func (v jsonValue) is(bracket byte) bool { return len(v) > 0 && v[0] == bracket }

// text returns a string, or a number as it is written; nothing for all else.
func (v jsonValue) text() string {
	if v.is('"') || v.isNumber() {
		return string(v.bytes())
	}
	return ""
}

// isNumber reports whether a value is meant to be one.
func (v jsonValue) isNumber() bool {
	return len(v) > 0 && (v[0] >= '0' && v[0] <= '9' || v[0] == '-' || v[0] == '+' || v[0] == '.')
}

// bytes returns what stands between the quotes of a string, without escapes;
// all else as it is written.
func (v jsonValue) bytes() []byte {
	if !v.is('"') {
		return v
	}
	v = bytes.TrimSuffix(v[1:], []byte{'"'})
	if bytes.IndexByte(v, '\\') < 0 {
		return v
	}
	return unquote(v)
}

// size returns a number of bytes, which may be written as a string or with a
// fraction; 0 for what is none (XE21).
func (v jsonValue) size() int64 {
	s := v.text()
	if n := parseLength(s); n > 0 {
		return n
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= 0 && f < math.MaxInt64) {
		return 0
	}
	return int64(f)
}

// unquote decodes the escapes of JSON. A surrogate without its other half
// becomes U+FFFD (XD04).
func unquote(v []byte) []byte {
	out := make([]byte, 0, len(v))
	for len(v) > 0 {
		i := bytes.IndexByte(v, '\\')
		if i < 0 || i+1 >= len(v) {
			return append(out, v...)
		}
		out = append(out, v[:i]...)
		e := v[i+1]
		v = v[i+2:]
		switch e {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b', 'f':
		case 'u':
			r, n := codePoint(v)
			out = utf8.AppendRune(out, r)
			v = v[n:]
		default:
			out = append(out, e)
		}
	}
	return out
}

// codePoint reads the digits of an escape, and of a second one that is the
// other half of the character. U+0080 to U+009F are windows-1252's (P84).
func codePoint(v []byte) (rune, int) {
	r, n := unit(v)
	switch {
	case r >= 0x80 && r < 0xA0:
		return charmap.Windows1252.DecodeByte(byte(r)), n
	case !utf16.IsSurrogate(r):
		return r, n
	}
	if rest := v[n:]; bytes.HasPrefix(rest, []byte(`\u`)) {
		low, m := unit(rest[2:])
		if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
			return both, n + 2 + m
		}
	}
	return utf8.RuneError, n
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
		f(string(key), v[s.lo:s.hi])
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
