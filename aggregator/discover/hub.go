package discover

import (
	"net/url"
	"strings"

	"weir/feed/markup"
)

// Hub returns the first WebSub hub that Link headers name, and what they call
// the document's own address, each empty if there is none. Headers come before
// what the document says (W1, WebSub §4).
func Hub(links []string, location string) (hub, self string) {
	base, err := url.Parse(location)
	if err != nil {
		return "", ""
	}
	for _, a := range header(links) {
		for rel := range strings.FieldsSeq(strings.ToLower(a.rel)) {
			switch {
			case rel == "hub" && hub == "":
				hub = markup.URL(a.href, base)
			case rel == "self" && self == "":
				self = markup.URL(a.href, base)
			}
		}
	}
	return hub, self
}
