package identity_test

import (
	"testing"

	"weir/feed"
	"weir/feed/identity"
)

func TestCanonical(t *testing.T) {
	for _, tt := range []struct{ link, want string }{
		{"https://blog.example/a", "blog.example/a"},
		{"http://www.Blog.Example:80/a/", "blog.example/a"},
		{"HTTPS://blog.example:443/a#top", "blog.example/a"},
		{"https://blog.example:8443/a", "blog.example:8443/a"},
		{"https://user:pw@blog.example/a", "blog.example/a"},
		{"https://blog.example./a", "blog.example/a"},
		{"https://blog.example/a/amp/", "blog.example/a"},
		{"https://blog.example/a/amp", "blog.example/a"},
		{"https://blog.example/a?amp=1", "blog.example/a"},
		{"https://blog.example/a?utm_source=x&UTM_Medium=y&fbclid=z", "blog.example/a"},
		{"https://blog.example/a?source=rss----1", "blog.example/a"},
		{"https://blog.example/a?source=print", "blog.example/a?source=print"},
		{"https://blog.example/a?b=2&a=1&&utm_id=3", "blog.example/a?a=1&b=2"},
		{"https://blog.example/?p=1", "blog.example/?p=1"},
		{"https://blog.example?p=1", "blog.example/?p=1"},
		{"https://blog.example/a;jsessionid=12?x=1", "blog.example/a?x=1"},
		{"https://blog.example/%7euser/%e4%bd%a0", "blog.example/~user/%E4%BD%A0"},
		{"https://blog.example/~user/你", "blog.example/~user/%E4%BD%A0"},
		{"https://blog.example/100%", "blog.example/100%25"},
		{"https://bücher.example/a", "xn--bcher-kva.example/a"},
		{"https://[2001:DB8::1]:8080/a", "[2001:db8::1]:8080/a"},
		{" https://blog.example/a\n", "blog.example/a"},
		{"//blog.example/a", "blog.example/a"},
		{"https://blog.example/to?u=https://other.example/x", "blog.example/to?u=https://other.example/x"},
		{"https://www.com/a", "www.com/a"},
		{"https://blog.example/Case", "blog.example/Case"},
		// A front page is no story's own page.
		{"https://blog.example", ""},
		{"https://www.blog.example/?utm_source=rss#x", ""},
		{"https://blog.example/index.html", ""},
		{"https://blog.example/index.php?id=1", "blog.example/index.php?id=1"},
		// What is no http(s) address has no canonical form.
		{"", ""},
		{"mailto:a@b.example", ""},
		{"ftp://blog.example/a", ""},
		{"file:///etc/passwd", ""},
		{"urn:isbn:1", ""},
		{"tag:blog.example,2020:1", ""},
		{"https:///a", ""},
		{"https://exa mple/a", ""},
		{"https://blog.example:x/a", ""},
	} {
		if got := identity.Canonical(tt.link); got != tt.want {
			t.Errorf("Canonical(%q) = %q, want %q", tt.link, got, tt.want)
		}
	}
}

// A canonical form is its own, so that operators can ask by it.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{
		"https://www.a.example/b/amp/?utm_x=1&c=%7e#d", "a.example:443/b", "//a/b//amp", "http://www.www.a.b/%",
		"https://a.b/x?y=http://z/", "a.b/http://c/d;jsessionid=1", "http://ü.example:80:80/", "http://[::1]/x", "%zz",
		"http://a.b/%25%36%31?%26=%3d&&=", "h/;jsessionid=/amp", "http://a.b/amp%2F/amp?ref",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, link string) {
		once := identity.Canonical(link)
		if twice := identity.Canonical(once); once != "" && twice != once && len(once) <= feed.MaxURL {
			t.Errorf("Canonical(%q) = %q, and of that %q", link, once, twice)
		}
	})
}

// A link that several items share, or that is the feed's home page, is no
// story's own.
func TestCanonOfHomePage(t *testing.T) {
	doc := document(feed.Item{RawID: "1", Content: content("A", "https://a.example/blog/", "x")})
	doc.Profile.Link = "http://www.a.example/blog"
	identity.Prepare(blog("a"), doc, nil)
	if c := doc.Items[0].Traits.Canon; c != "" {
		t.Errorf("Canon = %q, want none", c)
	}
}

