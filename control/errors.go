package control

import (
	"errors"
	"fmt"
)

// Errors that callers tell apart.
var (
	// ErrNotRunning is returned by Dial when nobody listens.
	ErrNotRunning = errors.New("no server is running")
	// ErrInUse is returned by Listen when another server answers there.
	ErrInUse = errors.New("another server is listening")
	// ErrNotSocket is returned when something else stands at the path, or
	// somebody else's socket.
	ErrNotSocket = errors.New("not a socket of this user")
	// ErrBusy is returned when the server has too many requests under way.
	ErrBusy = errors.New("server is busy")
)

// VersionError is returned when the other side speaks another version.
type VersionError struct {
	// Ours is this program's, Theirs the other's; Theirs is empty when what
	// answers is not Weir.
	Ours, Theirs string
}

// Error implements error.
func (e *VersionError) Error() string {
	if e.Theirs == "" {
		return "what answers on the socket is not weir"
	}
	return fmt.Sprintf("the running server speaks version %s of the control protocol, this program version %s: restart the server",
		e.Theirs, e.Ours)
}

// RemoteError is what the server answered instead of a result.
type RemoteError struct {
	// Verb is ping, poll or status.
	Verb string
	// Text is the server's own words.
	Text string
}

// Error implements error.
func (e *RemoteError) Error() string { return "server: " + e.Verb + ": " + e.Text }
