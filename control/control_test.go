package control_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/control"
	"weir/feed"
)

// server answers what a test tells it to.
type server struct {
	poll   func(context.Context, control.PollRequest) (control.PollReply, error)
	status control.StatusReply
	do     func(context.Context, control.Order) (json.RawMessage, error)
}

func (s server) Poll(ctx context.Context, r control.PollRequest) (control.PollReply, error) {
	return s.poll(ctx, r)
}

func (s server) Status(context.Context) (control.StatusReply, error) { return s.status, nil }

func (s server) Do(ctx context.Context, o control.Order) (json.RawMessage, error) {
	return s.do(ctx, o)
}

var holder = control.Holder{PID: 4711, Command: "serve", Since: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)}

// listen serves s on a fresh socket until the test ends.
func listen(t *testing.T, s control.Server) string {
	t.Helper()
	path := socketPath(t, filepath.Join(t.TempDir(), "weir.db"))
	serve(t, path, s)
	return path
}

func serve(t *testing.T, path string, s control.Server) *control.Listener {
	t.Helper()
	l, err := control.Listen(path, s, holder)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
	return l
}

func socketPath(t *testing.T, store string) string {
	t.Helper()
	path, err := control.SocketPath(store)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func dial(t *testing.T, path string) *control.Client {
	t.Helper()
	c, err := control.Dial(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestVerbs(t *testing.T) {
	const secret = "https://blog.example/c4n4ry"
	var asked control.PollRequest
	want := control.PollReply{Polled: 12, Failed: 1, Added: 30, Changed: 2, Messages: []string{"blog-example: timed out"}}
	status := control.StatusReply{Sources: []feed.SourceStatus{{
		Source: feed.Source{ID: "blog-example", URL: secret, Secrets: []string{secret}, Group: secret, Every: time.Hour, Tags: []string{"go"}},
		State: feed.SourceState{
			Poll: feed.PollState{Validators: feed.Validators{URL: secret, Final: secret}, Moved: secret, Due: holder.Since, Interval: time.Hour, Failures: 2, Problem: feed.Problem{Kind: "dns", Text: "no such host"}},
			Doc:  feed.DocState{Format: "Atom 1.0", Context: 1<<64 - 1, Known: []feed.Known{{Hash: 1}}, Entries: 7},
		},
		Rejections: []feed.Rejection{{Title: "x", Reason: "no date"}},
	}}}
	c := dial(t, listen(t, server{status: status, poll: func(_ context.Context, r control.PollRequest) (control.PollReply, error) {
		asked = r
		return want, nil
	}}))

	if who, err := c.Ping(t.Context()); err != nil || who != holder || c.Holder() != holder {
		t.Errorf("Ping = %v, %v; want %v", who, err, holder)
	}
	request := control.PollRequest{All: true, Sources: []string{"blog-example"}}
	reply, err := c.Poll(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, reply); diff != "" {
		t.Errorf("reply (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(request, asked); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}

	got, err := c.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if status.Sources[0].State.Doc.Known == nil {
		t.Error("Status changed what the server holds")
	}
	status.Holder = holder
	lean := &status.Sources[0]
	lean.State.Doc.Known, lean.State.Poll.Validators, lean.State.Poll.Moved = nil, feed.Validators{}, ""
	lean.Source.URL, lean.Source.Secrets, lean.Source.Group = "", nil, "" // XJ09
	if diff := cmp.Diff(status, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestServerError(t *testing.T) {
	c := dial(t, listen(t, server{poll: func(context.Context, control.PollRequest) (control.PollReply, error) {
		return control.PollReply{}, errors.New("no source is called nowhere")
	}}))
	_, err := c.Poll(t.Context(), control.PollRequest{Sources: []string{"nowhere"}})
	var remote *control.RemoteError
	if !errors.As(err, &remote) || remote.Verb != "poll" || remote.Text != "no source is called nowhere" {
		t.Errorf("Poll = %v", err)
	}
}

// An order and its result pass as they are; one that is too long does not.
func TestDo(t *testing.T) {
	var asked control.Order
	c := dial(t, listen(t, server{do: func(_ context.Context, o control.Order) (json.RawMessage, error) {
		asked = o
		if o.Command == "fail" {
			return nil, errors.New("no such thing")
		}
		return json.RawMessage(`{"slug":"<a>","n":18446744073709551615}`), nil
	}}))
	order := control.Order{Command: "why", Arguments: json.RawMessage(`{"name":"a-river"}`)}
	reply, err := c.Do(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(order, asked); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	var got struct {
		Slug string
		N    uint64
	}
	if err := json.Unmarshal(reply, &got); err != nil || got.Slug != "<a>" || got.N != 1<<64-1 {
		t.Errorf("result %s, %v", reply, err)
	}
	var remote *control.RemoteError
	if _, err := c.Do(t.Context(), control.Order{Command: "fail"}); !errors.As(err, &remote) || remote.Text != "no such thing" {
		t.Errorf("Do = %v", err)
	}
	long := json.RawMessage(`"` + strings.Repeat("x", 2<<20) + `"`)
	if _, err := c.Do(t.Context(), control.Order{Command: "why", Arguments: long}); err == nil {
		t.Error("an order of 2 MiB was taken")
	}
}

// A server stops polling for a command that was interrupted.
func TestInterruptedPoll(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	c := dial(t, listen(t, server{poll: func(ctx context.Context, _ control.PollRequest) (control.PollReply, error) {
		close(began)
		<-ctx.Done()
		close(ended)
		return control.PollReply{}, ctx.Err()
	}}))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-began; cancel() }()
	if _, err := c.Poll(ctx, control.PollRequest{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Poll = %v, want %v", err, context.Canceled)
	}
	<-ended
}

// Closing ends what is under way and takes the socket away.
func TestClose(t *testing.T) {
	path := socketPath(t, filepath.Join(t.TempDir(), "weir.db"))
	began := make(chan struct{})
	l := serve(t, path, server{poll: func(ctx context.Context, _ control.PollRequest) (control.PollReply, error) {
		close(began)
		<-ctx.Done()
		return control.PollReply{}, ctx.Err()
	}})
	c := dial(t, path)
	failed := make(chan error, 1)
	go func() {
		_, err := c.Poll(context.Background(), control.PollRequest{})
		failed <- err
	}()
	<-began
	if err := l.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	if err := <-failed; err == nil {
		t.Error("a poll succeeded on a closed server")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
	if _, err := control.Dial(t.Context(), path); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("Dial = %v, want %v", err, control.ErrNotRunning)
	}
}

// Only the user who runs the server can connect, and nothing else is left in
// the folder.
func TestSocketIsPrivate(t *testing.T) {
	path := listen(t, server{})
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("mode = %v, want a socket with 0600", info.Mode())
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("folder holds %v, %v; want the socket alone", entries, err)
	}
}

// A killed server leaves its socket; a living one keeps it.
func TestStaleSocket(t *testing.T) {
	path := socketPath(t, filepath.Join(t.TempDir(), "weir.db"))
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := control.Dial(t.Context(), path); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("Dial = %v, want %v", err, control.ErrNotRunning)
	}
	serve(t, path, server{})
	if _, err := control.Listen(path, server{}, holder); !errors.Is(err, control.ErrInUse) {
		t.Errorf("second Listen = %v, want %v", err, control.ErrInUse)
	}
	dial(t, path)
}

// A server that ends late does not take away its successor's socket.
func TestSuccessor(t *testing.T) {
	path := socketPath(t, filepath.Join(t.TempDir(), "weir.db"))
	first, err := control.Listen(path, server{}, holder)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	serve(t, path, server{})
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	dial(t, path)
}

func TestNotASocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db.sock")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := control.Listen(path, server{}, holder); !errors.Is(err, control.ErrNotSocket) {
		t.Errorf("Listen = %v, want %v", err, control.ErrNotSocket)
	}
	if _, err := control.Dial(t.Context(), path); !errors.Is(err, control.ErrNotSocket) {
		t.Errorf("Dial = %v, want %v", err, control.ErrNotSocket)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "precious" {
		t.Errorf("file is %q, %v", data, err)
	}
}

func TestSocketPath(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := socketPath(t, filepath.Join(dir, "weir.db")), filepath.Join(dir, "weir.db.sock"); got != want {
		t.Errorf("SocketPath = %q, want %q", got, want)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if got, want := socketPath(t, filepath.Join(link, "weir.db")), filepath.Join(dir, "weir.db.sock"); got != want {
		t.Errorf("SocketPath through a link = %q, want %q", got, want)
	}
}

// The address of a socket has 104 bytes; deep folders must not keep a command
// from reaching its server.
func TestLongPath(t *testing.T) {
	tmp, err := os.MkdirTemp("", "w")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(tmp) })
	t.Setenv("TMPDIR", tmp)
	store := filepath.Join(t.TempDir(), strings.Repeat("deep/", 30), "weir.db")
	path := socketPath(t, store)
	if len(path) > 103 || !strings.HasPrefix(path, tmp) {
		t.Fatalf("SocketPath = %q", path)
	}
	if other := socketPath(t, store+"2"); other == path {
		t.Errorf("two stores share %q", path)
	}
	serve(t, path, server{})
	dial(t, path)
	info, err := os.Lstat(filepath.Dir(path))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder of sockets: %v, %v; want 0700", info.Mode(), err)
	}

	// Somebody else's folder of that name is not trusted.
	if err := os.Chmod(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := control.Dial(t.Context(), path); !errors.Is(err, control.ErrNotSocket) {
		t.Errorf("Dial in an open folder = %v, want %v", err, control.ErrNotSocket)
	}

	t.Setenv("TMPDIR", filepath.Join(tmp, strings.Repeat("x", 100)))
	if got, err := control.SocketPath(store); err == nil {
		t.Errorf("SocketPath = %q, want an error", got)
	}
}
