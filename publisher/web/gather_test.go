package web

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// Whatever the length of an answer, however often its handler writes, and where
// net/http's buffer ends in it, it arrives as it was written, and the next one
// on the same connection does.
func TestAnswersArriveWhole(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789abcdef"), 16<<10)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	addr, _ := serveLocally(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/file" {
			http.ServeFile(w, r, file)
			return
		}
		size, _ := strconv.Atoi(r.URL.Query().Get("size"))
		writes, _ := strconv.Atoi(r.URL.Query().Get("writes"))
		if r.URL.Query().Has("length") {
			w.Header().Set("Content-Length", strconv.Itoa(size))
		}
		for i := range writes {
			_, _ = w.Write(text[i*size/writes : (i+1)*size/writes])
		}
	}), slog.New(slog.DiscardHandler), nil)
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	get := func(method, path string, want []byte) {
		t.Helper()
		q, _ := http.NewRequest(method, "http://"+addr+path, nil)
		resp, err := client.Do(q)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		defer resp.Body.Close()
		if body, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(body, want) {
			t.Fatalf("%s %s: %d bytes of %d, %v", method, path, len(body), len(want), err)
		}
	}
	sizes := []int{0, 1, 8 << 10, 64 << 10, len(text)}
	for size := 3700; size < 4200; size++ {
		sizes = append(sizes, size)
	}
	for _, size := range sizes {
		for _, how := range []string{"&writes=1&length=1", "&writes=1", "&writes=3&length=1"} {
			get(http.MethodGet, "/?size="+strconv.Itoa(size)+how, text[:size])
		}
		get(http.MethodHead, "/?size="+strconv.Itoa(size)+"&writes=1&length=1", nil)
	}
	get(http.MethodGet, "/file?", text) // which is net/http's, also of regulars
}
