package parse

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"weir/aggregator/parse/charset"
)

// describe says what a document with another root is (XG01).
func describe(text []byte, root token) string {
	_, local := split(root.name.of(text))
	name := strings.ToLower(string(local))
	switch {
	case isHTML(text):
		return "an HTML page"
	case name == "channel":
		return "a channel in CDF or the like, which is not read"
	case htmlRoots[name]:
		return "an HTML page"
	}
	if what, ok := otherRoots[name]; ok {
		return what
	}
	if !speakable(local) || junk(text[:root.lo]) {
		return "text with something like tags in it"
	}
	return fmt.Sprintf("an XML document whose root is %q", local)
}

// otherRoots are documents that people take for feeds, by their roots.
var otherRoots = map[string]string{
	"opml":         "an OPML list of feeds",
	"urlset":       "a sitemap",
	"sitemapindex": "a sitemap",
	"svg":          "an SVG picture",
	"stylesheet":   "an XSL style sheet",
	"xbel":         "an XBEL list of bookmarks",
}

// htmlRoots are elements that begin pages, and parts of pages.
var htmlRoots = map[string]bool{
	"html": true, "head": true, "body": true, "title": true, "meta": true, "link": true, "script": true, "style": true,
	"noscript": true, "div": true, "p": true, "span": true, "table": true, "center": true, "h1": true, "h2": true,
	"h3": true, "a": true, "b": true, "br": true, "img": true, "font": true, "pre": true, "ul": true, "iframe": true,
	"form": true, "section": true, "main": true,
}

// speakable reports whether a name can be shown to people as one.
func speakable(name []byte) bool {
	const longest = 40
	if len(name) == 0 || len(name) > longest || !utf8.Valid(name) {
		return false
	}
	for _, r := range string(name) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.:", r) {
			return false
		}
	}
	return true
}

// describeText says what a text without an element is.
func describeText(text []byte) string {
	if text = bytes.TrimSpace(text); text[0] == '[' && text[len(text)-1] == ']' {
		return "a JSON array"
	}
	return "plain text"
}

// likeObject reports whether a text begins as a JSON object does, and not as
// templates do that nobody filled in.
func likeObject(text []byte) bool {
	return len(text) > 0 && text[0] == '{' && (len(text) == 1 || bytes.IndexByte([]byte("%{#"), text[1]) < 0)
}

func isHTML(text []byte) bool {
	head := bytes.ToLower(text[:min(len(text), 1024)])
	return bytes.Contains(head, []byte("<!doctype html")) || bytes.Contains(head, []byte("<html"))
}

// binaries tells files that are no text by how they begin.
var binaries = []struct {
	at         int
	mark, what string
}{
	{0, "\x89PNG\r\n", "a PNG picture"},
	{0, "\xFF\xD8\xFF", "a JPEG picture"},
	{0, "GIF8", "a GIF picture"},
	{8, "WEBP", "a WebP picture"},
	{4, "ftypavif", "an AVIF picture"},
	{4, "ftyp", "an MP4 file"},
	{0, "\x00\x00\x01\x00", "an icon"},
	{0, "ID3", "an MP3 file"},
	{0, "\xFF\xFB", "an MP3 file"},
	{0, "OggS", "an Ogg file"},
	{0, "\x1A\x45\xDF\xA3", "a WebM file"},
	{0, "%PDF-", "a PDF file"},
	{0, "PK\x03\x04", "a ZIP archive"},
	{0, "\x1F\x8B", "compressed data (gzip)"},
	{0, "\x28\xB5\x2F\xFD", "compressed data (zstd)"},
}

// fileKind says what a body is that is no text in any encoding, "" for others.
func fileKind(body []byte) string {
	for i := range binaries {
		b := &binaries[i]
		if len(body) > b.at && bytes.HasPrefix(body[b.at:], []byte(b.mark)) {
			return b.what
		}
	}
	const reach, tenth = 4 << 10, 10
	if charset.Wide(body) {
		return ""
	}
	head := body[:min(len(body), reach)]
	odd := 0
	for _, c := range head {
		if c < 0x20 && !space(c) {
			odd++
		}
	}
	if odd*tenth > len(head) {
		return "binary data"
	}
	return ""
}
