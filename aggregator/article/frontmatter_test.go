package article_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"weir/feed"
)

// One article in all three kinds of front matter is one and the same.
func TestFrontMatterForms(t *testing.T) {
	want := feed.Item{
		Content: feed.Content{
			Title: "On Weirs", Link: site + "e/on-weirs/", Summary: "Why water waits.", HTML: "<p>Text.</p>",
			Language: "en-GB", Rights: "CC BY 4.0",
			Authors: []feed.Person{
				{Name: "Ana Lima", Email: "ana@example.org", URI: "https://ana.example.org/", Bio: "Ana builds dams.", Role: "editor"},
				{Name: "Bo"},
			},
			Tags:        []feed.Tag{{Term: "water"}, {Term: "Engineering"}},
			Attachments: []feed.Attachment{{URL: "https://cdn.example.net/w.mp3", Type: "audio/mpeg", Length: 1234, Duration: 90 * time.Second}},
			Image:       "https://cdn.example.net/w.png",
			Links:       []feed.Link{{Rel: "canonical", Href: "https://other.example.net/w"}},
		},
		RawID: "w-1", Slug: "on-weirs",
		Published: time.Date(2026, 11, 3, 7, 0, 0, 0, time.UTC),
		Updated:   time.Date(2026, 11, 4, 0, 0, 0, 0, time.UTC),
	}
	for name, matter := range map[string]string{
		"yaml.md": `---
title: On Weirs
slug: on-weirs
id: w-1
date: 2026-11-03T08:00:00+01:00
lastmod: 2026-11-04
description: Why water waits.
lang: en_GB
license: CC BY 4.0
tags: [water, "#Engineering", Water]
authors:
  - name: Ana Lima
    email: ana@example.org
    url: https://ana.example.org/
    bio: Ana builds dams.
    role: editor
  - Bo
image: https://cdn.example.net/w.png
canonical_url: https://other.example.net/w
enclosure: {url: https://cdn.example.net/w.mp3, length: 1234, duration: "1:30"}
---
Text.
`,
		"toml.md": `+++
title = "On Weirs"
slug = 'on-weirs'
id = "w-1"
date = 2026-11-03T08:00:00+01:00
updated = 2026-11-04
summary = "Why water waits."
language = "en-GB"
license = "CC BY 4.0"
image = "https://cdn.example.net/w.png"
canonical = "https://other.example.net/w"
authors = [
  { name = "Ana Lima", email = "ana@example.org", url = "https://ana.example.org/", bio = "Ana builds dams.", role = "editor" },
  { name = "Bo" },
]
[taxonomies]
tags = ["water", "Engineering"]
[podcast]
url = "https://cdn.example.net/w.mp3"
type = "audio/mpeg"
length = 1234
duration = 90
+++
Text.
`,
		"json.md": `{
  "title": "On Weirs", "slug": "on-weirs", "id": "w-1",
  "publishDate": "2026-11-03T07:00:00Z", "modified": "2026-11-04",
  "excerpt": "Why water waits.", "lang": "en-GB", "license": "CC BY 4.0",
  "categories": "water, Engineering",
  "author": [{"name": "Ana Lima", "email": "ana@example.org", "url": "https://ana.example.org/", "bio": "Ana builds dams.", "role": "editor"}, "Bo"],
  "cover": {"image": "https://cdn.example.net/w.png"},
  "canonical": "https://other.example.net/w",
  "enclosures": [{"url": "https://cdn.example.net/w.mp3", "length": 1234, "duration": "1m30s"}]
}
Text.
`,
	} {
		t.Run(name, func(t *testing.T) {
			got := one(t, name, matter)
			want.Hash = got.Hash
			diff(t, "item", got, want)
		})
	}
}

// The keys that other tools made usual mean here what they mean there.
func TestAliases(t *testing.T) {
	day := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		keys string
		ok   func(feed.Item) bool
	}{
		{"date pubDate published publishDate pub_date datePublished created", func(it feed.Item) bool { return it.Published.Equal(day) }},
		{"updated lastmod updatedDate modified last_modified_at dateModified", func(it feed.Item) bool { return it.Updated.Equal(day) }},
		{"summary description excerpt", func(it feed.Item) bool { return it.Summary == "2026-11-02" }},
		{"tags categories keywords tag", func(it feed.Item) bool { return len(it.Tags) == 1 && it.Tags[0].Term == "2026-11-02" }},
		{"author authors byline", func(it feed.Item) bool { return len(it.Authors) == 1 && it.Authors[0].Name == "2026-11-02" }},
		{"rights license copyright", func(it feed.Item) bool { return it.Rights == "2026-11-02" }},
		{"slug permalink url", func(it feed.Item) bool { return it.Slug == "2026-11-02" }},
		{"id guid", func(it feed.Item) bool { return it.RawID == "2026-11-02" }},
		{"expiryDate unpublish", func(it feed.Item) bool { return it.Slug == "" }},
		{"canonical canonical_url", func(it feed.Item) bool { return len(it.Links) == 1 && it.Links[0].Rel == "canonical" }},
		{"external_url link", func(it feed.Item) bool { return it.External == site+"e/a/2026-11-02" }},
	} {
		for key := range strings.FieldsSeq(c.keys) {
			res := read(t, map[string]string{"a.md": fmt.Sprintf("---\ntitle: T\n%s: %q\n---\nx", key, "2026-11-02")})
			if len(res.Document.Items) == 0 {
				res.Document.Items = make([]feed.Item, 1)
			}
			if it := res.Document.Items[0]; !c.ok(it) {
				t.Errorf("%s is not understood: %+v, %v", key, it, res.Problems)
			}
		}
	}
}

