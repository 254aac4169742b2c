package charset

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// charset is an encoding of text with its name for people.
type charset struct {
	enc  encoding.Encoding
	name string
}

// labels returns what HTTP and the document call their encoding, in the order
// in which they are believed (XD09). US-ASCII, once the default for anything
// whose author had said nothing, is believed last: the bytes contradict it.
func labels(body []byte, contentType string) [2]string {
	http, own := httpCharset(contentType), declaredCharset(body)
	if s := squash(http); s == "usascii" || s == "ascii" {
		http, own = own, http
	}
	return [2]string{http, own}
}

// httpCharset returns the charset parameter of a media type, however it is
// quoted or spaced.
func httpCharset(contentType string) string {
	const name = "charset"
	for i := 0; i+len(name) < len(contentType); i++ {
		if strings.EqualFold(contentType[i:i+len(name)], name) {
			return label(contentType[i+len(name):])
		}
	}
	return ""
}

// declaredCharset returns the encoding of the XML declaration.
func declaredCharset(body []byte) string {
	head := body[:min(len(body), 1024)]
	i := bytes.Index(head, []byte("<?xml"))
	if i < 0 {
		return ""
	}
	head, _, _ = bytes.Cut(head[i:], []byte(">"))
	if i = bytes.Index(head, []byte("encoding")); i < 0 {
		return ""
	}
	return label(string(head[i+len("encoding"):]))
}

// label reads what follows the name of a parameter: an equals sign and a
// label in whatever quotes.
func label(s string) string {
	s = strings.TrimLeft(s, " \t\r\n")
	if s == "" || s[0] != '=' {
		return ""
	}
	s = strings.TrimLeft(s[1:], " \t\r\n\"'")
	end := 0
	for end < len(s) && end < 40 && s[end] > ' ' && s[end] < 0x7F && strings.IndexByte("\"';,?<>&", s[end]) < 0 {
		end++
	}
	return strings.ToLower(s[:end])
}

// lookup finds the encoding of a label: by the table that browsers use, which
// knows that what is called iso-8859-1 is windows-1252 and what is called
// gb2312 is more (P81), then by IANA's, which knows the code pages of old
// systems. What browsers refuse to decode, and UTF-7, nobody's table has
// (XD07).
func lookup(label string) (charset, bool) {
	if label == "" || isUnicode(label) {
		return charset{}, false
	}
	list, number := spellings(label)
	for _, spelling := range list {
		enc, err := htmlindex.Get(spelling)
		if err != nil {
			continue
		}
		switch name, _ := htmlindex.Name(enc); name {
		case "", "replacement", "x-user-defined", "utf-8":
			return charset{}, false
		case "gbk":
			return charset{simplifiedchinese.GB18030, name}, true
		default:
			return charset{enc, name}, true
		}
	}
	for _, spelling := range append(list, "ibm"+number, "cp"+number) {
		if enc, err := ianaindex.IANA.Encoding(spelling); err == nil && enc != nil {
			return charset{enc, spelling}, true
		}
	}
	return charset{}, false
}

// spellings returns what a label may mean, best first, and its digits.
func spellings(label string) (list []string, number string) {
	dashed := strings.NewReplacer("_", "-", " ", "-").Replace(label)
	plain := squash(label)
	number = strings.TrimLeft(plain, "abcdefghijklmnopqrstuvwxyz")
	list = []string{label, dashed, plain, strings.TrimPrefix(dashed, "x-")}
	switch {
	case strings.HasPrefix(plain, "euc"), strings.HasPrefix(plain, "koi"):
		end := strings.LastIndexAny(plain, "c8") + 1
		list = append(list, plain[:end]+"-"+plain[end:])
	case strings.Contains(plain, "latin"):
		list = append(list, "latin"+number)
	case number == "950":
		list = append(list, "big5")
	case number != "":
		list = append(list, "windows-"+number, "ms"+number, "iso"+number)
	}
	return list, number
}

// isUTF8 reports whether a label means UTF-8, or is the plain ASCII of which
// UTF-8 is an extension.
func isUTF8(label string) bool {
	s := squash(label)
	return s == "utf8" || s == "usascii" || s == "ascii" || s == "unicode11utf8"
}

// isUnicode reports whether a label means a form of Unicode, which is
// recognised by its bytes or not at all.
func isUnicode(label string) bool {
	s := squash(label)
	return strings.Contains(s, "utf") || strings.Contains(s, "ucs") || strings.Contains(s, "unicode") || s == "u8" || s == "u16" || s == "u32"
}

// squash leaves nothing but letters and digits of a label in lower case.
func squash(label string) string {
	for i := range len(label) {
		if c := label[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return strings.Map(func(r rune) rune {
				if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
					return r
				}
				return -1
			}, label)
		}
	}
	return label
}

// customary decodes a body that no label explains by the encoding that was
// the custom for the language that the feed names, as browsers do (HTML
// §13.2.3.2). It must fit to the last byte.
func (d *Text) customary(body []byte) ([]byte, bool) {
	lang := namedLanguage(body)
	for _, label := range customs(lang) {
		set, ok := lookup(label)
		if !ok {
			continue
		}
		out, err := set.enc.NewDecoder().Bytes(body)
		if err == nil && !bytes.Contains(out, []byte("\uFFFD")) {
			d.warn("read as %s, the custom of its language, %s", set.name, lang)
			d.Encoding, d.DecidedBy = set.name, "the custom of its language"
			return out, true
		}
	}
	return nil, false
}

// customs returns the encodings in which a language used to be written, in
// the order in which they contradict bytes that are something else.
func customs(lang string) []string {
	primary, region, _ := strings.Cut(lang, "-")
	switch primary {
	case "ja":
		return []string{"euc-jp", "shift_jis"}
	case "ko":
		return []string{"euc-kr"}
	case "zh":
		if region == "tw" || region == "hk" || region == "mo" || strings.HasPrefix(region, "hant") {
			return []string{"big5", "gb18030"}
		}
		return []string{"gb18030", "big5"}
	case "ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "tg", "tt", "ba":
		return []string{"windows-1251"}
	case "cs", "sk", "hr":
		return []string{"windows-1250"}
	case "pl", "hu", "sl", "ro":
		return []string{"iso-8859-2"}
	case "el":
		return []string{"iso-8859-7"}
	case "tr", "az", "ku":
		return []string{"windows-1254"}
	case "he", "iw", "yi":
		return []string{"windows-1255"}
	case "ar", "fa", "ur":
		return []string{"windows-1256"}
	case "lt", "lv", "et":
		return []string{"windows-1257"}
	case "vi":
		return []string{"windows-1258"}
	case "th":
		return []string{"windows-874"}
	}
	return nil
}

// namedLanguage finds the language that a feed names, in elements, attributes
// or JSON, without parsing anything: the bytes are not text yet.
func namedLanguage(body []byte) string {
	head := bytes.ToLower(body[:min(len(body), 4096)])
	for _, mark := range [...]string{"language>", `"language"`, "xml:lang"} {
		i := bytes.Index(head, []byte(mark))
		if i < 0 {
			continue
		}
		tag := bytes.TrimLeft(head[i+len(mark):], " \t\r\n=:\"'")
		end := 0
		for end < min(len(tag), 35) && (tag[end] >= 'a' && tag[end] <= 'z' || tag[end] == '-' || tag[end] == '_') {
			end++
		}
		if end > 0 {
			return strings.ReplaceAll(string(tag[:end]), "_", "-")
		}
	}
	return ""
}
