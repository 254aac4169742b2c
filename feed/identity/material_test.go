package identity_test

import (
	"strings"
	"testing"

	"weir/feed"
	"weir/feed/identity"
)

// story is a content with everything that counts.
func story() feed.Content {
	return feed.Content{
		Title:       "A title",
		Link:        "https://a.example/story",
		Summary:     "In short.",
		HTML:        `<p>Some <b>text</b> with <a href="https://a.example/link?x=1">a link</a>.</p><p><img src="https://a.example/i.png?w=300" alt="i"> 12 comments</p>`,
		Authors:     []feed.Person{{Name: "Alice"}, {Name: "Bob"}},
		Tags:        []feed.Tag{{Term: "go"}, {Term: "feeds"}},
		Attachments: []feed.Attachment{{URL: "https://a.example/a.mp3?token=1"}},
		Image:       "https://a.example/i.png?w=600",
	}
}

// What nobody edited is no change (I16).
func TestImmaterial(t *testing.T) {
	want := identity.Material(&feed.Content{})
	if want == 0 {
		t.Error("the hash of nothing is 0")
	}
	original := story()
	want = identity.Material(&original)
	for name, change := range map[string]func(*feed.Content){
		"white space": func(c *feed.Content) {
			c.Title = " A\n title\u00a0"
			c.HTML = strings.ReplaceAll(c.HTML, " with", "\n\twith")
		},
		"mark-up":     func(c *feed.Content) { c.HTML = strings.ReplaceAll(c.HTML, "b>", "strong>") },
		"class":       func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, "<p>", `<p class="x">`, 1) },
		"entities":    func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, "text", "te&#120;t", 1) },
		"soft hyphen": func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, "text", "te\u00adxt", 1) },
		"counter":     func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, "12 comments", "1,013 comments", 1) },
		"image query": func(c *feed.Content) {
			c.HTML = strings.Replace(c.HTML, "w=300", "w=900", 1)
			c.Image = "https://a.example/i.png"
		},
		"link query in the text": func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, "x=1", "x=2", 1) },
		"attachment query":       func(c *feed.Content) { c.Attachments[0].URL = "http://a.example/a.mp3?token=2" },
		"https":                  func(c *feed.Content) { c.Link = "http://www.a.example/story/?utm_source=x" },
		"order of tags":          func(c *feed.Content) { c.Tags[0], c.Tags[1] = c.Tags[1], c.Tags[0] },
		"case of tags":           func(c *feed.Content) { c.Tags[0].Term = "Go" },
		"length of attachment":   func(c *feed.Content) { c.Attachments[0].Length = 9 },
		"comments":               func(c *feed.Content) { c.Comments = "https://a.example/comments" },
		"extensions":             func(c *feed.Content) { c.Extensions = []feed.Extension{{Name: "comments", Text: "13"}} },
		"rights":                 func(c *feed.Content) { c.Rights = "CC" },
	} {
		c := story()
		change(&c)
		if identity.Material(&c) != want {
			t.Errorf("%s: counts as a change", name)
		}
	}
}

// What a reader would call a change is one.
func TestMaterial(t *testing.T) {
	original := story()
	seen := map[uint64]string{identity.Material(&original): "the original"}
	for name, change := range map[string]func(*feed.Content){
		"title":            func(c *feed.Content) { c.Title = "The title" },
		"case of title":    func(c *feed.Content) { c.Title = "A Title" },
		"link":             func(c *feed.Content) { c.Link = "https://a.example/story-2" },
		"query of link":    func(c *feed.Content) { c.Link += "?page=2" },
		"front page":       func(c *feed.Content) { c.Link = "https://a.example/" },
		"summary":          func(c *feed.Content) { c.Summary = "In short!" },
		"moved word":       func(c *feed.Content) { c.Summary, c.Title = "short.", "A title In" },
		"text":             func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, "Some", "More", 1) },
		"punctuation":      func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, ".</p>", "!</p>", 1) },
		"number":           func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, "Some", "12", 1) },
		"another number":   func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, "Some", "13", 1) },
		"words apart":      func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, "<b>text", "<br>te xt", 1) },
		"image":            func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, "i.png", "j.png", 1) },
		"link in the text": func(c *feed.Content) { c.HTML = strings.Replace(c.HTML, "example/link", "example/other", 1) },
		"story's image":    func(c *feed.Content) { c.Image = "https://a.example/k.png" },
		"attachment":       func(c *feed.Content) { c.Attachments[0].URL = "https://a.example/b.mp3" },
		"no attachment":    func(c *feed.Content) { c.Attachments = nil },
		"author":           func(c *feed.Content) { c.Authors[0].Name = "Carol" },
		"no author":        func(c *feed.Content) { c.Authors = nil },
		"tag":              func(c *feed.Content) { c.Tags = c.Tags[:1] },
	} {
		c := story()
		change(&c)
		h := identity.Material(&c)
		if other, ok := seen[h]; ok {
			t.Errorf("%s: the same as %s", name, other)
		}
		seen[h] = name
	}
}

// Counters are numbers beside a counter's name, in either order; other numbers
// stay.
func TestCounters(t *testing.T) {
	hash := func(text string) uint64 { return identity.Material(&feed.Content{HTML: text}) }
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"12 comments", "13 comments", true},
		{"(12 comments)", "(9 Comments)", false}, // the case of a word counts
		{"(12 comments)", "(9 comments)", true},
		{"1.2k views", "1.3k views", true},
		{"<b>7</b> likes", "<b>8</b> likes", true},
		{"Points: 103 # Comments: 45", "Points: 9 # Comments: 46", true},
		{"Comments (4)", "Comments (5)", true},
		{"comments 4 you", "comments 5 you", false},
		{"12 apples", "13 apples", false},
		{"2026", "2027", false},
		{"no comments: really 4", "no comments: really 5", false},
	} {
		if got := hash(tt.a) == hash(tt.b); got != tt.same {
			t.Errorf("%q and %q: same %v", tt.a, tt.b, got)
		}
	}
}

// Texts longer than the buffer are hashed to their end, whatever they consist
// of.
func TestMaterialOfLongTexts(t *testing.T) {
	for _, unit := range []string{"word ", "x", "12 ", "12 comments ", "<p>", "你", "&amp;"} {
		text := strings.Repeat(unit, 5000)
		a := identity.Material(&feed.Content{HTML: text + " end"})
		b := identity.Material(&feed.Content{HTML: text + " End"})
		if a == b {
			t.Errorf("%q: the end is not seen", unit)
		}
	}
}
