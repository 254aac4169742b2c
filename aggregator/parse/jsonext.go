package parse

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// maxMembers is how many members an item may have that the format does not
// know: each takes many times the memory that it took in the document.
const maxMembers = 16

// keep keeps a member of an item that the format does not know, _ext or any
// other (J10, M7), as compact JSON and not as a tree, which would be many
// times its size. One that is too large, too deep, one too many or no JSON is
// left out whole.
func (d *jsonItem) keep(key string, v jsonValue) {
	key = markup.Chars(key)
	if string(v) == "null" || key == "" || len(key) > feed.MaxTitle || len(v) > d.room || !json.Valid(v) {
		return
	}
	if end, err := jsonEnd(v, 0, maxTree); err != nil || end >= 0 && end != len(v) {
		return
	}
	at := slices.IndexFunc(d.Extensions, func(e feed.Extension) bool { return e.Name == key })
	if at < 0 && len(d.Extensions) >= maxMembers {
		return
	}
	d.room -= len(v)
	ext := feed.Extension{Space: feed.SpaceJSON, Name: key, Text: compactJSON(v)}
	if at >= 0 {
		d.Extensions[at] = ext
		return
	}
	d.Extensions = append(d.Extensions, ext)
}

// compactJSON returns valid JSON without white space, and with strings that
// hold no character that XML forbids, however it was spelt (XD04).
func compactJSON(v jsonValue) string {
	var b strings.Builder
	for i := 0; i < len(v); {
		switch c := v[i]; {
		case space(c):
			i++
		case c == '"':
			end := stringEnd(v, i)
			b.WriteByte('"')
			_, _ = quoting.WriteString(&b, markup.Chars(v[i:end].text()))
			b.WriteByte('"')
			i = end
		default:
			n := bytes.IndexAny(v[i:], "\" \t\r\n")
			if n < 0 {
				n = len(v) - i
			}
			b.Write(v[i : i+n])
			i += n
		}
	}
	return b.String()
}

// quoting escapes what must be escaped in a JSON string (J11).
var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)
