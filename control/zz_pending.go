package control

import (
	"context"
	"errors"
)

// ErrNotRunning is returned by Dial when nobody listens.
var ErrNotRunning = errors.New("no server is running")

// SocketPath returns where the server of a store listens.
func SocketPath(store string) (string, error) { return "", ErrNotRunning }

// Listener answers commands.
type Listener struct{}

// Listen binds the socket; Serve answers.
func Listen(path string, s Server, who Holder) (*Listener, error) { return nil, ErrNotRunning }

// Serve answers until the context ends.
func (l *Listener) Serve(ctx context.Context) error { return nil }

// Close removes the socket.
func (l *Listener) Close() error { return nil }

// Client asks a running server.
type Client struct{}

// Dial reaches the server at path.
func Dial(ctx context.Context, path string) (*Client, error) { return nil, ErrNotRunning }

// Close ends the client.
func (c *Client) Close() error { return nil }

// Ping tells who answers.
func (c *Client) Ping(ctx context.Context) (Holder, error) { return Holder{}, nil }

// Poll asks for a poll.
func (c *Client) Poll(ctx context.Context, r PollRequest) (PollReply, error) { return PollReply{}, nil }

// Status asks for every source's state.
func (c *Client) Status(ctx context.Context) (StatusReply, error) { return StatusReply{}, nil }
