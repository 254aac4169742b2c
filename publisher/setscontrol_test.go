package publisher_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// faults are what a broken renderer might do to a fragment. Each is in the
// formats in which it changes anything.
func faults() map[string]func(name string, item []byte) []byte {
	replace := func(old, new string) func(string, []byte) []byte {
		return func(_ string, item []byte) []byte { return bytes.Replace(item, []byte(old), []byte(new), 1) }
	}
	match := func(pattern, new string) func(string, []byte) []byte {
		re := regexp.MustCompile(pattern)
		return func(_ string, item []byte) []byte { return re.ReplaceAll(item, []byte(new)) }
	}
	xml := func(s string) func(string, []byte) []byte {
		return match(`</(item|entry)>$`, s+"</$1>")
	}
	return map[string]func(string, []byte) []byte{
		"nothing is escaped": func(_ string, item []byte) []byte {
			return []byte(strings.NewReplacer("&amp;", "&", "&#x26;", "&", "&lt;", "<", "&#x3C;", "<", "&#34;", `"`, `\"`, `"`).Replace(string(item)))
		},
		"sections are not parted":       match(`\]\]\]\]><!\[CDATA\[>`, "]]>"),
		"an attribute twice":            match(`<(guid|content) (\w+="\w+")`, `<$1 $2 $2`),
		"no space between attributes":   match(`" (type|length)=`, `"$1=`),
		"a control character":           match(`(</title>|"content_)`, "\x01$1"),
		"U+FFFE":                        match(`</title>`, "\ufffe</title>"),
		"a reference to one":            match(`</title>`, "&#1;</title>"),
		"not UTF-8":                     match(`(</title>|","content)`, "\xff$1"),
		"an undeclared prefix":          xml("<x:y/>"),
		"a name that is none":           xml("<a:/>"),
		"a comment with --":             xml("<!-- a -- b -->"),
		"an instruction":                xml("<?xml-stylesheet href='x'?>"),
		"a document type":               xml("<!DOCTYPE x>"),
		"a second title":                xml("<title>evil</title>"),
		"a second entry":                match(`</(item|entry)>$`, "</$1><$1></$1>"),
		"a vocabulary that is invented": xml(`<x:evil xmlns:x="urn:evil"/>`),
		"another id":                    match(`(</guid>|</id>|","_weir)`, "x$1"),
		"no title":                      match(`<title[^/]*</title>|"title":"[^"]*",`, ""),
		"another link":                  match(`(</link>|alternate"|"url":"https://)`, "x$1"),
		"a link that runs":              match(`>https?://[^<]*</link>|"https?://[^"]*"`, `"javascript:alert(1)"`),
		"another date":                  match(`20(\d\d-\d\d-\d\dT)|20(\d\d \d\d:)`, "21$1$2"),
		"a file is lost": func(name string, item []byte) []byte {
			if name == "feed.json" {
				return bytes.Replace(item, []byte(`"attachments":[{`), []byte(`"_attachments":[{`), 1)
			}
			return regexp.MustCompile(`<enclosure [^>]*></enclosure>|<link [^>]*rel="enclosure"[^>]*></link>`).ReplaceAll(item, nil)
		},
		"a text is cut":             match(`(\w )\w+(\]\]></content:encoded>|</content>|","date_published)`, "$1$2"),
		"a member twice":            match(`^\{`, `{"id":"evil",`),
		"half of a pair":            match(`"title":"`, `"title":"\ud800`),
		"a number that is none":     match(`\}\n?$`, `,"_n":1e999}`),
		"an entry is empty":         func(string, []byte) []byte { return nil },
		"nothing of an entry's end": replace("</", "<"),
	}
}

// The control of TestSets: whatever a renderer does wrong in one format, behind
// the publisher's own reading back, is noticed soon.
func TestSetsNotice(t *testing.T) {
	for name, change := range faults() {
		t.Run(name, func(t *testing.T) {
			tried := 0
			for _, format := range []string{"rss.xml", "atom.xml", "feed.json"} {
				changed, noticed := notices(t, func(of string, item []byte) []byte {
					if of != format {
						return item
					}
					return change(of, item)
				})
				if changed {
					tried++
				}
				if changed && !noticed {
					t.Errorf("nothing was noticed in %s", format)
				}
			}
			if tried == 0 {
				t.Error("it changes nothing anywhere")
			}
		})
	}
}

// notices publishes sets of which the fragments are changed, until that is
// noticed.
func notices(t *testing.T, change func(name string, item []byte) []byte) (changed, noticed bool) {
	rig := newRig(t)
	rig.publisher.Tamper(func(name string, item []byte) []byte {
		out := change(name, item)
		changed = changed || !bytes.Equal(out, item)
		return out
	})
	for i := range uint64(600) {
		if i >= 60 && !changed {
			break // the format has nothing of the kind
		}
		s := newSet(i)
		want := meanings(s)
		docs, err := rig.publish(s)
		if err != nil || check(docs, want) != nil {
			return changed, true
		}
	}
	return changed, false
}
