// Package control is the Unix socket by which commands ask a running server.
//
// A server calls [Listen] with the path that [SocketPath] gives for its store,
// and Serve; a command calls [Dial] with the same path and then [Client.Ping],
// [Client.Poll], [Client.Status] or [Client.Do]. [ErrNotRunning] means that nobody listens.
//
// What is promised: only the user who runs the server can ask it (mode 0600
// from the first moment); a socket left behind by a killed server is replaced,
// a living one never; requests and answers are bounded; programs that speak
// different versions part with a [VersionError] instead of misunderstanding
// each other.
//
// On the socket is HTTP with JSON bodies: GET /ping, POST /poll, GET /status,
// POST /do, each message with the header Weir-Control, which holds the version.
package control

import (
	"context"
	"encoding/json"
	"time"

	"weir/feed"
)

// Server is what a running server does when asked.
type Server interface {
	// Poll polls sources now. The context ends when the asking command goes
	// away or the listener closes.
	Poll(context.Context, PollRequest) (PollReply, error)
	// Status tells every source's state.
	Status(context.Context) (StatusReply, error)
	// Do carries out an order and returns its result as JSON. The context ends
	// when the asking command goes away or the listener closes.
	Do(context.Context, Order) (json.RawMessage, error)
}

// Holder says who answers.
type Holder struct {
	PID int `json:"pid"`
	// Command is the subcommand, for example "serve".
	Command string `json:"command"`
	// Since is when it began to listen.
	Since time.Time `json:"since"`
}

// PollRequest asks for a poll.
type PollRequest struct {
	// All ignores due times.
	All bool `json:"all,omitempty"`
	// Sources, when set, are the only ones wanted, by id.
	Sources []string `json:"sources,omitempty"`
	// Confirmed has the configuration read again before, and all of it put to
	// use that is refused or held otherwise.
	Confirmed bool `json:"confirmed,omitempty"`
}

// PollReply says what a poll came to.
type PollReply struct {
	// Polled counts the sources tried, Failed those of them that failed.
	Polled int `json:"polled"`
	Failed int `json:"failed"`
	// Added counts new entries, Changed those whose content was replaced.
	Added   int `json:"added"`
	Changed int `json:"changed"`
	// Messages are lines for the operator.
	Messages []string `json:"messages,omitempty"`
}

// Order is what a command wants done where the store is open. Both ends are of
// one version, and what the arguments mean is theirs to know.
type Order struct {
	// Command is one word, such as "why".
	Command   string          `json:"command"`
	Arguments json.RawMessage `json:"arguments,omitempty"`
}

// StatusReply tells every source's state.
type StatusReply struct {
	Holder Holder `json:"holder"`
	// Sources come without what each document's items were (Doc.Known), and
	// without the addresses that were asked, which may hold secrets.
	Sources []feed.SourceStatus `json:"sources"`
	// Lists are the reading lists that are followed.
	Lists []feed.ListStatus `json:"lists,omitempty"`
	// Readership is for how many people services read the channels.
	Readership []feed.Readership `json:"readership,omitempty"`
	// LeftOut are the entries that no document could hold.
	LeftOut []feed.Omission `json:"left_out,omitempty"`
}
