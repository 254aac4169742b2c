package parse_test

import (
	"testing"

	"weir/aggregator/parse"
)

// Where a feed takes subscriptions of rssCloud is one address (W14); over any
// other protocol, or without an address, it takes none.
func TestCloudElement(t *testing.T) {
	for element, want := range map[string]string{
		`<cloud domain="rpc.rsscloud.io" port="5337" path="/pleaseNotify" registerProcedure="" protocol="http-post"/>`:    "http://rpc.rsscloud.io:5337/pleaseNotify",
		`<cloud domain="blog.example" port="80" path="/?rsscloud=notify" registerProcedure="" protocol="http-post"/>`:     "http://blog.example/?rsscloud=notify",
		`<cloud domain="blog.example" port="443" path="rpc" registerProcedure="" protocol="http-post"/>`:                  "https://blog.example/rpc",
		`<cloud domain="blog.example" port="8443" path="/rpc" registerProcedure="" protocol="https-post"/>`:               "https://blog.example:8443/rpc",
		`<cloud domain="blog.example" port="80" path="/RPC2" registerProcedure="xmlStorageSystem.n" protocol="xml-rpc"/>`: "",
		`<cloud domain="" port="80" path="/rpc" protocol="http-post"/>`:                                                   "",
		`<cloud domain="blog.example/x?" port="80" path="/rpc" protocol="http-post"/>`:                                    "",
		`<cloud domain="user@blog.example" port="80" path="/rpc" protocol="http-post"/>`:                                  "",
		`<cloud domain="blog.example" port="eighty" path="/rpc" protocol="http-post"/>`:                                   "",
		`<cloud/>`: "",
	} {
		doc := read(t, `<rss version="2.0"><channel><title>t</title><link>https://blog.example/</link><description>d</description>`+element+
			`<item><title>i</title><link>https://blog.example/i</link></item></channel></rss>`, parse.Options{})
		if doc.Profile.Cloud != want {
			t.Errorf("%s: %q, want %q", element, doc.Profile.Cloud, want)
		}
	}
}