// A picture that the folder lacks is pointed out, and none is better than a
// broken one; an address on the site or elsewhere is not for us to judge.
func TestImages(t *testing.T) {
	for key := range strings.FieldsSeq("image cover heroImage featured_image cover-image") {
		for ref, want := range map[string]string{
			"/i.png": site + "i.png", "https://cdn.example.net/i.png": "https://cdn.example.net/i.png", "i.png": "",
		} {
			res := read(t, map[string]string{"a.md": fmt.Sprintf("---\ntitle: T\n%s: %s\n---\nx", key, ref)})
			if it := res.Document.Items[0]; it.Image != want || (want == "") != (len(res.Problems) == 1) {
				t.Errorf("%s: %s became %q; want %q; problems %v", key, ref, it.Image, want, res.Problems)
			}
		}
	}
}

func TestFrontMatterValues(t *testing.T) {
	for _, c := range []struct {
		name, matter string
		got          func(feed.Item) any
		want         any
	}{
		{"a number is a fine title", "title: 1.10", func(it feed.Item) any { return it.Title }, "1.10"},
		{"a title is not markup", `title: Using <canvas> & "co"`, func(it feed.Item) any { return it.Title }, `Using <canvas> & "co"`},
		{"a folded text is one line", "title: T\nsummary: >\n  one\n  two\n", func(it feed.Item) any { return it.Summary }, "one two"},
		{"empty keys say nothing", "title: T\ndate:\ntags:\nslug: \"\"\nimage: ''\nauthor: ~", func(it feed.Item) any { return it.Slug }, "a"},
		{"summary before description", "title: T\ndescription: D\nsummary: S", func(it feed.Item) any { return it.Summary }, "S"},
		{"date before created", "title: T\ncreated: 2026-01-01\ndate: 2026-02-02", func(it feed.Item) any { return it.Published.Format(time.DateOnly) }, "2026-02-02"},
		{"an author with an address", "title: T\nauthor: Ana <ana@example.org>", func(it feed.Item) any { return it.Authors[0].Email }, "ana@example.org"},
		{"keys for the only author", "title: T\nauthor: By Ana\nauthor_url: https://ana.example.org/\nbio: Hi.", func(it feed.Item) any { return it.Authors[0] },
			feed.Person{Name: "Ana", URI: "https://ana.example.org/", Bio: "Hi."}},
		{"keywords only without tags", "title: T\nkeywords: [k]\ntags: [t]", func(it feed.Item) any { return it.Tags }, []feed.Tag{{Term: "t"}}},
		{"published: true", "title: T\npublished: true", func(it feed.Item) any { return it.Published }, edited},
		{"Hugo's params", "title: T\nparams: {author: Ana}", func(it feed.Item) any { return it.Authors[0].Name }, "Ana"},
		{"a Jekyll date", "title: T\ndate: 2026-11-02 10:00:00 +0200", func(it feed.Item) any { return it.Published.Hour() }, 8},
		{"a date in words", "title: T\ndate: November 2, 2026", func(it feed.Item) any { return it.Published.Day() }, 2},
		{"a date with a weekday", "title: T\ndate: Mon, 02 Nov 2026 10:00:00 GMT", func(it feed.Item) any { return it.Published.Hour() }, 10},
		{"the first of several images", "title: T\nimages: [https://x.example/a.png, b.png]", func(it feed.Item) any { return it.Image }, "https://x.example/a.png"},
		{"no address but http", "title: T\nimage: 'javascript:alert(1)'", func(it feed.Item) any { return it.Image }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			diff(t, "value", c.got(one(t, "a.md", "---\n"+c.matter+"\n---\nx")), c.want)
		})
	}
}

