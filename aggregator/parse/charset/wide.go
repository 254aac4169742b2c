package charset

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Wide reports whether a body is in UTF-16 or UTF-32: the zeros in it are then
// no sign of a file that is no text.
func Wide(body []byte) bool {
	_, ok := unicodeForm(body)
	return ok
}

// wideForm is an encoding whose units have two or four bytes.
type wideForm struct {
	enc  encoding.Encoding
	name string
	// mark is the length of the byte order mark.
	mark int
}

// unicodeForm recognises UTF-16 and UTF-32 by their mark or, without one, by
// where the zeros are in the first characters, which are ASCII in every feed
// (XD06).
func unicodeForm(body []byte) (wideForm, bool) {
	if len(body) < 4 {
		return wideForm{}, false
	}
	first := binary.BigEndian.Uint32(body)
	switch {
	case first == 0xFFFE0000:
		return wideForm{utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "UTF-32", 4}, true
	case first == 0x0000FEFF:
		return wideForm{utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "UTF-32", 4}, true
	case first>>16 == 0xFFFE:
		return wideForm{unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16", 2}, true
	case first>>16 == 0xFEFF:
		return wideForm{unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "UTF-16", 2}, true
	case first&0x00FFFFFF == 0 && first != 0:
		return wideForm{utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "UTF-32", 0}, true
	case first&0xFFFFFF00 == 0 && first != 0:
		return wideForm{utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "UTF-32", 0}, true
	case first&0x00FF00FF == 0 && first&0xFF000000 != 0 && first&0xFF00 != 0:
		return wideForm{unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16", 0}, true
	case first&0xFF00FF00 == 0 && first&0x00FF0000 != 0 && first&0xFF != 0:
		return wideForm{unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "UTF-16", 0}, true
	}
	return wideForm{}, false
}

// ebcdic is how "<?xm" is written there (XML 1.0, appendix F).
var ebcdic = []byte("\x4C\x6F\xA7\x94")

// ebcdic reads the declaration by what all code pages of EBCDIC have in
// common, and the document by the code page that it names.
func (d *Text) ebcdic(body []byte) []byte {
	page := charset{charmap.CodePage037, "ibm037"}
	head, _ := page.enc.NewDecoder().Bytes(body[:min(len(body), 1024)])
	if set, ok := lookup(declaredCharset(head)); ok {
		page = set
	}
	out, _ := page.enc.NewDecoder().Bytes(body)
	d.warn("read as %s", page.name)
	d.Encoding, d.DecidedBy = page.name, "its declaration, which is EBCDIC"
	return bytes.ReplaceAll(out, []byte("\u0085"), []byte("\n"))
}
