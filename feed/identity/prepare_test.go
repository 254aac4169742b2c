package identity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/feed/identity"
)

// noon is an instant that tests share.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// blog is a source with a site of its own.
func blog(id string) feed.Source {
	return feed.Source{ID: id, URL: "https://" + id + ".example/feed.xml"}
}

// document makes a whole document of items, in order.
func document(items ...feed.Item) *feed.Document {
	doc := &feed.Document{Items: items, Seen: make([]feed.Known, len(items))}
	for i := range items {
		items[i].Position = i
		if items[i].Hash == 0 {
			items[i].Hash = uint64(1000 + i)
		}
		doc.Seen[i].Hash = items[i].Hash
	}
	return doc
}

// prepared is the only item of a document of src.
func prepared(src feed.Source, it feed.Item) *feed.Item {
	doc := document(it)
	identity.Prepare(src, doc, nil)
	return &doc.Items[0]
}

// content is an item's content of a title, a link and a body.
func content(title, link, html string) feed.Content {
	return feed.Content{Title: title, Link: link, HTML: html}
}

// kinds lists the kinds of the items' keys.
func kinds(doc *feed.Document) []feed.KeyKind {
	list := make([]feed.KeyKind, len(doc.Items))
	for i := range doc.Items {
		list[i] = doc.Items[i].KeyKind
	}
	return list
}

// The first of id, link, title and date, content that identifies an item is
// its key (I3, I4, I5).
func TestKeyKinds(t *testing.T) {
	src := blog("a")
	doc := document(
		feed.Item{RawID: "1", Content: content("A", "https://a.example/a", "x"), Published: noon},
		feed.Item{Content: content("B", "https://a.example/b", "x"), Published: noon},
		feed.Item{Content: content("C", "", "x"), Published: noon},
		feed.Item{Content: content("D", "", "x")},
		feed.Item{Content: content("", "https://a.example/", "x y")},
		feed.Item{},
	)
	identity.Prepare(src, doc, nil)
	want := []feed.KeyKind{feed.KeyID, feed.KeyLink, feed.KeyTitleDate, feed.KeyContent, feed.KeyContent, feed.KeyContent}
	if diff := cmp.Diff(want, kinds(doc)); diff != "" {
		t.Error(diff)
	}
	seen := map[feed.Key]bool{}
	for i := range doc.Items {
		k := doc.Items[i].Key
		if k.IsZero() || seen[k] || doc.Seen[i].Key != k {
			t.Errorf("item %d: key %s is zero, repeated or not in Seen", i, k)
		}
		seen[k] = true
	}
}

// Keys are stored: a changed one would republish everything (I5).
func TestKeysAreStable(t *testing.T) {
	got := prepared(blog("a"), feed.Item{RawID: "tag:a.example,2020:1"}).Key.String()
	if want := "10129a9529d15db2622368480f009526"; got != want {
		t.Errorf("key = %s, want %s", got, want)
	}
}

// Raw ids count character by character (I2).
func TestRawIDIsNotNormalised(t *testing.T) {
	doc := document(
		feed.Item{RawID: "http://a.example/x", Content: content("A", "", "")},
		feed.Item{RawID: "http://a.example/X", Content: content("A", "", "")},
		feed.Item{RawID: "http://a.example/%78", Content: content("A", "", "")},
	)
	identity.Prepare(blog("a"), doc, nil)
	if a, b, c := doc.Items[0].Key, doc.Items[1].Key, doc.Items[2].Key; a == b || b == c || a == c {
		t.Errorf("keys agree: %s %s %s", a, b, c)
	}
}

// What repeats within a document is no key for any of the repeated items (I6),
// and no trait either.
func TestRepetition(t *testing.T) {
	doc := document(
		feed.Item{RawID: "1", Content: content("A", "https://a.example/one-two-three", "x"), Published: noon},
		feed.Item{RawID: "1", Content: content("B", "https://a.example/four-five-six", "y"), Published: noon},
		feed.Item{RawID: "urn:x:2", Content: content("C", "https://a.example/all", "z"), Published: noon},
		feed.Item{RawID: "urn:x:2", Content: content("D", "http://www.a.example/all/", "z"), Published: noon},
		feed.Item{RawID: "urn:x:3", Content: content("E", "https://a.example/1/weekly-notes-again", "z"), Published: noon},
		feed.Item{RawID: "urn:x:4", Content: content("F", "https://a.example/2/weekly-notes-again", "z"), Published: noon},
	)
	identity.Prepare(blog("a"), doc, nil)
	want := []feed.KeyKind{feed.KeyLink, feed.KeyLink, feed.KeyTitleDate, feed.KeyTitleDate, feed.KeyID, feed.KeyID}
	if diff := cmp.Diff(want, kinds(doc)); diff != "" {
		t.Error(diff)
	}
	if tr := doc.Items[2].Traits; tr.Canon != "" || tr.IRI != "" {
		t.Errorf("traits %+v have what several items share", tr)
	}
	if tr := doc.Items[4].Traits; tr.Slugs[0].Text != "e" || tr.Canon == "" || tr.IRI != "urn:x:3" {
		t.Errorf("traits %+v: want the title's slug, link and id", tr)
	}
}

