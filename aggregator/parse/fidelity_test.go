package parse_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"weir/aggregator/parse"
	"weir/feed"
	"weir/feed/markup"
)

// said is one element of an item as encoding/xml sees it: an account of the
// document that owes nothing to how Read works.
type saidElement struct {
	space, name string
	attrs       []xml.Attr
	text        string
	// size counts the element and all that is in it.
	size int
}

func (e *saidElement) key() string { return e.space + " " + e.name }

func (e *saidElement) attr(names ...string) string {
	for _, a := range e.attrs {
		if slices.Contains(names, strings.ToLower(a.Name.Local)) {
			return a.Value
		}
	}
	return ""
}

// otherwise are the namespaces that go by several names, as plainSpace writes
// them, and the prefixes that some feeds do not declare.
var otherwise = map[string]string{
	"rssboard.org/media-rss":              "search.yahoo.com/mrss",
	"dc":                                  "purl.org/dc/elements/1.1",
	"media":                               "search.yahoo.com/mrss",
	"itunes":                              "itunes.com/dtds/podcast-1.0.dtd",
	"slash":                               "purl.org/rss/1.0/modules/slash",
	"wfw":                                 "wellformedweb.org/commentapi",
	"content":                             "purl.org/rss/1.0/modules/content",
	"feedburner":                          "rssnamespace.org/feedburner/ext/1.0",
	"georss":                              "georss.org/georss",
	"atom":                                "w3.org/2005/atom",
	"thr":                                 "purl.org/syndication/thread/1.0",
	"purl.org/atom/ns":                    "w3.org/2005/atom",
	"itunes.com/dtds/podcast-1.0":         "itunes.com/dtds/podcast-1.0.dtd",
	"my.netscape.com/rdf/simple/0.9":      "purl.org/rss/1.0",
	"backend.userland.com/rss2":           "purl.org/rss/1.0",
	"blogs.law.harvard.edu/tech/rss":      "purl.org/rss/1.0",
	"channel.netscape.com/rdf/simple/0.9": "purl.org/rss/1.0",
}

func plainSpace(uri string) string {
	if _, rest, ok := strings.Cut(uri, "://"); ok {
		uri = rest
	}
	uri = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(uri)), "www.")
	uri = strings.TrimRight(uri, "/#")
	if same, ok := otherwise[uri]; ok {
		return same
	}
	return uri
}

// account lists the elements of every item of a document.
func account(body []byte) ([][]saidElement, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader, d.Entity = charset.NewReaderLabel, xml.HTMLEntity
	if utf8.Valid(body) {
		d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	}
	var items [][]saidElement
	var path []string
	depth := 0 // of the item at hand, 0 outside
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return items, nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			path = append(path, tok.Name.Local)
			name := strings.ToLower(tok.Name.Local)
			switch {
			case depth == 0 && len(path) <= 3 && (name == "item" || name == "entry"):
				depth = len(path)
				items = append(items, nil)
			case depth > 0:
				item := &items[len(items)-1]
				if len(path) == depth+1 {
					*item = append(*item, saidElement{space: plainSpace(tok.Name.Space), name: tok.Name.Local, attrs: slices.Clone(tok.Attr)})
					if e := &(*item)[len(*item)-1]; e.space != "" && !strings.ContainsAny(e.space, ".:/") {
						e.space, e.name = "", e.space+":"+e.name
					}
				}
				(*item)[len(*item)-1].size++
			}
		case xml.EndElement:
			if path = path[:len(path)-1]; len(path) < depth {
				depth = 0
			}
		case xml.CharData:
			if depth > 0 && len(path) > depth {
				item := items[len(items)-1]
				item[len(item)-1].text += string(tok)
			}
		}
	}
}

