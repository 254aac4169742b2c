package parse_test

import (
	"strings"
	"testing"

	"weir/aggregator/parse"
)

// A trace says which step of the ladder decided the encoding (P80, P81), and
// what each text was before it was cleaned.
func TestTrace(t *testing.T) {
	const feed = `<rss version="2.0"><channel><title>T</title><item><title>x</title></item>` +
		`<item><description>&lt;p onclick=1&gt;caf%s&lt;/p&gt;</description></item></channel></rss>`
	for _, tt := range []struct{ name, e, contentType, encoding, by string }{
		{"ASCII", "e", "", "UTF-8", "its bytes, which are ASCII"},
		{"UTF-8", "é", "text/xml; charset=koi8-r", "UTF-8", "its bytes, which are nothing else"},
		{"HTTP", "\xc9", "text/xml; charset=iso-8859-2", "iso-8859-2", "its label"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var trace parse.Trace
			body := []byte(strings.Replace(feed, "%s", tt.e, 1))
			for range 2 { // a trace that is used again is begun anew
				doc, err := parse.Read(body, parse.Options{ContentType: tt.contentType, Trace: &trace})
				if err != nil {
					t.Fatal(err)
				}
				if trace.Encoding != tt.encoding || trace.DecidedBy != tt.by {
					t.Errorf("read as %s by %s, want %s by %s", trace.Encoding, trace.DecidedBy, tt.encoding, tt.by)
				}
				if len(trace.Texts) != 1 || trace.Texts[0].Position != 1 || trace.Texts[0].Clean != doc.Items[1].HTML ||
					!strings.Contains(trace.Texts[0].Raw, "onclick") {
					t.Errorf("texts %+v", trace.Texts)
				}
			}
		})
	}
}
