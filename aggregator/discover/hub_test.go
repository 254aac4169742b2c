package discover_test

import (
	"testing"

	"weir/aggregator/discover"
)

// W1: the first hub that Link headers name, in any of their forms.
func TestHub(t *testing.T) {
	const at = "https://blog.example/feeds/all"
	for _, c := range []struct {
		links     []string
		hub, self string
	}{
		{nil, "", ""},
		{[]string{`<https://hub.example/>; rel=hub`, `<https://blog.example/>; rel=self`}, "https://hub.example/", "https://blog.example/"},
		{[]string{`<https://hub.example/>; rel="hub", <../main>; rel="self alternate"`}, "https://hub.example/", "https://blog.example/main"},
		{[]string{`<https://one.example/>; rel=hub, <https://two.example/>; rel=hub`}, "https://one.example/", ""},
		{[]string{`<https://hub.example/>; rel=hub; anchor="https://other.example/"`}, "", ""},
		{[]string{`<javascript:x>; rel=hub`, `<https://blog.example/>; rel=hubcap`}, "", ""},
	} {
		if hub, self := discover.Hub(c.links, at); hub != c.hub || self != c.self {
			t.Errorf("%q: %q, %q", c.links, hub, self)
		}
	}
}
