package bolt

import "sync"

// hints tells whoever listens that some channel's revision moved.
type hints struct {
	mu        sync.Mutex
	listeners map[chan struct{}]bool
	ended     bool
}

// Hints implements store.Store. The channel is closed by the returned function
// and by the end of the store.
func (s *Store) Hints() (<-chan struct{}, func()) {
	return s.hints.listen()
}

func (h *hints) listen() (<-chan struct{}, func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := make(chan struct{}, 1)
	if h.ended {
		close(c)
		return c, func() {}
	}
	if h.listeners == nil {
		h.listeners = make(map[chan struct{}]bool)
	}
	h.listeners[c] = true
	return c, func() { h.leave(c) }
}

func (h *hints) leave(c chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners[c] {
		delete(h.listeners, c)
		close(c)
	}
}

// tell wakes every listener; who has not yet looked at the last hint needs no
// second one.
func (h *hints) tell() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.listeners {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (h *hints) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.listeners {
		close(c)
	}
	h.listeners, h.ended = nil, true
}
