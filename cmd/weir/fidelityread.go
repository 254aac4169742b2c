package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"weir/aggregator/parse"
	"weir/feed"
	"weir/feed/markup"
)

// said is one element of an item, or one value of JSON: what an account of a
// document counts. Accounts are made by the plain parsers of Go, so that they
// owe nothing to how Weir reads and writes.
type said struct {
	space, name string
	// text and address are what is compared of it: see letters and tail.
	text, address string
	// words are the parts of a list with commas between.
	words []string
	// plain is the text without the markup that it may hold, raw as it stands.
	plain, raw, rel string
	// bare says that it holds nothing at all.
	bare bool
	// nested says that there is another element around it in the item, and
	// around is the namespace of that, part that it may hold others by RFC 4287.
	around string
	nested bool
	part   bool
}

// itemSaid is all that one item says.
type itemSaid struct {
	id   string
	list []said
	// all is every text and value in it, for what goes by another name.
	all strings.Builder
}

func (it *itemSaid) add(e said, values ...string) {
	it.list = append(it.list, e)
	for _, v := range values {
		it.all.WriteString(letters(v))
		it.all.WriteByte('|')
		if strings.ContainsAny(v, "<&") {
			it.all.WriteString(letters(markup.Text(v)))
			it.all.WriteByte('|')
		}
	}
}

// account lists what every item of a document says, in order.
func account(body []byte) ([]*itemSaid, error) {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(trimmed, []byte("{")) {
		return accountJSON(trimmed)
	}
	return accountXML(trimmed)
}

// openElement is an element that did not end yet.
type openElement struct {
	said
	words  strings.Builder
	values []string
}

func accountXML(body []byte) (items []*itemSaid, err error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict, d.Entity, d.CharsetReader = false, xml.HTMLEntity, charset.NewReaderLabel
	if utf8.Valid(body) {
		d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	}
	var open []*openElement // inside the item at hand
	depth, at := 0, 0       // at is the item's depth, 0 outside
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return items, nil
		}
		if err != nil {
			return nil, fmt.Errorf("count elements: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			switch name := strings.ToLower(token.Name.Local); {
			case at == 0 && depth <= 3 && (name == "item" || name == "entry"):
				at, items = depth, append(items, &itemSaid{})
				for _, a := range token.Attr { // a language, an id
					items[len(items)-1].all.WriteString(letters(a.Value) + "|")
				}
			case at > 0:
				e := begin(token)
				if len(open) > 0 {
					outer := &open[len(open)-1].said
					e.nested, e.around, e.part = true, outer.space, hasWord("author contributor source", outer.name)
				}
				open = append(open, e)
			}
		case xml.EndElement:
			if depth--; depth < at {
				at = 0
			}
			if len(open) > 0 {
				open = end(items[len(items)-1], open)
			}
		case xml.CharData:
			if len(open) > 0 {
				_, _ = open[len(open)-1].words.Write(token)
			}
		}
	}
}

func begin(t xml.StartElement) *openElement {
	e := &openElement{said: said{space: parse.Customary(strings.TrimSpace(t.Name.Space)), name: t.Name.Local, bare: true}}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		e.bare = false
		e.values = append(e.values, a.Value)
		switch name := strings.ToLower(a.Name.Local); name {
		case "href", "url", "term", "src", "uri":
			e.address = tail(a.Value)
		case "rel":
			e.rel = a.Value
		}
	}
	return e
}

// end notes the innermost element. Markup of a text is part of the text.
func end(it *itemSaid, open []*openElement) []*openElement {
	e := open[len(open)-1]
	open = open[:len(open)-1]
	words := e.words.String()
	if e.space == "http://www.w3.org/1999/xhtml" && len(open) > 0 {
		open[len(open)-1].words.WriteString(" " + words + " ")
		return open
	}
	e.text, e.plain = letters(words), letters(markup.Text(words))
	e.raw = strings.TrimSpace(words)
	e.bare = e.bare && e.raw == ""
	if name := strings.ToLower(e.name); len(open) == 0 && (name == "guid" || name == "id") {
		it.id = strings.TrimSpace(words)
	}
	it.add(e.said, append(e.values, words)...)
	return open
}

func accountJSON(body []byte) (items []*itemSaid, err error) {
	var doc struct{ Items []map[string]any }
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("count members: %w", err)
	}
	for _, object := range doc.Items {
		it := &itemSaid{}
		it.id, _ = object["id"].(string)
		for _, name := range slices.Sorted(maps.Keys(object)) {
			it.value(name, object[name])
		}
		items = append(items, it)
	}
	return items, nil
}

// value notes a member with all that is in it. The elements of XML that Weir
// writes into JSON are elements.
func (it *itemSaid) value(name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if space, ok := v["about"].(string); ok && v["elements"] != nil {
			it.elements(space, v["elements"])
			return
		}
		for _, inner := range slices.Sorted(maps.Keys(v)) {
			switch {
			case name == "_weir" && (inner == "slug" || inner == "about"):
				// They say what the title and no item say.
			case strings.HasPrefix(name, "_"):
				it.value(name, v[inner]) // a part of the extension
			default:
				it.value(inner, v[inner])
			}
		}
	case []any:
		for i := range v {
			it.value(name, v[i])
		}
	case nil:
	default:
		text := fmt.Sprint(v)
		var words []string
		if name == "tags" && strings.Contains(text, ",") {
			for word := range strings.SplitSeq(text, ",") {
				words = append(words, letters(word))
			}
		}
		it.add(said{space: feed.SpaceJSON, name: name, words: words, text: letters(text), plain: letters(markup.Text(text)), bare: text == ""}, text)
	}
}

func (it *itemSaid) elements(space string, list any) {
	all, _ := list.([]any)
	for _, one := range all {
		e, ok := one.(map[string]any)
		if !ok {
			continue
		}
		in := space
		if own, ok := e["space"].(string); ok {
			in = own
		}
		name, _ := e["name"].(string)
		text, _ := e["text"].(string)
		s := said{space: in, name: name, text: letters(text)}
		values := []string{text}
		attributes, _ := e["attributes"].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(attributes)) {
			value := fmt.Sprint(attributes[key])
			values = append(values, value)
			switch strings.ToLower(key) {
			case "href", "url", "term", "src", "uri":
				s.address = tail(value)
			}
		}
		it.add(s, values...)
		it.elements(in, e["elements"])
	}
}

// letters are what is compared of texts: neither spaces nor punctuation nor
// escapes, which reading and cleaning change.
func letters(s string) string {
	if strings.Contains(s, "%") {
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// matchLetters in a row are no coincidence.
const matchLetters = 24

// tail is what is compared of an address: its end, because relative ones are
// made absolute.
func tail(address string) string {
	r := []rune(letters(address))
	return string(r[max(0, len(r)-matchLetters):])
}
