package parse

import (
	"bytes"
	"encoding/binary"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// decoded is a body as UTF-8 of XML 1.0 characters.
type decoded struct {
	// text is the body itself when there was nothing to do.
	text []byte
	// cut says that the body was longer than allowed.
	cut      bool
	warnings []string
}

// decode turns a body into text. The order is P80's: a byte order mark, the
// charset that HTTP names, the one that the document names, UTF-8. A label
// that the bytes contradict is not believed: bytes that are UTF-8 are read as
// that whatever they are called, and those that are not are at last taken for
// windows-1252, byte for byte (P81, XD05). It never fails.
func decode(body []byte, contentType string, limit int) decoded {
	var d decoded
	if len(body) > limit {
		body, d.cut = body[:limit], true
	}
	text, label := transcode(body, contentType, &d)
	if label != "" {
		d.warnings = append(d.warnings, "read as "+label)
	}
	if len(text) > limit {
		text, d.cut = text[:limit], true
	}
	if d.cut {
		text = whole(text)
	}
	d.text = clean(text)
	if len(d.text) != len(text) {
		d.warnings = append(d.warnings, "dropped characters that XML forbids")
	}
	return d
}

// whole drops a character that was cut at the end.
func whole(text []byte) []byte {
	for i := 1; i <= utf8.UTFMax && i <= len(text); i++ {
		if c := text[len(text)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(text[len(text)-i:]) {
				return text[:len(text)-i]
			}
			break
		}
	}
	return text
}

// transcode returns the body as valid UTF-8, and what it took it for when
// that was not plain UTF-8.
func transcode(body []byte, contentType string, d *decoded) (text []byte, label string) {
	if enc, name, n := unicodeForm(body); enc != nil {
		out, err := enc.NewDecoder().Bytes(body[n:])
		if err == nil {
			return bytes.TrimPrefix(out, utf8BOM), name
		}
	}
	for bytes.HasPrefix(body, utf8BOM) {
		body = body[len(utf8BOM):]
	}
	http, own := httpCharset(contentType), declaredCharset(body)
	if utf8.Valid(body) {
		for _, label := range []string{http, own} {
			if strings.HasPrefix(label, "iso-2022-") && bytes.IndexByte(body, 0x1b) >= 0 {
				if out, ok := convert(body, label); ok {
					return out, label
				}
			}
		}
		return body, ""
	}
	for _, label := range []string{http, own} {
		if out, ok := convert(body, label); ok {
			return out, label
		}
	}
	if d.cut && utf8.Valid(whole(body)) {
		return whole(body), ""
	}
	return mixed(body), "UTF-8 with windows-1252 in between"
}

var utf8BOM = []byte("\xEF\xBB\xBF")

// unicodeForm recognises UTF-16 and UTF-32 by their mark or, without one, by
// where the zeros are in the first character, which is ASCII in every feed
// (XD06).
func unicodeForm(body []byte) (enc encoding.Encoding, name string, mark int) {
	if len(body) < 4 {
		return nil, "", 0
	}
	first := binary.BigEndian.Uint32(body)
	switch {
	case first == 0xFFFE0000:
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "UTF-32", 4
	case first == 0x0000FEFF:
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "UTF-32", 4
	case first>>16 == 0xFFFE:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16", 2
	case first>>16 == 0xFEFF:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "UTF-16", 2
	case first&0x00FFFFFF == 0 && first != 0:
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "UTF-32", 0
	case first&0xFFFFFF00 == 0 && first != 0:
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "UTF-32", 0
	case first&0x00FF00FF == 0 && first&0xFF000000 != 0 && first&0xFF00 != 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16", 0
	case first&0xFF00FF00 == 0 && first&0x00FF0000 != 0 && first&0xFF != 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "UTF-16", 0
	}
	return nil, "", 0
}

func httpCharset(contentType string) string {
	if contentType == "" {
		return ""
	}
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(params["charset"]))
}

// declaredCharset returns the encoding of the XML declaration.
func declaredCharset(body []byte) string {
	head := body[:min(len(body), 1024)]
	i := bytes.Index(head, []byte("<?xml"))
	if i < 0 {
		return ""
	}
	head = head[i:]
	if j := bytes.Index(head, []byte("?>")); j >= 0 {
		head = head[:j]
	}
	i = bytes.Index(head, []byte("encoding"))
	if i < 0 {
		return ""
	}
	_, value, _ := attribute(head, i, len(head))
	return strings.ToLower(string(bytes.TrimSpace(value.of(head))))
}

// convert decodes a body by its label. It does not accept an outcome that
// shows that the label is wrong.
func convert(body []byte, label string) ([]byte, bool) {
	switch label {
	case "", "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "utf-32", "ucs-2", "iso-10646-ucs-2":
		// These would have been recognised by their bytes.
		return nil, false
	}
	enc, name := charset.Lookup(label)
	switch name {
	case "", "utf-8", "replacement", "x-user-defined":
		return nil, false
	case "gbk", "gb18030":
		enc = simplifiedchinese.GB18030
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil || bytes.Contains(out, []byte("\uFFFD")) {
		return nil, false
	}
	return out, true
}

// mixed keeps what is UTF-8 and reads every other byte as windows-1252.
func mixed(body []byte) []byte {
	out := make([]byte, 0, len(body)+len(body)/8)
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		if r == utf8.RuneError && n == 1 {
			out = utf8.AppendRune(out, charmap.Windows1252.DecodeByte(body[0]))
		} else {
			out = append(out, body[:n]...)
		}
		body = body[n:]
	}
	return out
}

// clean drops the characters that XML forbids (P84). It returns the text
// itself when there are none, and finding that out is nearly free.
func clean(text []byte) []byte {
	i := firstIllegal(text)
	if i < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for i >= 0 {
		out = append(out, text[:i]...)
		text = text[i:]
		if text[0] == 0xEF {
			text = text[3:]
		} else {
			text = text[1:]
		}
		i = firstIllegal(text)
	}
	return append(out, text...)
}

// firstIllegal finds the first control character, U+FFFE or U+FFFF of a text
// that is valid UTF-8, eight bytes at a time.
func firstIllegal(text []byte) int {
	i := firstControl(text)
	rest := text
	if i >= 0 {
		rest = text[:i]
	}
	for pos := 0; ; {
		j := bytes.Index(rest[pos:], []byte("\xEF\xBF"))
		if j < 0 {
			return i
		}
		pos += j
		if pos+2 < len(rest) && rest[pos+2] >= 0xBE {
			return pos
		}
		pos += 2
	}
}

func firstControl(text []byte) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(text); i += 8 {
		w := binary.LittleEndian.Uint64(text[i:])
		// A byte under 0x20 borrows into its high bit.
		if (w-ones*0x20)&^w&high == 0 {
			continue
		}
		for j := i; j < i+8; j++ {
			if control(text[j]) {
				return j
			}
		}
	}
	for ; i < len(text); i++ {
		if control(text[i]) {
			return i
		}
	}
	return -1
}

func control(c byte) bool { return c < 0x20 && !space(c) }
