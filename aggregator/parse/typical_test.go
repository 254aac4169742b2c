package parse

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"weir/aggregator/parse/charset"
)

// maxAllocs is how many allocations reading one item may cost, dates and
// cleaning included.
const maxAllocs = 90

const (
	typicalRoot = `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" ` +
		`xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">` +
		`<channel><title>Typical</title><link>https://example.org/</link><description>A blog</description>`
	typicalText = `<p>Words of a paragraph that goes on for a while, with a <a href="https://example.org/x">link</a>, ` +
		`an <em>emphasis</em> &amp; <strong>more</strong> of it that&#8217;s said.</p>` + "\n"
)

// typical are items as blogs and podcasts send them, %[1]d being the number.
var typical = []struct{ name, item string }{
	{"blog", `<item><title>Story %[1]d &#8211; what happened</title><link>https://example.org/story-%[1]d/</link>
<comments>https://example.org/story-%[1]d/#respond</comments><dc:creator><![CDATA[Ann]]></dc:creator>
<pubDate>Tue, 03 Mar 2026 08:15:00 +0000</pubDate><category><![CDATA[News]]></category><category><![CDATA[Travel &amp; Food]]></category>
<category><![CDATA[Garden]]></category><guid isPermaLink="false">https://example.org/?p=%[1]d</guid>
<description><![CDATA[<p>Short %[1]d of the story [&#8230;]</p>]]></description><content:encoded><![CDATA[` + strings.Repeat(typicalText, 16) + `]]></content:encoded>
<wfw:commentRss>https://example.org/story-%[1]d/feed/</wfw:commentRss><slash:comments>3</slash:comments></item>`},
	{"escaped", `<item><title>Story %[1]d: what&apos;s new</title><link>https://example.org/?p=%[1]d&amp;lang=en</link>
<guid isPermaLink="true">https://example.org/?p=%[1]d&amp;lang=en</guid><author>ann@example.org (Ann)</author>
<pubDate>Tue, 03 Mar 2026 08:15:00 GMT</pubDate><category domain="https://example.org/tags">News &amp; more</category>
<description>` + strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(strings.Repeat(typicalText, 16)) + `</description></item>`},
	{"podcast", `<item><title>Episode %[1]d</title><link>https://example.org/episode/%[1]d</link><guid isPermaLink="false">ep-%[1]d</guid>
<pubDate>Tue, 03 Mar 2026 08:15:00 GMT</pubDate><description><![CDATA[` + strings.Repeat(typicalText, 4) + `]]></description>
<enclosure url="https://cdn.example.org/%[1]d.mp3" length="12345678" type="audio/mpeg"/><itunes:author>Ann</itunes:author>
<itunes:duration>1:02:03</itunes:duration><itunes:image href="https://cdn.example.org/%[1]d.jpg"/><itunes:explicit>no</itunes:explicit>
<itunes:episode>%[1]d</itunes:episode></item>`},
}

// typicalFeed is a feed of n such items.
func typicalFeed(item string, n int) []byte {
	var b bytes.Buffer
	b.WriteString(typicalRoot)
	for i := range n {
		fmt.Fprintf(&b, item, i)
	}
	b.WriteString("</channel></rss>")
	return b.Bytes()
}

// perItem counts what one more item costs.
func perItem(t testing.TB, item string) float64 {
	const few, many = 10, 110
	var r Reader
	count := func(n int) float64 {
		body := typicalFeed(item, n)
		return testing.AllocsPerRun(5, func() {
			doc, err := r.Read(body, Options{Location: "https://example.org/feed"})
			if err != nil || len(doc.Items) != n || doc.Items[n-1].Published.IsZero() || doc.Items[n-1].HTML == "" {
				t.Fatal(err, doc)
			}
		})
	}
	return (count(many) - count(few)) / (many - few)
}

// A typical item is read with few allocations.
func TestAllocationsPerItem(t *testing.T) {
	for _, tt := range typical {
		n := perItem(t, tt.item)
		t.Logf("%s: %.1f allocations an item", tt.name, n)
		if n > maxAllocs {
			t.Errorf("%s: %.1f allocations an item, more than %d", tt.name, n, maxAllocs)
		}
	}
}

func BenchmarkTypical(b *testing.B) {
	for _, tt := range typical {
		b.Run(tt.name, func(b *testing.B) {
			body := typicalFeed(tt.item, 50)
			var r Reader
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Read(body, Options{Location: "https://example.org/feed"}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(perItem(b, tt.item), "allocs/item")
		})
	}
}

// BenchmarkScanLargest scans and hashes the largest real feeds.
func BenchmarkScanLargest(b *testing.B) {
	bodies, size := largestFeeds(b, 32)
	var s scanner
	scanAll(b, &s, bodies)
	b.ReportAllocs()
	began := spent(b)
	for b.Loop() {
		scanAll(b, &s, bodies)
	}
	b.ReportMetric(float64(size)*float64(b.N)/float64(spent(b)-began), "GB/cpu-s")
}

// spent is the processor time of this process, which other programs on the
// machine lengthen less than they do the time on the clock.
func spent(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func scanAll(t testing.TB, s *scanner, bodies [][]byte) {
	for _, body := range bodies {
		root, f, err := sniff(body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.scan(body, root, f, Limits{}.or()); err != nil {
			t.Fatal(err)
		}
	}
}

// largestFeeds returns the texts of the n largest real XML feeds of a corpus
// outside the repository.
func largestFeeds(t testing.TB, n int) (bodies [][]byte, size int) {
	dir := os.Getenv("WEIR_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "expected-items.json"))
	if err != nil {
		t.Skipf("no corpus: set WEIR_CORPUS to a folder with feeds/ and expected-items.json (%v)", err)
	}
	var list map[string]struct {
		N     int    `json:"n"`
		Class string `json:"cls"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	for name, is := range list {
		if is.Class != "real" || is.N == 0 {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, "feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		if text := charset.Decode(body, "", 10<<20).Bytes; bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
			bodies = append(bodies, text)
		}
	}
	slices.SortFunc(bodies, func(a, b []byte) int { return cmp.Or(len(b)-len(a), bytes.Compare(a, b)) })
	for _, body := range bodies[:n] {
		size += len(body)
	}
	return bodies[:n], size
}
