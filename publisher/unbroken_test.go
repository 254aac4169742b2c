package publisher_test

import (
	"strings"
	"testing"

	"weir/feed"
)

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
