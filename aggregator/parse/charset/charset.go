// Package charset turns the bytes of a feed into clean UTF-8, whatever they
// are and whatever they are called. Call [Decode].
//
// It works on bytes alone: what it reads of a document, an encoding that the
// XML declaration names and a language, it finds without parsing anything.
// It never fails; what does not fit is replaced, and said.
package charset

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// Text is a body as UTF-8 of XML 1.0 characters.
type Text struct {
	// Bytes are the body's own when there was nothing to do.
	Bytes []byte
	// Cut says that the body was longer than allowed.
	Cut bool
	// Warnings say what was mended, in words for people.
	Warnings []string
	// Encoding is what the body was read as, DecidedBy what decided that.
	Encoding, DecidedBy string
}

// Decode turns a body, of which at most limit bytes count before and after,
// into text. contentType is the media type that came with it, or empty. The
// order is P80's: a byte order mark, the charset that HTTP names, the one that
// the document names, UTF-8. A label that the bytes contradict is not believed:
// bytes that are UTF-8 are read as that whatever they are called, and those
// that are not are at last taken for windows-1252, byte for byte (P81, XD05).
func Decode(body []byte, contentType string, limit int) Text {
	var d Text
	if len(body) > limit {
		body, d.Cut = body[:limit], true
	}
	if ok, ascii := fine(body); ok && !bytes.HasPrefix(body, utf8BOM) {
		d.Bytes, d.Encoding, d.DecidedBy = body, "UTF-8", "its bytes, which are ASCII"
		if !ascii {
			d.DecidedBy = "its bytes, which are nothing else"
			d.wrongLabel(body, contentType, false)
		}
		return d
	}
	text := d.transcode(body, contentType, limit)
	if len(text) > limit {
		text, d.Cut = text[:limit], true
	}
	text = whole(text)
	var dropped, mended int
	d.Bytes, dropped, mended = clean(text)
	if dropped > 0 {
		d.warn("dropped %s that XML forbids", count(dropped, "character"))
	}
	if mended > 0 {
		d.warn("took %s for windows-1252", count(mended, "control character"))
	}
	return d
}

func (d *Text) warn(format string, args ...any) {
	d.Warnings = append(d.Warnings, fmt.Sprintf(format, args...))
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
func (d *Text) transcode(body []byte, contentType string, limit int) []byte {
	if form, ok := unicodeForm(body); ok {
		out, err := form.enc.NewDecoder().Bytes(body[form.mark:])
		if err == nil && bytes.ContainsAny(out[:min(len(out), 4096)], "<{") {
			d.Encoding, d.DecidedBy = form.name, "its byte order mark"
			if form.mark == 0 {
				d.warn("read as %s", form.name)
				d.DecidedBy = "where its zeros are"
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
		d.Encoding, d.DecidedBy = "UTF-8", "its bytes, which are nothing else"
		if marked {
			d.DecidedBy = "its byte order mark"
		}
		return text
	}
	return d.legacy(text, contentType, marked, limit)
}

// legacy decodes what is not UTF-8, at least not everywhere.
func (d *Text) legacy(body []byte, contentType string, marked bool, limit int) []byte {
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
	d.Encoding, d.DecidedBy = "UTF-8", "most of its bytes"
	if chars <= strays {
		d.Encoding, d.DecidedBy = stray.String(), "what remains when nothing else fits"
	}
	return mixed(body, stray, strays, limit, chars > strays)
}

// convert decodes a body by a label. An outcome that shows that the label is
// wrong is not accepted; a few bytes that mean nothing do not show that. Where
// another label was passed over, it says so: a label that fits is no repair.
func (d *Text) convert(body []byte, set charset, passed bool) ([]byte, bool) {
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
	d.Encoding, d.DecidedBy = set.name, "its label"
	return out, true
}

// escaped recognises ISO-2022-JP, which is ASCII but for escape characters,
// by a sequence that nothing else uses (XD08).
func (d *Text) escaped(body []byte) ([]byte, bool) {
	i := bytes.IndexByte(body, 0x1b)
	if i < 0 || !bytes.Contains(body[i:], []byte("\x1b$B")) && !bytes.Contains(body[i:], []byte("\x1b$@")) {
		return nil, false
	}
	out, err := japanese.ISO2022JP.NewDecoder().Bytes(body)
	if err != nil || bytes.Contains(out, []byte("\uFFFD")) {
		return nil, false
	}
	d.warn("read as iso-2022-jp")
	d.Encoding, d.DecidedBy = "iso-2022-jp", "its escape sequences"
	return out, true
}

// wrongLabel complains of labels that UTF-8 shows to be wrong.
func (d *Text) wrongLabel(text []byte, contentType string, marked bool) {
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