// Items of the same bytes are one item told twice.
func TestSameBytesDoNotRepeat(t *testing.T) {
	it := feed.Item{RawID: "1", Content: content("A", "https://a.example/a", "x"), Hash: 7}
	doc := document(it, it)
	identity.Prepare(blog("a"), doc, nil)
	if doc.Items[0].KeyKind != feed.KeyID || doc.Items[0].Key != doc.Items[1].Key {
		t.Errorf("kinds %v, keys %s and %s", kinds(doc), doc.Items[0].Key, doc.Items[1].Key)
	}
}

// Repetition is seen over the whole document, also where only new items were
// parsed, and the places of the others are completed.
func TestRepetitionWithUnparsedItems(t *testing.T) {
	src := blog("a")
	old := document(
		feed.Item{RawID: "1", Content: content("A", "https://a.example/1/notes-of-the-day", "x"), Hash: 11},
		feed.Item{RawID: "2", Content: content("B", "https://a.example/b", "x"), Hash: 12},
	)
	identity.Prepare(src, old, nil)

	doc := &feed.Document{
		Seen: []feed.Known{{Hash: 21}, {Hash: 12}, {Hash: 11}},
		Items: []feed.Item{{
			RawID: "1", Content: content("C", "https://a.example/2/notes-of-the-day", "z"), Hash: 21, Position: 0, Published: noon,
		}},
	}
	identity.Prepare(src, doc, old.Seen)
	it := &doc.Items[0]
	if it.KeyKind != feed.KeyLink {
		t.Errorf("kind = %d, want the link: the id repeats one that was not parsed", it.KeyKind)
	}
	if it.Traits.Slugs[0].Text != "c" {
		t.Errorf("slugs = %v, want none of the link: it repeats", it.Traits.Slugs)
	}
	if diff := cmp.Diff([]feed.Known{old.Seen[1], old.Seen[0]}, doc.Seen[1:]); diff != "" {
		t.Error(diff)
	}
	if doc.Seen[0].Key != it.Key || doc.Seen[0].Hash != 21 {
		t.Errorf("Seen[0] = %+v", doc.Seen[0])
	}
}

// A rule once chosen for an item stays chosen when its id begins or ceases to
// repeat (I7).
func TestKeyIsRemembered(t *testing.T) {
	src := blog("a")
	a := feed.Item{RawID: "1", Content: content("A", "https://a.example/a", "x"), Hash: 11}
	b := feed.Item{RawID: "1", Content: content("B", "https://a.example/b", "y"), Hash: 12}
	edited := func(it feed.Item) feed.Item {
		it.HTML, it.Hash = it.HTML+" edited", it.Hash+100
		return it
	}
	alone := document(a)
	identity.Prepare(src, alone, nil)
	both := document(edited(a), b)
	identity.Prepare(src, both, alone.Seen)
	if got, want := both.Items[0].Key, alone.Items[0].Key; got != want {
		t.Errorf("the id begins to repeat: key %s, want %s", got, want)
	}
	if both.Items[1].KeyKind != feed.KeyLink {
		t.Errorf("the other item: kind %d, want the link", both.Items[1].KeyKind)
	}

	together := document(a, b)
	identity.Prepare(src, together, nil)
	left := document(edited(b))
	identity.Prepare(src, left, together.Seen)
	if got, want := left.Items[0].Key, together.Items[1].Key; got != want {
		t.Errorf("the id ceases to repeat: key %s, want %s", got, want)
	}
}

// A comment is not the page that it stands on, which the site's other feed
// tells.
func TestCommentLinks(t *testing.T) {
	it := prepared(blog("a"), feed.Item{RawID: "1", Content: content("Bob on the story", "https://a.example/the-story/#comment-7", "Nice")})
	if tr := it.Traits; tr.Canon != "" || tr.Slugs[0].Text != "bob-on-the-story" {
		t.Errorf("a comment has the page %q for its own, and its slugs %v", tr.Canon, tr.Slugs)
	}
}

// A guid that is used again for another story is an update of the first
// (XF09); one that both kinds of evidence leave ambiguous is nobody's.
func TestReusedID(t *testing.T) {
	src := blog("a")
	first := document(feed.Item{RawID: "1", Content: content("A", "https://a.example/a", "x"), Hash: 1})
	identity.Prepare(src, first, nil)
	second := document(feed.Item{RawID: "1", Content: content("B", "https://a.example/b", "y"), Hash: 2})
	identity.Prepare(src, second, first.Seen)
	if first.Items[0].Key != second.Items[0].Key {
		t.Error("a reused id made another item")
	}
}

