package parse

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed/rss"

	"weir/aggregator/parse/charset"
	"weir/feed"
)

// ordinary is an RSS feed of 50 items and about 100 KB, as blogs send it.
func ordinary() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Bench</title><link>https://example.org/</link><description>d</description>`)
	for i := range 50 {
		fmt.Fprintf(&b, `<item><title>Story number %d</title><link>https://example.org/%d/</link><guid isPermaLink="false">https://example.org/?p=%d</guid>`, i, i, i)
		fmt.Fprintf(&b, `<dc:creator><![CDATA[Ann]]></dc:creator><pubDate>Tue, 03 Mar 2026 08:15:%02d GMT</pubDate><category>a</category><description><![CDATA[Short %d.]]></description>`, i%60, i)
		fmt.Fprintf(&b, "<content:encoded><![CDATA[%s]]></content:encoded></item>\n",
			strings.Repeat("<p>Words of a paragraph that goes on for a while, with a <a href=\"https://example.org/x\">link</a>.</p>\n", 16))
	}
	b.WriteString("</channel></rss>")
	return b.Bytes()
}

func BenchmarkDecodeClean(b *testing.B) {
	body := ordinary()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		charset.Decode(body, "text/xml; charset=utf-8", 10<<20)
	}
}

// BenchmarkScan includes the hashes.
func BenchmarkScan(b *testing.B) {
	body := ordinary()
	root, f, _ := sniff(body)
	var s scanner
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.scan(body, root, f, Limits{}.or()); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkRead reads with the first so many items known.
func benchmarkRead(b *testing.B, known int) {
	body := ordinary()
	first, err := Read(body, Options{})
	if err != nil {
		b.Fatal(err)
	}
	opt := Options{Context: first.Context, Known: append([]feed.Known(nil), first.Seen[:known]...)}
	var r Reader
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		doc, err := r.Read(body, opt)
		if err != nil || len(doc.Items) != 50-known {
			b.Fatal(err, len(doc.Items))
		}
	}
}

func BenchmarkReadAllNew(b *testing.B)  { benchmarkRead(b, 0) }
func BenchmarkReadOneNew(b *testing.B)  { benchmarkRead(b, 49) }
func BenchmarkReadNoneNew(b *testing.B) { benchmarkRead(b, 50) }

// BenchmarkGofeed is the floor: gofeed's direct parser on the raw bytes,
// which cleans nothing and resolves nothing.
func BenchmarkGofeed(b *testing.B) {
	body := ordinary()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (&rss.Parser{}).Parse(bytes.NewReader(body)); err != nil {
			b.Fatal(err)
		}
	}
}
