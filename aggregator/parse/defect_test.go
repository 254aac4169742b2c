package parse_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/aggregator/parse"
	"weir/feed"
)

// outcome is what a reader would want of a document with one defect: that it
// is refused, or the titles of its items.
type outcome struct {
	titles []string
	// more checks what else must have come through.
	more func(*feed.Document) bool
	why  string
}

// first returns a check of the first item.
func first(check func(*feed.Item) bool) func(*feed.Document) bool {
	return func(doc *feed.Document) bool { return check(&doc.Items[0]) }
}

func attachment(url, mediaType string, length int64) func(*feed.Document) bool {
	return first(func(it *feed.Item) bool {
		return len(it.Attachments) == 1 && it.Attachments[0].URL == url && it.Attachments[0].Type == mediaType && it.Attachments[0].Length == length
	})
}

// defects says of every document with one defect what its reader wants,
// decided by looking at it.
var defects = map[string]outcome{
	"amp_attr.xml": {titles: []string{"z"}, more: attachment("http://x/?a=1&b=2", "audio/mpeg", 1),
		why: "a bare ampersand in an address is an ampersand"},
	"amp_noscolon.xml":  {titles: []string{"AT&T x y"}, why: "references are read with and without their semicolon, as browsers read them; white space in a title is one space"},
	"amp_text.xml":      {titles: []string{"a&b"}, more: first(func(it *feed.Item) bool { return it.Link == "http://x/?a=1&b=2" }), why: "as in an attribute"},
	"atom_nons.xml":     {titles: []string{"q"}, why: "a feed of entries is Atom, whether it says so or not"},
	"atom_ns_https.xml": {titles: []string{"q"}, why: "nobody means another namespace by https"},
	"atom_ns_slash.xml": {titles: []string{"q"}, why: "nor by a slash"},
	"atom_ns_space.xml": {titles: []string{"q"}, why: "nor by a space"},
	"bogusenc.xml":      {titles: []string{"q"}, why: "an unknown label says nothing; the bytes are UTF-8"},
	"bom.xml":           {titles: []string{"q"}, why: "a byte order mark is no content"},
	"bom2.xml":          {titles: []string{"q"}, why: "nor are two"},
	"br.xml":            {titles: []string{"z", "q"}, more: first(func(it *feed.Item) bool { return it.HTML == "a <br> c" }), why: "<br> is HTML's, which never closes it"},
	"cp1252.xml":        {titles: []string{"café “q”"}, why: "windows-1252, as declared"},
	"ctrl.xml":          {titles: []string{"z", "q"}, why: "characters that XML forbids say nothing"},
	"dashcomment.xml":   {titles: []string{"q"}, why: "a comment ends at -->, whatever is in it"},
	"dtd_entity.xml":    {titles: []string{"q Foo & Co"}, why: "the document says what &co; is"},
	"empty.xml":         {why: "nothing is no feed"},
	"html.xml":          {why: "a page is no feed"},
	"json_bom.json":     {titles: []string{"q"}, why: "a byte order mark is no content"},
	"json_intid.json":   {titles: []string{"q"}, more: first(func(it *feed.Item) bool { return it.RawID == "5" && !it.Published.IsZero() }), why: "a number is an id, a space stands for the T"},
	"json_lax.json":     {titles: []string{"q"}, more: first(func(it *feed.Item) bool { return len(it.Authors) == 1 && it.Authors[0].Name == "Bob" }), why: "an author by name alone is one; a size in quotes is a size"},
	"json_tags_string.json": {titles: []string{"q"}, more: first(func(it *feed.Item) bool { return len(it.Tags) == 1 && it.Tags[0].Term == "a" }),
		why: "one tag is a list of one"},
	"junk.xml":                 {titles: []string{"q"}, why: "a warning of PHP's is not the feed"},
	"latin1_nodecl.xml":        {titles: []string{"café"}, why: "bytes that are no UTF-8 are windows-1252"},
	"latin1_utf8decl.xml":      {titles: []string{"café"}, why: "whatever they are called"},
	"leadblank.xml":            {titles: []string{"q"}, why: "blank lines say nothing"},
	"lt.xml":                   {titles: []string{"z"}, more: first(func(it *feed.Item) bool { return it.HTML == "a &lt; b <br> c" }), why: "a less-than before a space is one"},
	"misnest.xml":              {titles: []string{"z", "q"}, more: first(func(it *feed.Item) bool { return it.HTML == "<p>a<b>c</b></p>" }), why: "HTML that was not escaped is HTML"},
	"opml.xml":                 {why: "a list of feeds is no feed"},
	"rdf_noslash.xml":          {titles: []string{"q"}, why: "nobody means another namespace without the slash"},
	"root_after_4k.xml":        {titles: []string{"q"}, why: "a comment may be long"},
	"rss_atom_default.xml":     {titles: []string{"q"}, why: "an item of a channel of rss is RSS, whatever is stamped on it"},
	"rss_ns.xml":               {titles: []string{"q"}, why: "likewise"},
	"trail.xml":                {titles: []string{"q"}, why: "what follows the feed is not the feed"},
	"trail2.xml":               {titles: []string{"q"}, why: "likewise"},
	"trunc.xml":                {titles: []string{"q"}, more: func(doc *feed.Document) bool { return doc.Partial && len(doc.Rejected) == 1 }, why: "the whole item is read; half of one is not a story"},
	"undeclared_ns.xml":        {titles: []string{"z"}, more: first(func(it *feed.Item) bool { return it.HTML == "cc" && len(it.Authors) == 1 && it.Authors[0].Name == "me" }), why: "everybody knows what dc and content are"},
	"unquoted.xml":             {titles: []string{"z"}, more: attachment("http://x/a", "audio/mpeg", 1), why: "a value ends at a space"},
	"upper.xml":                {titles: []string{"q"}, why: "RSS in capitals is RSS"},
	"utf8_declared_latin1.xml": {titles: []string{"café"}, why: "bytes that are UTF-8 are, whatever they are called"},
	"utf8_declared_utf16.xml":  {titles: []string{"q"}, why: "likewise"},
	"xml11.xml":                {titles: []string{"q"}, why: "feeds in XML 1.1 are feeds"},
}