// Ids that number positions identify nothing: every item keeps the key that it
// had, new ones get one of their own, whatever leaves at the end (I7).
func TestWanderingIDs(t *testing.T) {
	src := blog("a")
	keys, owners := make(map[string]feed.Key), make(map[feed.Key]string)
	var prior []feed.Known
	for newest := 5; newest < 12; newest++ {
		var items []feed.Item
		for i := range 5 {
			link := fmt.Sprintf("https://a.example/%c", 'a'+newest-i)
			items = append(items, feed.Item{
				RawID: fmt.Sprint(i), Content: content("Story", link, link), Hash: uint64(newest*10 + i),
			})
		}
		doc := document(items...)
		identity.Prepare(src, doc, prior)
		prior = doc.Seen
		for _, it := range doc.Items {
			if was, known := keys[it.Link]; known && was != it.Key {
				t.Errorf("newest %d: %s had the key %s, has %s", newest, it.Link, was, it.Key)
			}
			if was := owners[it.Key]; was != "" && was != it.Link {
				t.Errorf("newest %d: %s has the key of %s", newest, it.Link, was)
			}
			keys[it.Link], owners[it.Key] = it.Key, it.Link
		}
	}
}

// Items that have nothing but one title and date are told apart by their text.
func TestSharedTitleAndDate(t *testing.T) {
	doc := document(
		feed.Item{Content: content("Update", "", "one"), Published: noon},
		feed.Item{Content: content("Update", "", "two"), Published: noon},
		feed.Item{Content: content("Update", "", "<p>two</p>"), Published: noon},
	)
	identity.Prepare(blog("a"), doc, nil)
	a, b, c := doc.Items[0].Key, doc.Items[1].Key, doc.Items[2].Key
	if a == b || b != c || kinds(doc)[0] != feed.KeyContent {
		t.Errorf("kinds %v, keys %s %s %s", kinds(doc), a, b, c)
	}
}

// A document without Seen is its items.
func TestPrepareWithoutSeen(t *testing.T) {
	doc := &feed.Document{Items: []feed.Item{{RawID: "1"}, {RawID: "2"}}}
	identity.Prepare(blog("a"), doc, nil)
	if len(doc.Seen) != 2 || doc.Seen[1].Key != doc.Items[1].Key || doc.Items[1].Position != 1 {
		t.Errorf("Seen = %+v", doc.Seen)
	}
}

// A position that lies outside the document harms nothing.
func TestPrepareWithWrongPositions(t *testing.T) {
	doc := &feed.Document{
		Items: []feed.Item{{RawID: "1", Position: -1}, {RawID: "2", Position: 9}, {RawID: "3", Position: 0}},
		Seen:  make([]feed.Known, 1),
	}
	identity.Prepare(blog("a"), doc, nil)
	for i := range doc.Items {
		if doc.Items[i].Key.IsZero() {
			t.Errorf("item %d has no key", i)
		}
	}
}

// A pointer with words of its own names what it points at.
func TestPointer(t *testing.T) {
	words := strings.Repeat("word ", 24)
	for _, tt := range []struct {
		name, html string
		own        int
		external   string
	}{
		{"few words", "<p>" + words + "</p>", 24, ""},
		{"enough words", "<p>" + words + "more</p>", 25, "https://elsewhere.example/x"},
		{"quoted words", "<blockquote>" + words + words + "</blockquote><p>so <q>" + words + "</q>true</p>", 2, ""},
		{"characters", strings.Repeat("語", 49), 25, "https://elsewhere.example/x"},
	} {
		it := prepared(blog("a"), feed.Item{Content: content("A", "https://elsewhere.example/x", tt.html)})
		if it.Traits.OwnWords != tt.own || it.External != tt.external || it.Traits.Home {
			t.Errorf("%s: %d own words, external %q, home %v", tt.name, it.Traits.OwnWords, it.External, it.Traits.Home)
		}
	}
	it := prepared(blog("a"), feed.Item{Content: content("A", "https://a.example/x", "<p>"+words+words+"</p>")})
	if it.External != "" {
		t.Errorf("an item at home has External %q", it.External)
	}
}

// A sketch takes at most 512 bytes.
func TestSketchSize(t *testing.T) {
	for _, it := range []feed.Item{
		{Content: content(strings.Repeat("Über ", 200), "", article(newRand(1), lexicon(newRand(2), 5000), 200<<10))},
		{Content: content(strings.Repeat("語", 300), "", strings.Repeat("一二三四五六七", 9000))},
		{Content: content("A", "", strings.Repeat("ha ", 50000))},
	} {
		s := prepared(blog("a"), it).Traits.Sketch
		if size := 8 + len(s.Title) + 4*len(s.Shingles); size > 512 {
			t.Errorf("%.20s: %d bytes", it.Title, size)
		}
		if !slices.IsSorted(s.Shingles) || len(slices.Compact(slices.Clone(s.Shingles))) != len(s.Shingles) {
			t.Errorf("%.20s: shingles are not ascending", it.Title)
		}
	}
}

// Known shortens the work, never the outcome: preparing twice is the same.
func TestPrepareIsDeterministic(t *testing.T) {
	one, two := feedOf(40, 500), feedOf(40, 500)
	src := feed.Source{ID: "blog", URL: "https://blog.example/feed"}
	identity.Prepare(src, one, nil)
	identity.Prepare(src, two, one.Seen)
	if diff := cmp.Diff(one, two); diff != "" {
		t.Error(diff)
	}
}