// XJ04: what cannot be meant is an error that names the line, and so is what
// would cost more than it says.
func TestFrontMatterErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a bomb of aliases", "---\na: &a [x,x]\nb: &b [*a,*a]\ntitle: *b\n---\nx", "a.md:3: aliases (*name) are not followed"},
		{"a repeated key", "---\ntitle: A\n\ntitle: B\n---\nx", `a.md:4: key "title" is there twice, first on line 2`},
		{"a repeated key in TOML", "+++\ntitle = 'A'\ntitle = 'B'\n+++\nx", "a.md:3: the TOML cannot be read"},
		{"a repeated key in JSON", "{\n\"title\": 1,\n\"title\": 2}\nx", `a.md:3: key "title" is there twice, first on line 2`},
		{"a broken line", "---\ntitle: A: B\n---\nx", "a.md:2: the YAML cannot be read"},
		{"a tab", "---\ntitle: A\n\tslug: b\n---\nx", "a.md:3: the YAML cannot be read"},
		{"broken TOML", "+++\ntitle = 'A'\ndate = tomorrow\n+++\nx", "a.md:3: the TOML cannot be read"},
		{"broken JSON", "{\"title\": 1,\n oops}\nx", "a.md:2: the JSON cannot be read"},
		{"no closing line", "---\ntitle: A\n\nText", "a.md:1: the front matter is not closed"},
		{"no closing line in TOML", "+++\ntitle = 1", "a.md:1: the front matter is not closed"},
		{"no closing bracket", `{"title": 1`, "a.md:1: the JSON front matter is not closed"},
		{"a list", "---\n- a\n---\nx", "a.md:2: the front matter is a list"},
		{"a title that is a list", "---\ntitle: [A]\n---\nx", "a.md:2: title must be text, not a list"},
		{"a date that is a map", "---\ntitle: A\ndate: {a: b}\n---\nx", "a.md:3: date must be a date, not a map"},
		{"a year far off", "---\ntitle: A\ndate: 9999-01-01\n---\nx", "a.md:3: date: the year 9999 is not plausible"},
		{"a year alone", "---\ntitle: A\ndate: 9999\n---\nx", "a.md:3: date: this is no date that can be read"},
		{"a date of either order", "---\ntitle: A\ndate: 02/03/2026\n---\nx", "a.md:3: date: this is no date that can be read"},
		{"a slug that climbs", "---\ntitle: A\nslug: ../../x\n---\nx", `a.md:3: slug "../../x" is not made of a-z, 0-9 and inner hyphens, at most 80`},
		{"a slug in capitals", "---\nslug: My-Post\n---\nx", "a.md:2: slug \"My-Post\" is not made of a-z, 0-9 and inner hyphens, at most 80: my-post would do"},
		{"a draft of sorts", "---\ndraft: perhaps\n---\nx", "a.md:2: draft must be true or false"},
		{"tags in maps", "---\ntags: [{a: b}]\n---\nx", "a.md:2: tags must be words, not a map"},
		{"no language", "---\nlang: the usual one\n---\nx", "a.md:2: lang must be a language tag"},
		{"an enclosure of nothing", "---\nenclosure: {type: audio/mpeg}\n---\nx", "a.md:2: enclosure has no url"},
		{"a negative length", "---\nenclosure: {url: /a.mp3, length: -1}\n---\nx", "a.md:2: enclosure.length must be a number of bytes"},
		{"nested YAML", "---\na: " + strings.Repeat("[", 20) + strings.Repeat("]", 20) + "\n---\nx", "a.md:2: lists and maps nest deeper than 8"},
		{"nested TOML", "+++\na = " + strings.Repeat("[", 5000) + "\n+++\nx", "a.md:2: lists and maps nest deeper than 8"},
		{"nested JSON", `{"a": ` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + "}\nx", "a.md:1: lists and maps nest deeper than 8"},
		{"much of it", "---\ntitle: " + strings.Repeat("a", 70000) + "\n---\nx", "a.md:1: the front matter has 70008 bytes, more than the 65536 allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := read(t, map[string]string{"a.md": c.text})
			if len(res.Document.Items) > 0 {
				t.Errorf("it became an item: %+v", res.Document.Items[0])
			}
			if got := strings.Join(lines(res.Problems), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("problems are\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// All that is wrong with a file is told at once.
func TestAllErrorsAtOnce(t *testing.T) {
	res := read(t, map[string]string{"a.md": "---\nlang: 7\ndraft: perhaps\nslug: A\n---\nx"})
	if len(res.Problems) != 3 || res.Problems[0].Line != 2 || res.Problems[2].Line != 4 {
		t.Errorf("problems are %v; want three, by line", res.Problems)
	}
}

// A near miss of a known key is pointed out; a key of another tool is not.
func TestNearMisses(t *testing.T) {
	res := read(t, map[string]string{"a.md": "---\ntilte: A\nsumary: B\npublshDate: 2026-01-01\nseries: x\nodd_one: 1\nlayout: post\nlevel: 3\n---\n# T\n\nx"})
	diff(t, "problems", lines(res.Problems), []string{
		`a.md:2: unknown key "tilte": did you mean "title"?`,
		`a.md:3: unknown key "sumary": did you mean "summary"?`,
		`a.md:4: unknown key "publshDate": did you mean "publishdate"?`,
	})
	if len(res.Document.Items) != 1 || res.Document.Partial {
		t.Error("warnings must not keep the article back")
	}
}

// A thematic break at the top of a text opens no front matter.
func TestNoFrontMatter(t *testing.T) {
	it := one(t, "a.md", "---\n\nOnce upon a time.\n")
	if it.HTML != "<hr>\n<p>Once upon a time.</p>" || it.Title != "Once upon a time." {
		t.Errorf("title %q, text %q", it.Title, it.HTML)
	}
	if it := one(t, "a.md", "---\n# only a comment\n---\nText."); it.HTML != "<p>Text.</p>" {
		t.Errorf("text is %q", it.HTML)
	}
}