// Every document with one defect comes out as its reader wants it.
func TestOneDefect(t *testing.T) {
	dir := filepath.Join(corpus(t), "one-defect")
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	good := 0
	for _, file := range files {
		want, ok := defects[file.Name()]
		if !ok {
			t.Errorf("%s: nobody looked at it", file.Name())
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if problem := want.problem(body); problem != "" {
			t.Errorf("%s, where %s: %s", file.Name(), want.why, problem)
			continue
		}
		good++
	}
	t.Logf("%d of %d", good, len(files))
	// The control: wrong outcomes are seen.
	body := []byte(channel(story("a")))
	for name, wrong := range map[string]outcome{
		"refusal": {}, "another title": {titles: []string{"b"}}, "more titles": {titles: []string{"a", "b"}},
		"more": {titles: []string{"a"}, more: first(func(it *feed.Item) bool { return it.Link != "" })},
	} {
		if wrong.problem(body) == "" {
			t.Errorf("the control was not noticed: %s", name)
		}
	}
}

// problem tells in what a document comes out otherwise.
func (o outcome) problem(body []byte) string {
	doc, err := parse.Read(body, parse.Options{})
	switch {
	case o.titles == nil && errors.Is(err, parse.ErrNotFeed):
		return ""
	case err != nil:
		return err.Error()
	case o.titles == nil:
		return "it was not refused"
	}
	var titles []string
	for i := range doc.Items {
		titles = append(titles, doc.Items[i].Title)
	}
	if diff := cmp.Diff(o.titles, titles); diff != "" {
		return "titles -want +got\n" + diff
	}
	if o.more != nil && !o.more(doc) {
		return cmp.Diff(feed.Document{}, *doc)
	}
	return ""
}
