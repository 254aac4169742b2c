package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the scripts in testdata/script: each is a session of a user
// with the program, its input files at its end. $SITE is a web server that
// serves the script's folder www, and fails on purpose below /fail/.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			server := httptest.NewServer(scriptSite(filepath.Join(env.WorkDir, "www")))
			env.Defer(server.Close)
			env.Setenv("SITE", server.URL)
			env.Setenv("HOST", strings.TrimPrefix(server.URL, "http://"))
			env.Setenv("REPOSITORY", repository(t))
			env.Setenv("NO_PROXY", "*")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"fill":  fillIn,
		},
	})
}

// scriptSite answers files, and what goes wrong in the world.
func scriptSite(dir string) http.Handler {
	mux := http.NewServeMux()
	files := http.FileServer(http.Dir(dir))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		// Scripts change these faster than a date can tell.
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(r.URL.Path)))
		if ext := filepath.Ext(r.URL.Path); err == nil && (ext == ".opml" || ext == ".rss") {
			w.Header().Set("Etag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
		}
		files.ServeHTTP(w, r)
	})
	mux.HandleFunc("/fail/truncated", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100000")
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Cut</title>`)
	})
	mux.HandleFunc("/fail/endless", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Endless</title>`)
		item := strings.Repeat("<item><title>more</title></item>\n", 1000)
		// 5 GB, unless the reader has had enough.
		for range int64(5<<30) / int64(len(item)) {
			if _, err := fmt.Fprint(w, item); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/fail/death", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Deep</title><item>`, strings.Repeat(`<x:a xmlns:x="u">`, 100_000))
	})
	mux.HandleFunc("/fail/html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><html><head><title>Please log in</title></head><body><p>Log in</p></body></html>`)
	})
	// Some answer nobody who does not ask for what they have.
	for path, has := range map[string]string{"/picky/": "text/html", "/picky/list.opml": "text/x-opml"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.Header.Get("Accept"), has) {
				w.WriteHeader(http.StatusNotAcceptable)
				return
			}
			w.Header().Set("Content-Type", has)
			http.StripPrefix("/picky", files).ServeHTTP(w, r)
		})
	}
	for _, status := range []int{401, 403, 404, 410, 429, 500, 503} {
		mux.HandleFunc(fmt.Sprintf("/fail/%d", status), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	}
	return mux
}

// fillIn replaces variables in files: fill FILE…
func fillIn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: fill FILE…")
	}
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}

// exits runs a command and holds its exit code against the first argument:
// exits CODE command args…
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE command args…")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("%s exited with %d, not %s", strings.Join(args[1:], " "), code, args[0])
	}
}