// An item is at home on its feed's own site: the registrable domain, the host
// under public suffixes, host and port where there is no domain.
func TestHome(t *testing.T) {
	for _, tt := range []struct {
		name string
		src  feed.Source
		link string
		want bool
	}{
		{"same host", feed.Source{URL: "https://blog.example/feed"}, "https://blog.example/a", true},
		{"another host of the domain", feed.Source{URL: "https://feeds.news.example.co.uk/rss"}, "https://www.example.co.uk/a", true},
		{"another domain", feed.Source{URL: "https://feeds.proxy.example/blog"}, "https://blog.example.org/a", false},
		{"neighbour under a public suffix", feed.Source{URL: "https://alice.github.io/feed"}, "https://bob.github.io/a", false},
		{"same host under a public suffix", feed.Source{URL: "https://alice.github.io/feed"}, "https://alice.github.io/a", true},
		{"site given", feed.Source{URL: "https://feeds.proxy.example/blog", Site: "https://example.org/"}, "https://www.example.org/a", true},
		{"site as a bare domain", feed.Source{URL: "https://feeds.proxy.example/blog", Site: "example.org"}, "https://example.org/a", true},
		{"same port", feed.Source{URL: "http://127.0.0.1:8001/feed"}, "http://127.0.0.1:8001/a", true},
		{"another port", feed.Source{URL: "http://127.0.0.1:8001/feed"}, "http://127.0.0.1:8002/a", false},
		{"another port of localhost", feed.Source{URL: "http://localhost:8001/feed"}, "http://localhost:8002/a", false},
		{"another port of ::1", feed.Source{URL: "http://[::1]:8001/feed"}, "http://[::1]:8002/a", false},
		{"another port of a domain", feed.Source{URL: "https://blog.example:8443/feed"}, "https://blog.example/a", true},
		{"no link", feed.Source{URL: "https://blog.example/feed"}, "", false},
		{"article", feed.Source{Kind: feed.Articles, URL: "/srv/articles"}, "https://anywhere.example/a", true},
		{"file by its home page", feed.Source{Kind: feed.File, URL: "/srv/a.xml"}, "https://claimed.example/a", true},
		{"file with a site", feed.Source{Kind: feed.File, URL: "/srv/a.xml", Site: "https://b.example"}, "https://claimed.example/a", false},
		// XF03, XF14: what a remote document claims of itself does not count.
		{"claimed home page", feed.Source{URL: "https://thief.example/feed"}, "https://claimed.example/a", false},
	} {
		doc := document(feed.Item{RawID: "1", Content: content("A", tt.link, "x")})
		doc.Profile.Link = "https://claimed.example/"
		identity.Prepare(tt.src, doc, nil)
		if got := doc.Items[0].Traits.Home; got != tt.want {
			t.Errorf("%s: home = %v", tt.name, got)
		}
	}
}

// Only an IRI that means the same everywhere can be a published id (U7).
func TestIRI(t *testing.T) {
	for id, want := range map[string]bool{
		"https://a.example/?p=1":            true,
		"http://a.example":                  true,
		"urn:uuid:1234":                     true,
		"tag:a.example,2020-01-01:/x":       true,
		"TAG:a@b.example,2020:x":            true,
		"at://did:plc:x/app.bsky.feed.post": true,
		"https://ä.example/ü":               true,
		"1234":                              false,
		"":                                  false,
		"/relative":                         false,
		"post:1234":                         false,
		"urn:x":                             false,
		"tag:a.example:x":                   false,
		"http:///path":                      false,
		"file:///etc/passwd":                false,
		"https://a.example/a b":             false,
		"https://a.example/\x00":            false,
		"https://a.example/\xff":            false,
		"12:30":                             false,
		"javascript:alert(1)":               false,
		" https://a.example/":               false,
	} {
		got := prepared(blog("a"), feed.Item{RawID: id, Content: content("A", "", "x")}).Traits.IRI
		if (got != "") != want || want && got != id {
			t.Errorf("IRI of %q = %q", id, got)
		}
	}
}
