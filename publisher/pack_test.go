package publisher_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"weir/publisher"
)

// unpack undoes a content coding, by readers that know nothing of the writers.
func unpack(t *testing.T, coding string, body []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(body)
	var err error
	switch coding {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "br":
		r = brotli.NewReader(r)
	case "zstd":
		// No client has to remember more (RFC 9659).
		r, err = zstd.NewReader(r, zstd.WithDecoderMaxWindow(8<<20))
	}
	if err != nil {
		t.Fatalf("%s: %v", coding, err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", coding, err)
	}
	return plain
}

// S16: the coding that a client likes best is sent, by its weights, and of those
// that it likes alike the smallest; each has its own tag (S6) and is answered
// 304 under that (S7), with the length of what is sent.
func TestHandlerCodings(t *testing.T) {
	h, s := handler(t)
	doc, _ := s.Document("rss.xml")
	for accept, coding := range map[string]string{
		"": "", "gzip": "gzip", "gzip, deflate, br, zstd": "br", "gzip, deflate, br": "br", "gzip, deflate": "gzip",
		"GZIP": "gzip", "BR": "br", "x-gzip": "gzip", "*": "br", "gzip;q=0.2": "gzip", "zstd": "zstd", "zstd, gzip": "zstd",
		"br;q=0.5, zstd;q=0.6, gzip;q=0.4": "zstd", "br;q=0.1, gzip;q=0.2, identity;q=0.3": "", "br;q=0, *": "zstd", "br;q=0, zstd;q=0, *": "gzip",
		"gzip;q=0": "", "gzip;q=0.000": "", "gzip; q=0.5, identity": "", "identity;q=0.5, gzip;q=0.4": "", "br": "br", "gzip;q=1.0": "gzip",
		"identity;q=0, gzip;q=0.1": "gzip", "*;q=0, gzip": "gzip", "deflate, gzip;q=1.0, *;q=0.5": "gzip", "*;q=0.5, gzip;q=0": "br",
		",,;q=": "", "deflate": "", "compress;q=1, deflate": "", "gzip;q=0.001, identity;q=0.001": "gzip",
	} {
		var header []string
		if accept != "" {
			header = []string{"Accept-Encoding", accept}
		}
		res := ask(h, "GET", "/rss.xml", header...)
		if got := res.Header.Get("Content-Encoding"); got != coding || res.StatusCode != http.StatusOK {
			t.Errorf("Accept-Encoding %q: %d, %q; want 200, %q", accept, res.StatusCode, got, coding)
			continue
		}
		sent, _ := io.ReadAll(res.Body)
		if int64(len(sent)) != res.ContentLength && res.ContentLength >= 0 {
			t.Errorf("Accept-Encoding %q: %d bytes; promised were %d", accept, len(sent), res.ContentLength)
		}
		tag := res.Header.Get("ETag")
		if want := `-` + coding + `"`; coding != "" && !strings.HasSuffix(tag, want) || coding == "" && tag != doc.ETag {
			t.Errorf("Accept-Encoding %q: tag %s", accept, tag)
		}
		if !bytes.Equal(unpack(t, coding, sent), doc.Body) {
			t.Errorf("Accept-Encoding %q: not the document", accept)
		}
		again := ask(h, "GET", "/rss.xml", append(header, "If-None-Match", tag)...)
		if again.StatusCode != http.StatusNotModified || again.Header.Get("ETag") != tag {
			t.Errorf("Accept-Encoding %q with the tag %s that it was given: %d with %s", accept, tag, again.StatusCode, again.Header.Get("ETag"))
		}
		if other := ask(h, "GET", "/rss.xml", append(header, "If-None-Match", strings.TrimSuffix(tag, `"`)+`-x"`)...); other.StatusCode != http.StatusOK {
			t.Errorf("Accept-Encoding %q with a tag of no coding: %d", accept, other.StatusCode)
		}
	}
}

// What changed is served plain before it is compressed, with gzip before the
// rest, and is compressed once.
func TestPack(t *testing.T) {
	shelf := library()
	p := newPublisher(t, options(), shelf)
	s, err := p.Render(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := new(publisher.Handler)
	h.Swap(s)
	coding := func(accept string) string {
		res := ask(h, "GET", "/rss.xml", "Accept-Encoding", accept)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", accept, res.StatusCode)
		}
		return res.Header.Get("Content-Encoding")
	}
	if got := coding("gzip, br"); got != "" {
		t.Errorf("before: %q", got)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := s.Pack(ended, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Pack without time: %v", err)
	}
	var seen []string
	pack := func(ctx context.Context) {
		t.Helper()
		seen = nil
		err := s.Pack(ctx, func() {
			h.Swap(s)
			seen = append(seen, coding("gzip, br"))
		})
		if err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
	}
	pack(t.Context())
	if want := []string{"gzip", "br"}; !slices.Equal(seen, want) {
		t.Errorf("one after the other %q; want %q", seen, want)
	}
	if pack(t.Context()); len(seen) > 0 {
		t.Errorf("Pack again: %q; nothing is left to do", seen)
	}
	changed := blogPost()
	changed.Title = "Generics, again"
	shelf.put("go", changed)
	before, _ := s.Document("rss.xml")
	if s, err = p.Render(t.Context()); err != nil {
		t.Fatal(err)
	}
	if kept, _ := s.Document("rss.xml"); kept != before || kept.Coded("br") == nil {
		t.Error("a document that stays is compressed again")
	}
	if pack(t.Context()); len(seen) != 2 {
		t.Errorf("Pack after a change: %q", seen)
	}
}

// What was ended goes on where it ended.
func TestPackGoesOn(t *testing.T) {
	p := newPublisher(t, options(), library())
	s, err := p.Render(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	if err := s.Pack(ctx, end); !errors.Is(err, context.Canceled) {
		t.Fatalf("ended after gzip: %v", err)
	}
	doc, _ := s.Document("rss.xml")
	first := doc.Coded("gzip")
	if first == nil || doc.Coded("br") != nil {
		t.Fatal("not ended between gzip and the rest")
	}
	if err := s.Pack(t.Context(), nil); err != nil || doc.Coded("br") == nil || &doc.Coded("gzip")[0] != &first[0] {
		t.Errorf("%v; want brotli beside the gzip that was there", err)
	}
}
