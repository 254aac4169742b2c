package publisher_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"weir/feed"
	"weir/publisher"
)

// ids returns the ids of the entries of a document, in its order.
func ids(t *testing.T, s *publisher.Snapshot, path string) (list []string) {
	t.Helper()
	read := map[string]func(*testing.T, string) []told{"rss.xml": readRSS, "atom.xml": readAtom, "feed.json": readJSON}[path]
	for _, e := range read(t, body(t, s, path)) {
		list = append(list, e.ID)
	}
	return list
}

// No id stands twice in a document, also where only what cannot be published
// tells two apart: the one that subscribers know longer stays, the other is named
// (U7, I2).
func TestIDsStandOnce(t *testing.T) {
	one, two, three := blogPost(), linkPost(), untitled()
	one.ID, two.ID, three.ID = "urn:x:1\x01", "urn:x:2", " urn:x:1"
	shelf := library()
	shelf.put("all", one, two, three)
	s := render(t, newPublisher(t, options(), shelf))
	for _, path := range []string{"rss.xml", "atom.xml", "feed.json"} {
		if got := ids(t, s, path); len(got) != 2 || got[0] != "urn:x:2" || strings.TrimSpace(got[1]) != "urn:x:1" {
			t.Errorf("%s: %q", path, got)
		}
	}
	if left := s.LeftOut(); len(left) != 1 || left[0].Entry != one.Slug || left[0].Reason == "" {
		t.Errorf("left out: %+v", left)
	}
}

// Nor in an archive.
func TestIDsStandOnceInArchives(t *testing.T) {
	shelf := annals(120)
	for i, e := range shelf.windows["all"].Entries {
		if e.Slug == "day-010" {
			shelf.windows["all"].Entries[i].ID = "https://go.example.com/day/5\x01"
		}
	}
	list, _, _ := walk(t, serving(t, render(t, newPublisher(t, archiving(20), shelf))), here+"rss.xml")
	seen := make(map[string]int)
	for _, id := range list {
		seen[id]++
	}
	if len(seen) != 119 || seen["https://go.example.com/day/5"] != 1 {
		t.Errorf("%d ids, of which one stands %d times; want 119 and 1", len(seen), seen["https://go.example.com/day/5"])
	}
}

// A document does not say of one id that it is here and gone, or twice that it is
// gone (RFC 6721 §3).
func TestGoneOnce(t *testing.T) {
	shelf := library()
	here := blogPost()
	shelf.put("all", here)
	when := here.Updated.Add(time.Hour)
	for _, id := range []string{here.ID + "\x02", "urn:x:gone", "urn:x:gone\x00"} {
		shelf.removed = append(shelf.removed, feed.Entry{ID: id, Place: when, State: feed.StateRemoved, StateSince: when})
	}
	opt := options()
	opt.Site.Tombstones = true
	atom := body(t, render(t, newPublisher(t, opt, shelf)), "atom.xml")
	if strings.Count(atom, "<at:deleted-entry") != 1 || strings.Count(atom, `ref="urn:x:gone"`) != 1 {
		t.Errorf("not one entry is told to be gone:\n%s", atom)
	}
}

// Of these two the first ten digits of the SHA-256 are the same.
const (
	clashingSpace      = "https://example.net/ns/430202/torrent"
	otherClashingSpace = "https://example.net/ns/1381140/torrent"
)

// Of two namespaces with one prefix each keeps its meaning: two in one entry
// cannot be told apart, so that the second is left out; two in one document
// have declarations of their own (R20).
func TestPrefixesDoNotClash(t *testing.T) {
	thing := func(space, name string) feed.Extension { return feed.Extension{Space: space, Name: name} }
	post := func(id string, list ...feed.Extension) feed.Placed {
		e := entry(id, "go-notes", "urn:x:"+id, "2026-11-20T09:00:00Z")
		e.Title, e.Extensions = "Title", list
		return e
	}
	shelf := library()
	shelf.put("all",
		post("one", thing(clashingSpace, "a"), thing(otherClashingSpace, "never")),
		post("two", thing(otherClashingSpace, "b")), post("three", thing(clashingSpace, "c")), post("four", thing(otherClashingSpace, "d")))
	opt := options()
	opt.Channels[0].AllExtensions = true
	s := render(t, newPublisher(t, opt, shelf))
	for _, path := range []string{"rss.xml", "atom.xml"} {
		list, err := sayings(path, body(t, s, path))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for i, want := range []strictName{{clashingSpace, "a"}, {otherClashingSpace, "b"}, {clashingSpace, "c"}, {otherClashingSpace, "d"}} {
			if got := list[i].foreign; len(got) != 1 || got[0] != want {
				t.Errorf("%s: entry %d has %v; want %v", path, i, got, want)
			}
		}
	}
}

