package parse

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
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
	// encoding is what the body was read as, by is what decided that.
	encoding, by string
}

// decode turns a body into text. The order is P80's: a byte order mark, the
// charset that HTTP names, the one that the document names, UTF-8. A label
// that the bytes contradict is not believed: bytes that are UTF-8 are read as
// that whatever they are called, and those that are not are at last taken for
// windows-1252, byte for byte (P81, XD05). It never fails, and whatever it
// mended it says.
func decode(body []byte, contentType string, limit int) decoded {
	var d decoded
	if len(body) > limit {
		body, d.cut = body[:limit], true
	}
	if ok, ascii := fine(body); ok && !bytes.HasPrefix(body, utf8BOM) {
		d.text, d.encoding, d.by = body, "UTF-8", "its bytes, which are ASCII"
		if !ascii {
			d.by = "its bytes, which are nothing else"
			d.wrongLabel(body, contentType, false)
		}
		return d
	}
	text := d.transcode(body, contentType, limit)
	if len(text) > limit {
		text, d.cut = text[:limit], true
	}
	text = whole(text)
	var dropped, mended int
	d.text, dropped, mended = clean(text)
	if dropped > 0 {
		d.warn("dropped %s that XML forbids", count(dropped, "character"))
	}
	if mended > 0 {
		d.warn("took %s for windows-1252", count(mended, "control character"))
	}
	return d
}

func (d *decoded) warn(format string, args ...any) {
	d.warnings = append(d.warnings, fmt.Sprintf(format, args...))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
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

// transcode returns the body as UTF-8 that is valid but for a character that
// is cut at the end.
func (d *decoded) transcode(body []byte, contentType string, limit int) []byte {
	if form, ok := unicodeForm(body); ok {
		out, err := form.enc.NewDecoder().Bytes(body[form.mark:])
		if err == nil && bytes.ContainsAny(out[:min(len(out), 4096)], "<{") {
			d.encoding, d.by = form.name, "its byte order mark"
			if form.mark == 0 {
				d.warn("read as %s", form.name)
				d.by = "where its zeros are"
			}
			return withoutMark(out)
		}
		// The mark lies.
		body = body[form.mark:]
	}
	if bytes.HasPrefix(body, ebcdic) {
		return d.ebcdic(body)
	}
	text := withoutMark(body)
	marked := len(text) < len(body)
	if utf8.Valid(whole(text)) {
		if out, ok := d.escaped(text); ok {
			return out
		}
		d.wrongLabel(text, contentType, marked)
		d.encoding, d.by = "UTF-8", "its bytes, which are nothing else"
		if marked {
			d.by = "its byte order mark"
		}
		return text
	}
	return d.legacy(text, contentType, marked, limit)
}

// legacy decodes what is not UTF-8, at least not everywhere.
func (d *decoded) legacy(body []byte, contentType string, marked bool, limit int) []byte {
	chars, strays := evidence(body)
	stray, strayName := charmap.Windows1252, "windows-1252"
	wrong := false
	for _, label := range labels(body, contentType) {
		if marked {
			break
		}
		set, ok := lookup(label)
		if !ok {
			if label != "" && !isUnicode(label) {
				d.warn("the encoding %q is not known", label)
			}
			wrong = wrong || label != ""
			continue
		}
		// Text in another encoding hardly ever looks like UTF-8. Where the
		// body does, the label is wrong, and the bytes that do not fit are
		// those that the label may explain. Every second character of EUC
		// can look like UTF-8 by chance; no other encoding comes near.
		one, single := set.enc.(*charmap.Charmap)
		if single && chars >= strays || chars > 2*strays {
			if single {
				stray, strayName = one, set.name
			}
			break
		}
		if out, ok := d.convert(body, set, wrong); ok {
			return out
		}
		wrong = true
	}
	if chars <= strays && !marked {
		if out, ok := d.customary(body); ok {
			return out
		}
	}
	switch {
	case strays == 0:
		d.warn("put halves of characters together")
	case chars == 0:
		d.warn("read as %s for want of a label that fits", strayName)
	default:
		d.warn("read as UTF-8, but in %s as %s", count(strays, "place"), strayName)
	}
	d.encoding, d.by = "UTF-8", "most of its bytes"
	if chars <= strays {
		d.encoding, d.by = stray.String(), "what remains when nothing else fits"
	}
	return mixed(body, stray, strays, limit, chars > strays)
}

// convert decodes a body by a label. An outcome that shows that the label is
// wrong is not accepted; a few bytes that mean nothing do not show that. Where
// another label was passed over, it says so: a label that fits is no repair.
func (d *decoded) convert(body []byte, set charset, passed bool) ([]byte, bool) {
	out, err := set.enc.NewDecoder().Bytes(body)
	if err != nil {
		return nil, false
	}
	lost := bytes.Count(whole(out), []byte("\uFFFD"))
	if lost > 0 {
		all := 0
		for _, c := range out {
			if c >= 0xC0 {
				all++
			}
		}
		// The last character may be cut.
		if 10*(lost-1) > all-1 {
			return nil, false
		}
	}
	if lost > 0 {
		d.warn("read as %s, but for %s", set.name, count(lost, "byte"))
	} else if passed {
		d.warn("read as %s", set.name)
	}
	d.encoding, d.by = set.name, "its label"
	return out, true
}

// escaped recognises ISO-2022-JP, which is ASCII but for escape characters,
// by a sequence that nothing else uses (XD08).
func (d *decoded) escaped(body []byte) ([]byte, bool) {
	i := bytes.IndexByte(body, 0x1b)
	if i < 0 || !bytes.Contains(body[i:], []byte("\x1b$B")) && !bytes.Contains(body[i:], []byte("\x1b$@")) {
		return nil, false
	}
	out, err := japanese.ISO2022JP.NewDecoder().Bytes(body)
	if err != nil || bytes.Contains(out, []byte("\uFFFD")) {
		return nil, false
	}
	d.warn("read as iso-2022-jp")
	d.encoding, d.by = "iso-2022-jp", "its escape sequences"
	return out, true
}

// wrongLabel complains of labels that UTF-8 shows to be wrong.
func (d *decoded) wrongLabel(text []byte, contentType string, marked bool) {
	if marked {
		return
	}
	for _, label := range labels(text, contentType) {
		if label != "" && !isUTF8(label) {
			if utf8.RuneCount(text) < len(text) {
				d.warn("called %s, but it is UTF-8", label)
			}
			return
		}
	}
}

var utf8BOM = []byte("\xEF\xBB\xBF")

func withoutMark(text []byte) []byte {
	for bytes.HasPrefix(text, utf8BOM) {
		text = text[len(utf8BOM):]
	}
	return text
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
func (d *decoded) ebcdic(body []byte) []byte {
	page := charset{charmap.CodePage037, "ibm037"}
	head, _ := page.enc.NewDecoder().Bytes(body[:min(len(body), 1024)])
	if set, ok := lookup(declaredCharset(head)); ok {
		page = set
	}
	out, _ := page.enc.NewDecoder().Bytes(body)
	d.warn("read as %s", page.name)
	d.encoding, d.by = page.name, "its declaration, which is EBCDIC"
	return bytes.ReplaceAll(out, []byte("\u0085"), []byte("\n"))
}
