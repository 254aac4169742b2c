package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"weir/feed"
)

// Limits on both sides.
const (
	maxRequest  = 1 << 20
	maxReply    = 256 << 20
	maxSources  = 20000
	maxRequests = 16 // Under way at a time.

	dialTimeout   = time.Second
	quickTimeout  = 10 * time.Second // Ping and status, and reading any request.
	idleTimeout   = time.Minute
	closeTimeout  = 5 * time.Second
	versionHeader = "Weir-Control"
	version       = "1"
)

// Listener answers commands on a socket.
type Listener struct {
	socket *net.UnixListener
	path   string
	info   fs.FileInfo // The socket as it was made.
	http   *http.Server
	end    context.CancelFunc
}

// Listen binds the socket at path, which [SocketPath] gave. Call Serve to
// answer and Close to remove the socket. The caller holds the store, so a
// socket that nobody answers on is a dead server's, and is replaced; if
// somebody does answer, the error is [ErrInUse].
func Listen(path string, s Server, who Holder) (*Listener, error) {
	if err := makePrivate(path); err != nil {
		return nil, err
	}
	old, err := look(path)
	if err != nil {
		return nil, err
	}
	if old != nil {
		if conn, err := net.DialTimeout("unix", path, dialTimeout); err == nil {
			_ = conn.Close()
			return nil, fmt.Errorf("control socket %s: %w", path, ErrInUse)
		} else if !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("control socket %s: %w", path, err)
		}
	}
	socket, err := bind(path)
	if err != nil {
		return nil, err
	}
	l := &Listener{socket: socket, path: path}
	if l.info, err = os.Lstat(path); err != nil {
		_ = socket.Close()
		return nil, fmt.Errorf("look at control socket: %w", err)
	}
	ctx, end := context.WithCancel(context.Background())
	l.end = end
	l.http = &http.Server{
		Handler:           &handler{server: s, who: who, slots: make(chan struct{}, maxRequests)},
		ReadHeaderTimeout: quickTimeout,
		ReadTimeout:       quickTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    16 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	return l, nil
}

// bind makes the socket inside a folder that nobody else can enter, closes it
// to others, and only then moves it to its place: there is no moment in which
// somebody else could connect, and no umask, which is the whole process's, is
// touched.
func bind(path string) (*net.UnixListener, error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".weir-")
	if err != nil {
		return nil, fmt.Errorf("bind control socket: %w", err)
	}
	defer os.RemoveAll(dir)
	first := filepath.Join(dir, "s")
	socket, err := net.ListenUnix("unix", &net.UnixAddr{Name: first, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("bind control socket: %w", err)
	}
	socket.SetUnlinkOnClose(false) // It is about to have another name.
	if err = os.Chmod(first, 0o600); err == nil {
		err = os.Rename(first, path)
	}
	if err != nil {
		_ = socket.Close()
		return nil, fmt.Errorf("bind control socket: %w", err)
	}
	return socket, nil
}

// Serve answers until the context ends or Close is called; then requests under
// way are told to stop, and it returns nil when they have.
func (l *Listener) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	if err := l.http.Serve(l.socket); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("serve control socket: %w", err)
	}
	// Close returns at once the second time, but waits for what is under way.
	return l.Close()
}

// Close stops answering and removes the socket, unless another server has put
// its own in the place. It may be called more than once.
func (l *Listener) Close() error {
	if info, err := os.Lstat(l.path); err == nil && os.SameFile(info, l.info) {
		_ = os.Remove(l.path)
	}
	l.end()
	_ = l.socket.Close()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := l.http.Shutdown(ctx); err != nil {
		_ = l.http.Close()
		return fmt.Errorf("close control socket: %w", err)
	}
	return nil
}

// handler answers the verbs.
type handler struct {
	server Server
	who    Holder
	slots  chan struct{}
}

// failure is the body of every answer that is no result.
type failure struct {
	Error string `json:"error"`
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set(versionHeader, version)
	if theirs := r.Header.Get(versionHeader); theirs != version {
		answer(w, http.StatusPreconditionFailed, failure{(&VersionError{Ours: version, Theirs: theirs}).Error()})
		return
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		answer(w, http.StatusServiceUnavailable, failure{ErrBusy.Error()})
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /ping":
		answer(w, http.StatusOK, h.who)
	case "POST /poll":
		h.poll(w, r)
	case "POST /do":
		h.do(w, r)
	case "GET /status":
		h.status(w, r)
	default:
		answer(w, http.StatusNotFound, failure{"this is not something a server can be asked"})
	}
}

func (h *handler) poll(w http.ResponseWriter, r *http.Request) {
	var request PollRequest
	if !understand(w, r, &request) {
		return
	}
	if len(request.Sources) > maxSources {
		answer(w, http.StatusBadRequest, failure{fmt.Sprintf("request names more than %d sources", maxSources)})
		return
	}
	reply, err := h.server.Poll(r.Context(), request)
	result(w, reply, err)
}

func (h *handler) do(w http.ResponseWriter, r *http.Request) {
	var order Order
	if !understand(w, r, &order) {
		return
	}
	reply, err := h.server.Do(r.Context(), order)
	result(w, reply, err)
}

// understand reads a request whose answer may take as long as a poll or a
// backup does.
func understand(w http.ResponseWriter, r *http.Request, request any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	d.DisallowUnknownFields()
	if err := d.Decode(request); err != nil {
		answer(w, http.StatusBadRequest, failure{"read request: " + err.Error()})
		return false
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	return true
}

func (h *handler) status(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), quickTimeout)
	defer cancel()
	reply, err := h.server.Status(ctx)
	reply.Holder = h.who
	reply.Sources = lean(reply.Sources)
	result(w, reply, err)
}

// lean drops what fills most of a state and tells a person nothing, and every
// address that was configured or came of one: it may hold a secret (XJ09).
func lean(all []feed.SourceStatus) []feed.SourceStatus {
	out := make([]feed.SourceStatus, len(all))
	for i, s := range all {
		s.State.Doc.Known = nil
		s.Source.URL, s.Source.Secrets, s.Source.Group = "", nil, ""
		p := &s.State.Poll
		p.Validators.URL, p.Validators.Final, p.Moved = "", "", ""
		out[i] = s
	}
	return out
}

func result(w http.ResponseWriter, reply any, err error) {
	if err != nil {
		answer(w, http.StatusInternalServerError, failure{err.Error()})
		return
	}
	answer(w, http.StatusOK, reply)
}

// answer writes a body; if that fails, the asking command is gone.
func answer(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"error":"the answer cannot be written as JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data)
	_, _ = io.WriteString(w, "\n")
}
