package parse

import (
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// jsonSpace is the namespace in which XPath 3.1 says JSON in XML, without
// loss: its elements map, array, string, number, boolean and null, and its
// attribute key.
const jsonSpace = "http://www.w3.org/2005/xpath-functions"

// maxValues is how many values the members of an item may have that the
// format does not know.
const maxValues = 1024

// jsonRoom is what may still be kept of them.
type jsonRoom struct{ bytes, values int }

// extension keeps a member that the format does not know, _ext or any other,
// as a tree (J10, M7). One that does not fit is left out whole.
func (room *jsonRoom) extension(key string, v jsonValue, depth int) (feed.Extension, bool) {
	if string(v) == "null" || len(v) > room.bytes || len(key) > maxID {
		return feed.Extension{}, false
	}
	left := *room
	left.bytes -= len(v)
	ext, ok := left.value(v, depth, 0)
	if !ok {
		return feed.Extension{}, false
	}
	*room = left
	return keyed(ext, key), true
}

func keyed(ext feed.Extension, key string) feed.Extension {
	ext.Attrs = []feed.Attr{{Name: "key", Value: markup.Chars(key)}}
	return ext
}

// value returns a value as a tree; false when it is too deep, has too many
// parts or is no JSON.
func (room *jsonRoom) value(v jsonValue, limit, depth int) (ext feed.Extension, ok bool) {
	ext.Space = jsonSpace
	if room.values--; room.values < 0 || depth > maxTree || len(v) == 0 {
		return ext, false
	}
	switch {
	case v[0] == '{', v[0] == '[':
		ext.Name = "array"
		if v[0] == '{' {
			ext.Name = "map"
		}
		return ext, room.children(&ext, v, limit, depth)
	case v[0] == '"':
		ext.Name, ext.Text = "string", markup.Chars(v.text())
	case string(v) == "true", string(v) == "false":
		ext.Name, ext.Text = "boolean", string(v)
	case string(v) == "null":
		ext.Name = "null"
	case v.isNumber() && strings.Trim(string(v), "0123456789+-.eE") == "":
		ext.Name, ext.Text = "number", string(v)
	default:
		return ext, false
	}
	return ext, true
}

func (room *jsonRoom) children(ext *feed.Extension, v jsonValue, limit, depth int) bool {
	for w := walkJSON(v, limit); ; {
		var key []byte
		var s span
		var more bool
		var err error
		if v[0] == '{' {
			key, s, more, err = w.member()
		} else {
			s, more, err = w.element()
		}
		if !more || err != nil {
			return err == nil && !w.cut
		}
		child, ok := room.value(v[s.lo:s.hi], limit, depth+1)
		if !ok {
			return false
		}
		if v[0] == '{' {
			child = keyed(child, string(key))
		}
		ext.Children = append(ext.Children, child)
	}
}
