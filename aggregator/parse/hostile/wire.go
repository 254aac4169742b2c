package hostile

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Answer is what a hostile server does, and what must become of a poll.
type Answer struct {
	// Name begins with the rule: "XB01 gzip of 1 GB".
	Name string
	// Serve answers one request.
	Serve http.HandlerFunc
	// Refused is what the source's problem must say; empty when the document
	// is read, at least as far as the limit.
	Refused string
	// Items is how many entries must come of it.
	Items int
}

// Answers returns every case that needs a server (XB01 to XB05).
func Answers() []Answer {
	const compressed, unwanted = "compressed more than once", "compressed in a way that was not asked for"
	feed := rss(item())
	bomb := rssHead + item() + "<!--"
	return []Answer{
		{Name: "XB01 control: gzip of a feed", Items: 1, Serve: sends("gzip", func() []byte { return pack("gzip", feed) })},
		{Name: "XB01 gzip of 1 GB", Items: 1, Serve: sends("gzip", func() []byte { return gigabyte(bomb) })},
		{Name: "XB01 gzip of 1 GB that no header names", Items: 1, Serve: sends("", func() []byte { return gigabyte(bomb) })},
		{Name: "XB01 gzip of 1 GB of white space", Refused: "not a feed", Serve: sends("gzip", func() []byte { return gigabyte("") })},
		{Name: "XB01 brotli of 64 MB", Items: 1, Serve: sends("br", func() []byte { return pack("br", bomb+many(" ", 64<<20)) })},
		{Name: "XB01 zstd of 64 MB", Items: 1, Serve: sends("zstd", func() []byte { return pack("zstd", bomb+many(" ", 64<<20)) })},
		{Name: "XB02 gzip of 60 MB of items", Refused: tooManyItems, Serve: sends("gzip", func() []byte { return pack("gzip", rss(many("<item/>", 9*mega))) })},
		{Name: "XB02 gzip of 2 M elements in each other", Refused: tooDeep, Serve: sends("gzip", func() []byte {
			return pack("gzip", rss(item(`<a xmlns="u">`, many("<a>", 2*mega))))
		})},
		{Name: "XB02 brotli of 2 M elements in each other", Refused: tooDeep, Serve: sends("br", func() []byte { return pack("br", rss(many("<x:a>", 2*mega))) })},
		{Name: "XB03 gzip in gzip", Refused: compressed, Serve: sends("gzip", func() []byte { return pack("gzip", string(pack("gzip", feed))) })},
		{Name: "XB03 gzip in gzip, and both named", Refused: compressed, Serve: sends("gzip, gzip", func() []byte { return pack("gzip", string(pack("gzip", feed))) })},
		{Name: "XB03 gzip in gzip, and none named", Refused: compressed, Serve: sends("", func() []byte { return pack("gzip", string(pack("gzip", feed))) })},
		{Name: "XB03 10 members of gzip", Items: 1, Serve: sends("gzip", func() []byte { return append(pack("gzip", feed), bytes.Repeat(pack("gzip", " "), 9)...) })},
		{Name: "XB03 200 k empty members of gzip", Items: 1, Serve: sends("gzip", func() []byte {
			return append(pack("gzip", feed), bytes.Repeat(pack("gzip", ""), 200*kilo)...)
		})},
		{Name: "XB04 an unknown coding", Refused: unwanted, Serve: sends("compress", func() []byte { return []byte(feed) })},
		{Name: "XB04 zstd that is none", Refused: "decoded", Serve: sends("zstd", func() []byte { return []byte(feed) })},
		{Name: "XB04 brotli that is none", Refused: "decoded", Serve: sends("br", func() []byte { return []byte(feed) })},
		{Name: "XB04 zstd with a window of 2 GB", Refused: "decoded", Serve: sends("zstd", func() []byte {
			// Magic, a frame without a size, a window of 2^31 bytes, one block.
			return append([]byte{0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x03, 0x00, 0x00}, bytes.Repeat([]byte("x"), 64)...)
		})},
		{Name: "XB05 a body without an end", Items: 105, Serve: endless("<item><guid>%d</guid><description>" + many("some words ", 9*kilo) + "</description></item>")},
		{Name: "XB05 a text without an end", Refused: "larger than the limit", Serve: endless("%d" + many("x", kilo))},
		{Name: "XB05 a body longer than it says", Items: 1, Serve: lies(len(feed), feed+many(" ", mega))},
	}
}

// sends answers with a body under a coding. The body is made once, when it is
// asked for.
func sends(coding string, body func() []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		if coding != "" {
			w.Header().Set("Content-Encoding", coding)
		}
		_, _ = w.Write(body())
	}
}

// endless sends a feed that goes on until nobody listens, or for a gigabyte.
func endless(format string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, err := io.WriteString(w, rssHead)
		for i, sent := 0, 0; err == nil && sent < 1<<30; i++ {
			var n int
			n, err = fmt.Fprintf(w, format, i)
			sent += n
		}
	}
}

// lies announces another length than it sends.
func lies(says int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, out, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = out.WriteString("HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: " +
			strconv.Itoa(says) + "\r\n\r\n" + body)
		_ = out.Flush()
	}
}

// pack compresses a text.
func pack(coding, text string) []byte {
	var b bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "br":
		w = brotli.NewWriterLevel(&b, brotli.BestSpeed)
	case "zstd":
		w, _ = zstd.NewWriter(&b)
	}
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.Bytes()
}

// gigabyte is gzip of a text and a gigabyte of white space behind it. A
// megabyte is compressed once and repeated: blocks that were flushed end on a
// byte.
func gigabyte(text string) []byte {
	b := bytes.NewBuffer([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255})
	w, _ := flate.NewWriter(b, flate.BestCompression)
	blank := []byte(many(" ", 1<<20))
	_, _ = io.WriteString(w, text)
	_, _ = w.Write(blank)
	_ = w.Flush()
	at := b.Len()
	_, _ = w.Write(blank)
	_ = w.Flush()
	block := bytes.Clone(b.Bytes()[at:])
	for range 1 << 10 {
		b.Write(block)
	}
	return b.Bytes()
}
