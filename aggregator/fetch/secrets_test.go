package fetch_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"weir/aggregator/fetch"
)

// XJ09, XJ10: whatever goes wrong, no text holds the password, the path or the
// query of an address: errors, sentences, log lines, validators.
func TestSecretsStaySecret(t *testing.T) {
	const user, password, token, key = "CanaryUser", "CanaryPass", "CanaryPath", "CanaryQuery"
	var log bytes.Buffer
	w := newWorld(t)
	w.secure(time.Now().AddDate(1, 0, 0), "other.example")
	redirect := func(to string) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Location", to+r.URL.RequestURI())
			rw.WriteHeader(301)
		}
	}
	w.host("missing.example", func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(404) }, publicA)
	w.host("loop.example", redirect(""), publicA)
	w.host("inside.example", path(nil, nil), private)
	w.host("away.example", redirect("http://nowhere.example"), publicA)
	w.host("file.example", redirect("file://"), publicA)
	w.host("broken.example", redirect("http://[::"), publicA)
	w.host("media.example", func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("Content-Type", "image/png") }, publicA)
	w.host("tls.example", path(nil, nil), publicA)
	w.speaker("closed.example", func(c net.Conn) { c.Close() }, publicA)
	w.speaker("cut.example", answers("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), publicA)
	w.host("fine.example", path(nil, nil), publicA)
	c := w.client(fetch.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})

	ask := func(address string) (string, error) {
		resp, err := c.Get(t.Context(), fetch.Request{URL: address})
		if err == nil {
			return fmt.Sprint(resp.Validators.ETag), nil
		}
		return fmt.Sprintf("%v %+v %#v", err, err, err), err
	}
	bad := []string{
		"https://tls.example", "http://nowhere.example", "http://127.1", "ftp://file.example", "http://%zz", "http://a b",
		"http://blog.example:99999",
	}
	for name := range w.hosts {
		if name != "tls.example" && name != "fine.example" {
			bad = append(bad, "http://"+name)
		}
	}
	for _, b := range bad {
		scheme, host, _ := strings.Cut(b, "://")
		text, err := ask(scheme + "://" + user + ":" + password + "@" + host + "/" + token + "?token=" + key)
		if err == nil {
			t.Errorf("%s: no error", b)
		}
		if strings.Contains(text, "Canary") {
			t.Errorf("%s: %s", b, text)
		}
	}
	if strings.Contains(log.String(), "Canary") || !strings.Contains(log.String(), "away.example") {
		t.Errorf("log:\n%s", log.String())
	}
	log.Reset()
	if _, err := c.Get(t.Context(), fetch.Request{URL: "http://away.example/", Private: true}); err == nil || log.Len() > 0 {
		t.Errorf("err = %v; the log of a private source:\n%s", err, log.String())
	}
	resp := get(t, c, "http://"+user+":"+password+"@fine.example/x")
	if s := fmt.Sprint(resp.Final, resp.Validators); strings.Contains(s, "Canary") {
		t.Errorf("credentials are kept in %s", s)
	}
}

// XJ14: what a server sends does not reach a log or a terminal as it is.
func TestTextsArePrintable(t *testing.T) {
	w := newWorld(t)
	w.speaker("blog.example", func(c net.Conn) {
		defer c.Close()
		_, _ = c.Read(make([]byte, 4096))
		_, _ = io.WriteString(c, "HTTP/1.1 \x1b[31m\xe2\x80\xae evil\r\n\r\n")
	}, publicA)
	w.host("coding.example", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Encoding", "\u202ezip\x9b")
		fmt.Fprint(rw, atom)
	}, publicA)
	w.host("type.example", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "image/png; a=\"\u202e\"")
	}, publicA)
	c := w.client(fetch.Options{})
	for name := range w.hosts {
		_, err := c.Get(t.Context(), fetch.Request{URL: "http://" + name + "/"})
		var e *fetch.Error
		if !errors.As(err, &e) || strings.ContainsAny(err.Error()+e.Problem.Text, "\x1b\u202e\r\n") || !utf8.ValidString(err.Error()) {
			t.Errorf("%s: err = %q", name, err)
		}
	}
}
