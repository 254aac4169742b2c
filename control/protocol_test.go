package control_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"weir/control"
)

// raw sends one request without the client.
func raw(t *testing.T, path, method, target, version, body string) (int, string) {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://weir"+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Weir-Control", version)
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(data))
}

func TestBadRequests(t *testing.T) {
	path := listen(t, server{poll: func(context.Context, control.PollRequest) (control.PollReply, error) {
		t.Error("a bad request was passed on")
		return control.PollReply{}, nil
	}})
	for _, tc := range []struct {
		method, target, version, body string
		status                        int
		want                          string
	}{
		{"GET", "/ping", "0", "", 412, "version 0 of the control protocol"},
		{"GET", "/ping", "", "", 412, "is not weir"},
		{"POST", "/stop", "1", "", 404, "not something a server can be asked"},
		{"GET", "/poll", "1", "", 404, "not something a server can be asked"},
		{"POST", "/poll", "1", "{", 400, "read request"},
		{"POST", "/poll", "1", `{"evry":1}`, 400, "unknown field"},
		{"POST", "/poll", "1", `{"sources":["` + strings.Repeat("x", 2<<20) + `"]}`, 400, "too large"},
		{"POST", "/poll", "1", `{"sources":[` + strings.Repeat(`"",`, 20000) + `""]}`, 400, "more than 20000 sources"},
	} {
		status, body := raw(t, path, tc.method, tc.target, tc.version, tc.body)
		if status != tc.status || !strings.Contains(body, tc.want) {
			t.Errorf("%s %s: %d %s; want %d and %q", tc.method, tc.target, status, body, tc.status, tc.want)
		}
	}
}

// A program that was updated while the old one serves is told so.
func TestVersions(t *testing.T) {
	for theirs, want := range map[string]string{
		"2": "the running server speaks version 2 of the control protocol, this program version 1: restart the server",
		"":  "what answers on the socket is not weir",
	} {
		path := filepath.Join(t.TempDir(), "s")
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if theirs != "" {
				w.Header().Set("Weir-Control", theirs)
			}
			_, _ = io.WriteString(w, "{}")
		})}
		go func() { _ = s.Serve(l) }()
		_, err = control.Dial(t.Context(), path)
		var mismatch *control.VersionError
		if !errors.As(err, &mismatch) || err.Error() != want {
			t.Errorf("Dial of version %q = %v, want %q", theirs, err, want)
		}
		_ = s.Close()
	}
}

// Requests beyond the limit are refused, not queued.
func TestBusy(t *testing.T) {
	began, release := make(chan struct{}, 16), make(chan struct{})
	path := listen(t, server{poll: func(context.Context, control.PollRequest) (control.PollReply, error) {
		began <- struct{}{}
		<-release
		return control.PollReply{}, nil
	}})
	c := dial(t, path)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := c.Poll(t.Context(), control.PollRequest{}); err != nil {
				t.Errorf("Poll = %v", err)
			}
		})
	}
	for range 16 {
		<-began
	}
	if _, err := c.Ping(t.Context()); !errors.Is(err, control.ErrBusy) {
		t.Errorf("Ping = %v, want %v", err, control.ErrBusy)
	}
	close(release)
	wg.Wait()
	if _, err := c.Ping(t.Context()); err != nil {
		t.Errorf("Ping afterwards = %v", err)
	}
}
