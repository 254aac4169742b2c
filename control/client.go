package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"syscall"
)

// Client asks a running server. Its methods may be called by any number of
// goroutines.
type Client struct {
	http *http.Client
	path string
	who  Holder
}

// Dial reaches the server at path, which [SocketPath] gave, and makes sure
// that it speaks the same version. The error is [ErrNotRunning] when nobody
// listens, and a [*VersionError] when somebody does who speaks another.
func Dial(ctx context.Context, path string) (*Client, error) {
	if info, err := look(path); err != nil {
		return nil, err
	} else if info == nil {
		return nil, fmt.Errorf("dial control socket %s: %w", path, ErrNotRunning)
	}
	if err := checkPrivate(path); err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: dialTimeout}
	c := &Client{path: path, http: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", path)
		},
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: 16 << 10,
		DisableCompression:     true,
	}}}
	who, err := c.Ping(ctx)
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	c.who = who
	return c, nil
}

// Close ends the client.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// Holder says who answered when the client dialled.
func (c *Client) Holder() Holder { return c.who }

// Ping asks who answers.
func (c *Client) Ping(ctx context.Context) (Holder, error) {
	ctx, cancel := context.WithTimeout(ctx, quickTimeout)
	defer cancel()
	var who Holder
	err := c.ask(ctx, http.MethodGet, "ping", nil, &who)
	return who, err
}

// Poll asks for a poll and waits for its end, as long as the context allows.
func (c *Client) Poll(ctx context.Context, r PollRequest) (PollReply, error) {
	var reply PollReply
	err := c.ask(ctx, http.MethodPost, "poll", r, &reply)
	return reply, err
}

// Status asks for every source's state.
func (c *Client) Status(ctx context.Context) (StatusReply, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*quickTimeout)
	defer cancel()
	var reply StatusReply
	err := c.ask(ctx, http.MethodGet, "status", nil, &reply)
	return reply, err
}

// Do has an order carried out and waits for its result, as long as the context
// allows.
func (c *Client) Do(ctx context.Context, o Order) (json.RawMessage, error) {
	var reply json.RawMessage
	err := c.ask(ctx, http.MethodPost, "do", o, &reply)
	return reply, err
}

// ask sends one request and reads one answer.
func (c *Client) ask(ctx context.Context, method, verb string, request, reply any) error {
	var body io.Reader = http.NoBody
	if request != nil {
		data, err := json.Marshal(request)
		if err != nil {
			return fmt.Errorf("ask server: %s: %w", verb, err)
		}
		body = bytes.NewReader(data)
	}
	// The host is not looked up: every connection goes to the socket.
	r, err := http.NewRequestWithContext(ctx, method, "http://weir/"+verb, body)
	if err != nil {
		return fmt.Errorf("ask server: %s: %w", verb, err)
	}
	r.Header.Set(versionHeader, version)
	response, err := c.http.Do(r)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("dial control socket %s: %w", c.path, ErrNotRunning)
	case err != nil:
		return fmt.Errorf("ask server: %s: %w", verb, err)
	}
	defer response.Body.Close()
	return read(response, verb, reply)
}

// read decodes an answer.
func read(response *http.Response, verb string, reply any) error {
	if theirs := response.Header.Get(versionHeader); theirs != version {
		return &VersionError{Ours: version, Theirs: theirs}
	}
	if response.StatusCode == http.StatusServiceUnavailable {
		return fmt.Errorf("ask server: %s: %w", verb, ErrBusy)
	}
	d := json.NewDecoder(io.LimitReader(response.Body, maxReply))
	if response.StatusCode != http.StatusOK {
		var f failure
		if err := d.Decode(&f); err != nil || f.Error == "" {
			f.Error = response.Status
		}
		return &RemoteError{Verb: verb, Text: f.Error}
	}
	if err := d.Decode(reply); err != nil {
		return fmt.Errorf("read the server's answer: %s: %w", verb, err)
	}
	return nil
}
