package web

import (
	"bytes"
	"net"
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
// it, and moves eight deadlines, which together takes longer than all the rest.
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
	// handed counts what net/http was handed since its last answer. single says that
	// it was one piece, which ended where a request's head does, bare that the
	// request that was understood had no body. Where all that was so when net/http
	// answered, it holds nothing unread, and the client is a regular until net/http
	// is handed something again. Whoever reads has handed, single and regular to
	// itself, which may be net/http's second goroutine; whoever serves has bare. By
	// the time that rest is called there is one left.
	handed                int
	single, bare, regular bool
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
		g.crowd.await(g)
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
		g.single = g.handed == 1 && n >= leastHead && headEnd(p[:n]) == n
		g.regular = false
		return n, err
	}
}

// scratch is the memory that attending a regular takes.
type scratch struct {
	question question
	answer   answerer
}

// attend answers what came, if that is a plain request for what is in memory. An
// error means that the connection is to be closed.
func (g *guest) attend(p []byte) (done bool, err error) {
	s, ok := g.crowd.scratches.Get().(*scratch)
	if !ok {
		s = new(scratch)
	}
	defer g.crowd.scratches.Put(s)
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

// leastHead is the length of the shortest head of a request with a host.
const leastHead = len("GET / HTTP/1.1\nHost:a\n\n")

// headEnd is where the first empty line of p ends, as net/http finds it: lines
// end with LF. It is negative where there is none. A piece that goes on in the
// middle of a line can only be thought to end too early.
func headEnd(p []byte) int {
	for at := 0; ; {
		i := bytes.IndexByte(p[at:], '\n')
		if i < 0 {
			return -1
		}
		line := p[at : at+i]
		at += i + 1
		if len(line) == 0 || len(line) == 1 && line[0] == '\r' {
			return at
		}
	}
}
