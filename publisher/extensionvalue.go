package publisher

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"

	"weir/feed/markup"
)

// interchangeable reports whether every program can read a value and takes it
// for the same: it does not nest deeply, names no member twice, has no number
// beyond 64 bits, and escapes hide no character that texts cannot have (RFC 7493
// §2, XD01, XD04). That it is JSON is looked at when it is compacted.
func interchangeable(value string) bool {
	const deepest = 16
	if !wholeEscapes(value) {
		return false
	}
	dec := json.NewDecoder(strings.NewReader(value))
	dec.UseNumber()
	// names are those of the objects around what is read, nil for arrays; name
	// says that a name is next.
	var names []map[string]bool
	name := false
	for {
		token, err := dec.Token()
		if err != nil {
			return len(names) == 0
		}
		switch t := token.(type) {
		case json.Delim:
			switch t {
			case '{':
				names = append(names, make(map[string]bool))
			case '[':
				names = append(names, nil)
			default:
				names = names[:len(names)-1]
			}
		case json.Number:
			if _, err := strconv.ParseFloat(t.String(), 64); err != nil {
				return false
			}
		case string:
			if inside := len(names) - 1; name {
				if names[inside][t] {
					return false
				}
				names[inside][t], name = true, false
				continue
			}
		}
		if len(names) > deepest {
			return false
		}
		name = len(names) > 0 && names[len(names)-1] != nil
	}
}

// wholeEscapes reports whether every escape in a value of JSON stands for a
// character that every format can carry, alone or as the half of a pair.
func wholeEscapes(value string) bool {
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' {
			continue
		}
		if i++; i >= len(value) || value[i] != 'u' {
			if i < len(value) && (value[i] == 'b' || value[i] == 'f') {
				return false
			}
			continue
		}
		c, low := escapedUnit(value, i+1), rune(-1)
		i += 4
		if utf16.IsSurrogate(c) {
			if i+2 < len(value) && value[i+1] == '\\' && value[i+2] == 'u' {
				low = escapedUnit(value, i+3)
			}
			if c = utf16.DecodeRune(c, low); c == '\ufffd' {
				return false
			}
			i += 6
		}
		if c < 0 || markup.Chars(string(c)) != string(c) {
			return false
		}
	}
	return true
}

// escapedUnit reads four hexadecimal digits, -1 where there are none.
func escapedUnit(value string, at int) rune {
	if at+4 > len(value) {
		return -1
	}
	n, err := strconv.ParseUint(value[at:at+4], 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}