// letters are what is compared of texts: neither spaces nor punctuation nor
// escapes, which reading changes.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// fields is everything that the typed fields of an item say.
func fields(it *feed.Item) string {
	var b strings.Builder
	say := func(list ...string) {
		for _, s := range list {
			b.WriteString(letters(s))
			b.WriteByte('|')
		}
	}
	people := func(list []feed.Person) {
		for _, p := range list {
			say(p.Name, p.Email, p.URI, p.Role)
		}
	}
	say(it.Title, it.Summary, markup.Text(it.HTML), it.HTML, it.Link, it.External, it.RawID, it.Comments, it.Rights, it.Language, it.Image)
	people(it.Authors)
	people(it.Contributors)
	for _, t := range it.Tags {
		say(t.Term, t.Label, t.Scheme)
	}
	for _, a := range it.Attachments {
		say(a.URL, a.Type, a.Title, fmt.Sprint(a.Length))
	}
	for _, l := range it.Links {
		say(l.Href)
	}
	if o := it.Origin; o != nil {
		say(o.ID, o.Title, o.Link, o.Self, o.Subtitle, o.Rights, o.Icon, o.Logo)
		people(o.Authors)
		people(o.Contributors)
		for _, t := range o.Tags {
			say(t.Term, t.Label, t.Scheme)
		}
	}
	return b.String()
}

// grown is what is compared of a tree: how many elements it has, its text, and
// the address in its attributes.
type grown struct {
	size          int
	text, address string
}

// trees lists an item's extensions by namespace and name.
func trees(it *feed.Item) map[string][]grown {
	all := map[string][]grown{}
	var grow func(e *feed.Extension, g *grown)
	grow = func(e *feed.Extension, g *grown) {
		if e.Name != "" {
			g.size++
		} // else it is text between elements
		g.text += letters(e.Text)
		for i := range e.Children {
			grow(&e.Children[i], g)
		}
	}
	for i := range it.Extensions {
		e := &it.Extensions[i]
		var g grown
		grow(e, &g)
		for _, a := range e.Attrs {
			if slices.Contains(addressed, strings.ToLower(a.Name)) && g.address == "" {
				g.address = tail(a.Value)
			}
		}
		key := plainSpace(e.Space) + " " + e.Name
		all[key] = append(all[key], g)
	}
	return all
}

// lost lists what of an item's elements arrived neither in a field nor as a
// tree with all that was in it.
func lost(elements []saidElement, it *feed.Item) []*saidElement {
	var missing []*saidElement
	kept, all := trees(it), fields(it)
	for i := range elements {
		e := &elements[i]
		at := slices.IndexFunc(kept[e.key()], func(g grown) bool {
			return g.size == e.size && g.address == tail(e.attr(addressed...)) && strings.Contains(g.text, cutLetters(letters(e.text), enough))
		})
		if at >= 0 {
			kept[e.key()] = slices.Delete(kept[e.key()], at, at+1)
		} else if !told(e, it, all) {
			missing = append(missing, e)
		}
	}
	return missing
}

// addressed are the attributes that say what an element points at.
var addressed = []string{"href", "url", "term", "src"}

// tail is what is compared of an address: its end, because relative ones were
// made absolute.
func tail(address string) string {
	r := []rune(letters(address))
	return string(r[max(0, len(r)-enough):])
}

// enough letters in a row are no coincidence.
const enough = 24

// told reports whether the fields say what the element says.
func told(e *saidElement, it *feed.Item, all string) bool {
	switch strings.ToLower(e.name) {
	case "pubdate", "date", "published", "issued", "created":
		return !it.Published.IsZero()
	case "updated", "modified":
		return !it.Updated.IsZero()
	case "guid", "id":
		return strings.HasPrefix(it.RawID, "sha256:") || letters(e.text) == letters(it.RawID)
	case "author", "creator", "contributor":
		for _, p := range slices.Concat(it.Authors, it.Contributors) {
			if strings.Contains(letters(markup.Text(e.text)), letters(p.Name)) {
				return true
			}
		}
		return false
	}
	address := tail(e.attr(addressed...))
	if letters(e.text) == "" && address == "" {
		return false
	}
	return strings.Contains(all, address) &&
		(holds(all, letters(e.text)) || e.size == 1 && holds(all, letters(markup.Text(e.text))))
}

// holds reports whether a text is in another one: of a long text, which
// cleaning may shorten, half of some samples.
func holds(all, text string) bool {
	r := []rune(text)
	if len(r) <= 4*enough {
		return strings.Contains(all, cutLetters(text, enough))
	}
	found := 0
	for i := range 8 {
		at := i * (len(r) - enough) / 8
		if strings.Contains(all, string(r[at:at+enough])) {
			found++
		}
	}
	return found >= 4
}