// One entry cannot fill the root of a document with declarations.
func TestNamespacesAreBounded(t *testing.T) {
	var list []feed.Extension
	for i := range 300 {
		list = append(list, feed.Extension{Space: fmt.Sprintf("urn:ns:%d", i), Name: "a"})
	}
	rss, _, _ := shown(t, true, list...)
	if n := strings.Count(rss, "xmlns:urn-"); n != 64 {
		t.Errorf("%d namespaces are declared; want 64", n)
	}
}

// A relation that is written as the address that is registered for it is the
// same relation (RFC 4287 §4.2.7.2, T13).
func TestRegisteredRelations(t *testing.T) {
	const registered = "http://www.iana.org/assignments/relation/"
	e := blogPost()
	e.Links = nil
	for _, rel := range []string{registered + "alternate", registered + "self", "HTTP://WWW.IANA.ORG/assignments/relation/enclosure", registered + "via", "https://a.example/rel"} {
		e.Links = append(e.Links, feed.Link{Rel: rel, Href: "https://evil.example/" + fmt.Sprint(len(e.Links))})
	}
	shelf := library()
	shelf.put("all", e)
	s := render(t, newPublisher(t, options(), shelf))
	for path, doc := range map[string]string{"atom.xml": body(t, s, "atom.xml"), "feed.json": body(t, s, "feed.json")} {
		for i := range e.Links {
			address := fmt.Sprintf("https://evil.example/%d", i)
			if passes := strings.Contains(doc, address); passes != (i >= 3) {
				t.Errorf("%s: %s passes: %v", path, e.Links[i].Rel, passes)
			}
		}
	}
}

// A file that cannot be linked to does not stand in the place of the first one
// that can: RSS has room for one (R7).
func TestEnclosureIsTheFirstFile(t *testing.T) {
	e := podcast()
	e.Attachments = append([]feed.Attachment{{URL: "javascript:alert(1)", Type: "audio/mpeg"}, {Type: "audio/mpeg"}}, e.Attachments[0])
	shelf := library()
	shelf.put("all", e)
	s := render(t, newPublisher(t, options(), shelf))
	rss := body(t, s, "rss.xml")
	if got := readRSS(t, rss)[0].Files; len(got) != 1 || got[0] != e.Attachments[2].URL || strings.Contains(rss, "<media:content") {
		t.Errorf("files %q in\n%s", got, rss)
	}
}

// What is made of an address is filtered as what came as text is: escapes in a
// host may stand for what no document can hold (XD01).
func TestHostsAreFiltered(t *testing.T) {
	e := blogPost()
	e.Authors = []feed.Person{{URI: "https://%EF%BF%BEann.example/"}, {URI: "https://%ffbo.example/"}}
	shelf := library()
	shelf.put("all", e)
	s := render(t, newPublisher(t, options(), shelf))
	for _, path := range []string{"rss.xml", "atom.xml", "feed.json"} {
		if doc := body(t, s, path); !strings.Contains(doc, "ann.example") || strings.Contains(doc, "\ufffe") {
			t.Errorf("%s: the authors are not named as they can be", path)
		}
	}
}

// Dates at the edge of what can be written are written, or none is (XD15).
func TestFirstSecond(t *testing.T) {
	for date, want := range map[time.Time]time.Time{
		time.Unix(-62_135_596_800, 3e8): at("2026-11-20T09:00:00Z"), time.Unix(-62_135_596_799, 0): time.Unix(-62_135_596_799, 0),
	} {
		e := entry("story", "go-notes", "urn:x:1", "2026-11-20T09:00:00Z")
		e.Published, e.Title = date, "Title"
		shelf := library()
		shelf.put("all", e)
		s := render(t, newPublisher(t, options(), shelf))
		if got := readRSS(t, body(t, s, "rss.xml")); len(got) != 1 || !got[0].Published.Equal(want) {
			t.Errorf("%v: %+v; want %v", date, got, want)
		}
	}
}

// A summary made of a text is never only dots.
func TestBriefSaysSomething(t *testing.T) {
	e := entry("story", "go-notes", "urn:x:1", "2026-11-20T09:00:00Z")
	e.Title, e.HTML = "Title", "<p>"+strings.Repeat("- ", 400)+"</p>"
	shelf := library()
	shelf.put("all", e)
	if rss := body(t, render(t, newPublisher(t, options(), shelf)), "rss.xml"); !strings.Contains(rss, "<description>- -") {
		t.Errorf("no summary:\n%s", rss)
	}
}
