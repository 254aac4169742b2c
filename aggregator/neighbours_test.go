package aggregator_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"weir/aggregator"
)

// packed is a text so many times over, in gzip.
func packed(text string, times int) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for range times {
		_, _ = z.Write([]byte(text))
	}
	_ = z.Close()
	return b.Bytes()
}

func gzipped(body []byte, codings ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Encoding"] = codings
		_, _ = w.Write(body)
	}
}

// XB01, XB02, XB03, XB05, XB10 to XB15: servers that try to exhaust or to fool
// whoever asks fail alone; every neighbour in the same cycle is read.
func TestNeighboursOfHostileServers(t *testing.T) {
	items := packed(strings.Repeat("<item/>", 1<<10), 60<<20/(7<<10))
	hostile := map[string]http.HandlerFunc{
		"/zeros":  gzipped(packed(strings.Repeat("\x00", 1<<20), 64), "gzip"),
		"/items":  gzipped(append(packed(`<rss version="2.0"><channel><title>t</title>`, 1), items...), "gzip"),
		"/twice":  gzipped(packed("x", 10), "gzip", "gzip"),
		"/broken": gzipped([]byte("no gzip"), "gzip"),
		"/endless": func(w http.ResponseWriter, r *http.Request) {
			block := make([]byte, 64<<10)
			for r.Context().Err() == nil {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		},
		"/header": func(w http.ResponseWriter, _ *http.Request) {
			for range 200 {
				w.Header().Add("X-A", strings.Repeat("b", 1<<10))
			}
		},
		"/early": func(w http.ResponseWriter, _ *http.Request) {
			for range 100 {
				w.WriteHeader(http.StatusEarlyHints)
			}
			w.WriteHeader(http.StatusNoContent)
		},
		"/circle": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/circle", http.StatusFound) },
		"/inside": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		},
		"/cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = w.Write(rss("http://blog.example", 3))
			panic(http.ErrAbortHandler)
		},
		"/page":      func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!doctype html><title>Log in</title>") },
		"/unchanged": answer(http.StatusNotModified),
		"/part":      answer(http.StatusPartialContent),
		"/nothing":   answer(http.StatusNoContent),
	}
	var paths []string
	for p := range hostile {
		paths = append(paths, p, "/healthy"+p)
	}
	s := openSite(t, paths...)
	for p, h := range hostile {
		s.on(p, h)
	}
	s.poll(aggregator.Selection{All: true})
	list, err := s.store.Sources()
	if err != nil {
		t.Fatal(err)
	}
	fine := 0
	for _, src := range list {
		poll, healthy := src.State.Poll, strings.Contains(src.Source.URL, "/healthy/")
		if healthy && poll.Failures == 0 && src.State.Doc.Entries == 2 {
			fine++
		}
		if healthy != (poll.Failures == 0) {
			t.Errorf("%s: %d failures, %s", src.Source.URL, poll.Failures, poll.Problem.Text)
		}
	}
	t.Logf("%d hostile servers, %d of %d neighbours read", len(hostile), fine, len(hostile))
	if fine != len(hostile) {
		t.Errorf("%d neighbours were read, want %d", fine, len(hostile))
	}
}
