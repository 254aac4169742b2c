package fetch_test

import (
	"strings"
	"testing"

	"weir/aggregator/fetch"
)

// P75, XA12, XA17, XA18, XA25: in which spelling an address is asked, and what
// is not asked at all.
func TestAddresses(t *testing.T) {
	for raw, want := range map[string]string{
		"http://blog.example":                 "http://blog.example/",
		"HTTP://Blog.Example:80/A?b=C#d":      "http://blog.example/A?b=C",
		"https://blog.example:443/":           "https://blog.example/",
		"https://blog.example:8443/":          "https://blog.example:8443/",
		" http://blog.example/ ":              "http://blog.example/",
		"http://my_blog.example/%C3%A9?q=%20": "http://my_blog.example/%C3%A9?q=%20",
		"http://blog.example/?a=b c\u00e9":    "http://blog.example/?a=b%20c%C3%A9",
		"http://münchen.example/":             "http://xn--mnchen-3ya.example/",
		"http://xn--mnchen-3ya.example/":      "http://xn--mnchen-3ya.example/",
		"http://XN--MNCHEN-3YA.example/":      "http://xn--mnchen-3ya.example/",
		"http://r3---sn.example/":             "http://r3---sn.example/",
		"http://[2606:4700:0::1111]:8080/":    "http://[2606:4700::1111]:8080/",
		"http://93.184.216.34/":               "http://93.184.216.34/",
		"http://blog.example:/":               "http://blog.example/",
		"http://blog.example./":               "http://blog.example./",
		"http://u:p@blog.example/":            "http://blog.example/",
	} {
		got, auth, err := fetch.Normal(raw)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", raw, got, err, want)
		}
		if (auth != "") != strings.Contains(raw, "@") {
			t.Errorf("%q: Authorization %q", raw, auth)
		}
	}
	for _, raw := range []string{
		"", "blog.example", "//blog.example/", "http:", "http:blog.example", "http:///x", "http://:80/",
		"file:///etc/passwd", "ftp://blog.example/", "javascript:alert(1)", "unix:/x",
		"http://blog.example:0/", "http://blog.example:65536/", "http://blog.example:x/",
		"http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://1.2.3.4.5/",
		"http://[::1%25eth0]/", "http://[1.2.3.4]/", "http://[::g]/", "http://.blog.example/", "http://a..b/",
		"http://xn--localhost-/", "http://xn--blog-.example/", "http://xn--.example/", "http://blog.xn--/", "http://a\u0000.example/",
		"http://blog.example\\@evil.example/", "http://a b/", "http://a%20b/", "http://" + strings.Repeat("a", 300) + "/",
		"http://blog.example/" + strings.Repeat("a", 5000), "http://a\nb/",
	} {
		if got, _, err := fetch.Normal(raw); err == nil {
			t.Errorf("%.60q is asked as %q", raw, got)
		}
	}
}

// FuzzAddress: what is asked is plain ASCII, has no credentials and no
// fragment, and is its own normal spelling.
func FuzzAddress(f *testing.F) {
	for _, s := range loopback() {
		f.Add("http://" + s + ":8080/?q#f")
	}
	f.Add("https://u:p@münchen.example:443/é?a=b c")
	f.Fuzz(func(t *testing.T, raw string) {
		text, _, err := fetch.Normal(raw)
		if err != nil {
			return
		}
		for _, r := range text {
			if r <= ' ' || r >= 0x7f {
				t.Fatalf("%q is asked as %q", raw, text)
			}
		}
		host, _, _ := strings.Cut(strings.SplitN(text, "://", 2)[1], "/")
		if strings.ContainsAny(text, "#") || strings.Contains(host, "@") {
			t.Fatalf("%q is asked as %q", raw, text)
		}
		again, auth, err := fetch.Normal(text)
		if err != nil || again != text || auth != "" {
			t.Fatalf("%q is asked as %q, and that as %q, %v", raw, text, again, err)
		}
	})
}
