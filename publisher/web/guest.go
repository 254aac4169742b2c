package web

import (
	"bytes"
	"net"
	"net/http"
	"sync"
	"time"
)

// guest is a connection that was let in. It is a TCP connection still, so that
// files are sent by the kernel.
//
// net/http reads its requests and answers them, but for the plain ones of those
// who come again: [guest.Read] answers what asks for a document in memory before
// net/http has seen it, with the same handler. For a request net/http starts a
// goroutine that waits for the client to go away, wakes another processor for
// it, and moves six deadlines, which together takes longer than all the rest.
type guest struct {
	*net.TCPConn
	crowd *crowd
	leave func()
	// heard says that a request was understood and is being answered. Until
	// then, whatever is sent is net/http's own word on what it did not
	// understand. Only the goroutine that serves the connection touches it.
	heard bool
	// gathering says that what is sent is kept until there is more of it, held is
	// what is kept, in one of the packets.
	gathering bool
	held      *[]byte
	// single says that what net/http was handed since the last answer is one
	// request, and the whole of what came; after it, and while regular says that
	// this was so, net/http holds nothing unread.
	handed          int
	single, regular bool
	// from is the client's address, once somebody wanted to know.
	from string
	// extended is when the deadlines were moved last, zero where they are
	// net/http's.
	extended time.Time

	mu                 sync.Mutex
	answering, closing bool
}

// Close implements [net.Conn]. Where a request is being answered that net/http
// knows nothing of, the answer ends first (XH23).
func (g *guest) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.answering {
		g.closing = true
		return nil
	}
	defer g.leave()
	return g.TCPConn.Close()
}

// Read implements [net.Conn].
func (g *guest) Read(p []byte) (int, error) {
	for {
		n, err := g.TCPConn.Read(p)
		if n == 0 {
			return 0, err
		}
		if g.regular {
			if done, err := g.attend(p[:n]); err != nil {
				return 0, err
			} else if done {
				continue
			}
		}
		g.handed++
		end := bytes.Index(p[:n], blankLine)
		g.single = g.handed == 1 && end >= 0 && end+len(blankLine) == n
		g.regular = false
		return n, err
	}
}

// service is the memory that attending a regular takes.
type service struct {
	question question
	answer   answerer
}

// attend answers what came, if that is a plain request for what is in memory. An
// error means that the connection is to be closed.
func (g *guest) attend(p []byte) (done bool, err error) {
	s, ok := g.crowd.services.Get().(*service)
	if !ok {
		s = new(service)
	}
	defer g.crowd.services.Put(s)
	r := s.question.read(p)
	if r == nil || !g.crowd.holds(r.URL.Path) {
		return false, nil
	}
	g.mu.Lock()
	g.answering = true
	g.mu.Unlock()
	defer g.answered()
	g.extend()
	if g.from == "" {
		g.from = g.RemoteAddr().String()
	}
	r.RemoteAddr = g.from
	s.answer.begin(g.TCPConn, r)
	g.crowd.handler.ServeHTTP(&s.answer, r)
	err = s.answer.end()
	g.extend()
	return true, err
}

// answered closes the connection where that was asked for meanwhile.
func (g *guest) answered() {
	g.mu.Lock()
	g.answering = false
	closing := g.closing
	g.mu.Unlock()
	if closing {
		_ = g.Close()
	}
}

// extend gives the next request and the next answer their time, to the second:
// it costs as much as reading a request does.
func (g *guest) extend() {
	now := time.Now()
	if now.Sub(g.extended) < g.crowd.precision {
		return
	}
	g.extended = now
	_ = g.SetReadDeadline(now.Add(g.crowd.idle))
	_ = g.SetWriteDeadline(now.Add(g.crowd.write))
}

// listenAgain notes that net/http's answer ended, and that the next request of a
// connection has yet to be understood.
func listenAgain(conn net.Conn, state http.ConnState) {
	if g, ok := conn.(*guest); ok && state == http.StateIdle {
		g.heard = false
		g.regular = g.single && g.crowd.holds != nil
		g.handed, g.extended = 0, time.Time{}
	}
}
