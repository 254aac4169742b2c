package article

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

var errBinary = errors.New("this is no text: it holds zero bytes")

// decode gives a file's text in UTF-8 with single line feeds (XJ05): by its
// byte order mark, as UTF-16 where every other byte is zero, as UTF-8, and
// else as windows-1252, in which every byte means something. HTML may declare
// another encoding.
func decode(data []byte, f form) (string, error) {
	data, enc := encodingOf(data, f)
	if enc != nil {
		decoded, err := enc.NewDecoder().Bytes(data)
		if err != nil {
			return "", err
		}
		data = decoded
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", errBinary
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\r", "\n"), "\uFFFD"), nil
}

// encodingOf returns the bytes without their mark and how they are encoded;
// nil means UTF-8.
func encodingOf(data []byte, f form) ([]byte, encoding.Encoding) {
	little := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	big := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:], nil
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return data[2:], little
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return data[2:], big
	}
	looked := min(len(data), 4096)
	switch even, odd := zeros(data[:looked]); {
	case odd > 3*even && odd > looked*3/8:
		return data, little
	case even > 3*odd && even > looked*3/8:
		return data, big
	case utf8.Valid(data):
		return data, nil
	}
	if f == formHTML {
		if enc, name, _ := charset.DetermineEncoding(data[:min(len(data), 1024)], ""); name != "utf-8" {
			return data, enc
		}
	}
	return data, charmap.Windows1252
}

// zeros counts the zero bytes at even and at odd places.
func zeros(data []byte) (even, odd int) {
	for i, b := range data {
		if b != 0 {
			continue
		}
		if i%2 == 0 {
			even++
		} else {
			odd++
		}
	}
	return even, odd
}
