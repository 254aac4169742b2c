package main

import (
	"slices"
	"strings"

	"weir/feed"
	"weir/publisher"
)

// The namespaces that the formats are written in, and the words of theirs that
// an item may have.
var formatWords = map[string]string{
	"":                         "title link description author category comments enclosure guid pubdate source",
	"http://purl.org/rss/1.0/": "title link description",
	"http://www.w3.org/2005/Atom": "id title link updated published author contributor category rights summary content source " +
		"name email uri subtitle icon logo modified issued created copyright tagline url",
	"http://purl.org/rss/1.0/modules/content/": "encoded",
}

// jsonWords are the members that an item of JSON Feed may have, and theirs.
const jsonWords = "id url external_url title content_html content_text summary image banner_image date_published date_modified " +
	"author authors tags language attachments name avatar mime_type size_in_bytes duration_in_seconds"

// reason says why an element that some formats lack is no loss; it is empty for
// one that is. Each reason is a decision that has its rule. Again says that the
// item has more than one such element.
func reason(e *said, it *feed.Item, missing []string, again, all bool) string {
	name := strings.ToLower(e.name)
	words, native := formatWords[e.space]
	_, inNative := formatWords[e.around]
	switch {
	case e.bare, native && e.text+e.address == "":
		return "it is empty"
	case e.space == feed.SpaceJSON:
		return jsonReason(e, name, missing, all)
	case e.nested && native && !(inNative && e.part):
		return "the format defines it for items, and not for where it stands"
	case e.nested && !native && inNative:
		return "it stands inside one of the format's own elements, which no other document may extend (XD14)"
	}
	if why := saidOtherwise(e, name, it, missing, again); why != "" {
		return why
	}
	if native {
		if hasWord(words, name) {
			return ""
		}
		return "the format does not define it, so that no other document may hold it"
	}
	if e.space == dublinCore && hasWord("creator contributor rights language subject", name) {
		return "" // fields say them, or they are lost
	}
	return publisher.Withheld(e.space, e.name, e.raw, all)
}

const dublinCore = "http://purl.org/dc/elements/1.1/"

func jsonReason(e *said, name string, missing []string, all bool) string {
	xmlOnly := !slices.Contains(missing, "json")
	switch {
	case xmlOnly && name == "avatar":
		return "neither RSS nor Atom has a picture of a person"
	case xmlOnly && (name == "duration_in_seconds" || name == "size_in_bytes"):
		return "XML says it of files that have a place for it (R7, T14)"
	case xmlOnly && name == "url":
		return "RSS has the names of people only (R6)"
	case name == "url" && strings.HasPrefix(e.text, "mailto"):
		return "an address of mail is no web address of a person (J4)"
	case name == "name":
		return "authors outweigh the single author of version 1.0 (J4)"
	case name == "content_text":
		return "the same text stands there as HTML (J3)"
	case hasWord(jsonWords, name):
		return ""
	case !strings.HasPrefix(name, "_"):
		return "JSON Feed does not define it, and extensions begin with an underscore (J10)"
	case !publisher.Member(name):
		return "its name is one that Weir writes, or none of an extension (J10)"
	case !all:
		return "members that JSON Feed does not define pass where extensions: all is set (M7)"
	case xmlOnly:
		return "XML has no words for members of JSON (M7)"
	}
	return ""
}

// saidOtherwise knows what reading or writing replaces on purpose.
func saidOtherwise(e *said, name string, it *feed.Item, missing []string, again bool) string {
	rel := strings.ToLower(e.rel)
	rssOnly := len(missing) == 1 && missing[0] == "rss"
	switch {
	case rssOnly && (name == "uri" || name == "url"):
		return "RSS has the names of people only (R6)"
	case name == "email":
		return "where a person is written to is told in Atom only"
	case name == "link" && rssOnly:
		return "RSS has no words for the relation"
	case name == "link" && rel != "" && !hasWord("alternate enclosure related via replies license payment", rel):
		return "it places the source's own document among others (T13)"
	case name == "link" && it.Link != "" && (rel == "" || rel == "alternate"):
		return "a story has one address, and another stands before it (I8)"
	case name == "content" && e.address != "":
		return "a text that lies elsewhere is the story's address, where it has no other (RFC 4287 §4.1.3.2)"
	case hasWord("author creator contributor name credit", name) && (len(it.Authors) > 0 || len(it.Contributors) > 0):
		return "it names nobody, or somebody who stands there by another name (I24)"
	case name == "category" && len(it.Tags) == feed.MaxTags:
		return "there are more than an item may have (XC13)"
	case again && hasWord("title description summary content encoded", name):
		return "the item says it more than once (I26)"
	case e.plain == "" && e.address == "" && e.text != "":
		return "cleaning leaves nothing of it (XE02)"
	}
	return ""
}

func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}