func cutLetters(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// excuse says why an element that arrived nowhere is no loss; "" if it is.
func excuse(e *saidElement, elements []saidElement, it *feed.Item) string {
	has := func(name string) bool {
		return slices.ContainsFunc(elements, func(e saidElement) bool { return strings.EqualFold(e.name, name) })
	}
	switch name := strings.ToLower(e.name); {
	case strings.TrimSpace(e.text) == "" && e.attr(addressed...) == "" && e.attr("label", "value") == "" && (e.size == 1 || name == "author"):
		return "it is empty"
	case name == "link" && has("origLink"):
		return "it is the address of a proxy, and the original is there"
	case name == "category" && len(it.Tags) == feed.MaxTags:
		return "there are more than an item may have (XC13)"
	case name == "content" && strings.Contains(e.attr("type"), "xhtml"):
		return "cleaning took the drawing or formula that it is"
	case name == "author" || name == "creator":
		for _, nobody := range []string{"admin", "anonymous", "unknown", "user", "webmaster"} {
			if strings.HasPrefix(feed.Fold(strings.TrimSpace(e.text)), nobody) {
				return "it names nobody"
			}
		}
	}
	return ""
}

// What was in an item is in the item (G25, G26, M1, M7): every element of
// every real feed that another parser can read arrives in a field or as a
// tree.
func TestFidelity(t *testing.T) {
	dir := corpus(t)
	want, names := expectations(t, dir)
	var read, unread, elements int
	spaces, gone, excused := map[string]int{}, map[string]int{}, map[string]int{}
	for _, name := range names {
		if want[name].Class != "real" || want[name].Kind == "json" {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		items, err := account(body)
		if err != nil {
			unread++
			continue
		}
		doc, err := parse.Read(body, parse.Options{Location: "https://example.org/feeds/" + name})
		if err != nil || len(items) != len(doc.Seen) {
			unread++
			continue
		}
		read++
		for i := range doc.Items {
			it := &doc.Items[i]
			all := items[it.Position]
			for j := range all {
				elements++
				spaces[all[j].space]++
			}
			for _, e := range lost(all, it) {
				if why := excuse(e, all, it); why != "" {
					excused[why]++
				} else if gone[e.key()]++; gone[e.key()] <= 3 {
					t.Errorf("%s: item %d (%s): %s is nowhere: %.200q %q", name, i, it.RawID, e.key(), e.text, e.attrs)
				}
			}
		}
	}
	t.Logf("%d elements of %d documents (%d could not be compared)", elements, read, unread)
	for _, space := range slices.Sorted(maps.Keys(spaces)) {
		t.Logf("%6d in %q", spaces[space], space)
	}
	for _, why := range slices.Sorted(maps.Keys(excused)) {
		t.Logf("%6d excused: %s", excused[why], why)
	}
	for _, key := range slices.Sorted(maps.Keys(gone)) {
		t.Errorf("%6d lost: %s", gone[key], key)
	}
	if read < 500 {
		t.Errorf("only %d documents were compared", read)
	}
}

// The account notices what is missing: a tree, a branch, a file, a tag, a text.
func TestFidelityNotices(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "podcast.xml"))
	if err != nil {
		t.Fatal(err)
	}
	items, err := account(body)
	if err != nil || len(items) == 0 {
		t.Fatal(err, len(items))
	}
	group := func(it *feed.Item) *feed.Extension {
		at := slices.IndexFunc(it.Extensions, func(e feed.Extension) bool { return e.Name == "group" })
		return &it.Extensions[at]
	}
	for name, harm := range map[string]func(*feed.Item){
		"":        func(*feed.Item) {},
		"trees":   func(it *feed.Item) { it.Extensions = nil },
		"tree":    func(it *feed.Item) { it.Extensions = it.Extensions[1:] },
		"branch":  func(it *feed.Item) { group(it).Children = group(it).Children[1:] },
		"words":   func(it *feed.Item) { it.Title = "" },
		"id":      func(it *feed.Item) { it.RawID = "" },
		"file":    func(it *feed.Item) { it.Attachments = nil; it.Link = "" },
		"address": func(it *feed.Item) { it.Extensions[5].Attrs[0].Value = "https://example.org/other" },
		"date":    func(it *feed.Item) { it.Published = it.Updated },
	} {
		it := read(t, string(body), parse.Options{}).Items[0]
		harm(&it)
		if missing := lost(items[it.Position], &it); len(missing) > 0 != (name != "") {
			t.Errorf("without %q %d elements are missed", name, len(missing))
		}
	}
}
