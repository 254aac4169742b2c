package fulltext_test

import (
	"fmt"
	"strings"
	"testing"

	"weir/aggregator/fulltext"
)

// TestRobots covers P48.
func TestRobots(t *testing.T) {
	for _, c := range []struct {
		name, text, path string
		allowed          bool
	}{
		{"nothing said", "", "/a", true},
		{"for everybody", "User-agent: *\nDisallow: /a", "/a/b", false},
		{"elsewhere", "User-agent: *\nDisallow: /a", "/b", true},
		{"our own group instead", "User-agent: *\nDisallow: /\nUser-agent: weir\nAllow: /", "/a", true},
		{"our own group, any case, with a version", "USER-AGENT: WEIR/1.0\r\nDISALLOW: /a", "/a", false},
		{"a longer name is another's", "User-agent: weirdo\nDisallow: /", "/a", true},
		{"two names above one group", "User-agent: x\nUser-agent: Weir\nDisallow: /a", "/a", false},
		{"groups are joined", "User-agent: weir\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: weir\nDisallow: /b", "/b", false},
		{"an empty group of ours allows", "User-agent: *\nDisallow: /\nUser-agent: weir\nDisallow:", "/a", true},
		{"the longest decides", "User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true},
		{"whatever the order", "User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/b/c", true},
		{"of equals the one that allows", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", true},
		{"of equals, the other order", "User-agent: *\nAllow: /a\nDisallow: /a", "/a", true},
		{"star", "User-agent: *\nDisallow: /*/print", "/2026/x/print?y", false},
		{"end", "User-agent: *\nDisallow: /*.php$", "/x.php", false},
		{"not the end", "User-agent: *\nDisallow: /*.php$", "/x.php5", true},
		{"an end that overlaps", "User-agent: *\nDisallow: /ab*ba$", "/aba", true},
		{"query", "User-agent: *\nDisallow: /*?print", "/a?print=1", false},
		{"comment", "User-agent: * # all\nDisallow: /a # b", "/a", false},
		{"escaped there", "User-agent: *\nDisallow: /%7Ejoe/%e4", "/~joe/%E4", false},
		{"escaped here", "User-agent: *\nDisallow: /ä", "/%c3%a4", false},
		{"an escaped slash is none", "User-agent: *\nDisallow: /a/b", "/a%2Fb", true},
		{"unknown lines do not part a group", "User-agent: x\nSitemap: /s\nUser-agent: weir\nDisallow: /", "/a", false},
		{"no group", "Disallow: /", "/a", true},
		{"a page", "<!DOCTYPE html><p>User-agent: nobody", "/a", true},
		{"byte order mark", "\xef\xbb\xbfUser-agent: *\nDisallow: /", "/a", false},
		{"itself", "User-agent: *\nDisallow: /", "/robots.txt", true},
		{"the front", "User-agent: *\nDisallow: /", "", false},
	} {
		r := fulltext.ReadRobots([]byte(c.text), "Weir")
		if got := r.Allows("https://site.example" + c.path); got != c.allowed {
			t.Errorf("%s: allowed is %v", c.name, got)
		}
	}
	if fulltext.Closed().Allows("https://site.example/a") {
		t.Error("a site that cannot say what it allows is open")
	}
}

// TestRobotsBounds reads files that want to cost much (P48).
func TestRobotsBounds(t *testing.T) {
	stars := strings.Repeat("*a", 500)
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "Disallow: /%s%d\n", stars, i)
	}
	r := fulltext.ReadRobots([]byte(b.String()), "weir")
	if !r.Allows("https://site.example/" + strings.Repeat("a", 7000)) {
		t.Error("nothing of it matches")
	}
	if r.Allows("https://site.example/" + strings.Repeat("a", 9000)) {
		t.Error("an address that nobody looks up is allowed")
	}
	late := "User-agent: *\n" + strings.Repeat("#\n", fulltext.MaxRobots) + "Disallow: /"
	if !fulltext.ReadRobots([]byte(late), "weir").Allows("https://site.example/") {
		t.Error("what lies behind the limit is read")
	}
}

func FuzzRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /*a$"), "/b")
	f.Fuzz(func(t *testing.T, text []byte, path string) {
		r := fulltext.ReadRobots(text, "weir")
		r.Allows("https://site.example/" + path)
		if !r.Allows("https://site.example/robots.txt") {
			t.Error("what says it may not be read")
		}
	})
}
