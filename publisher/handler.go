package publisher

import (
	"net/http"
	"sync/atomic"
)

// Handler serves a snapshot. Its zero value answers that nothing is published
// yet until the first Swap; use it by pointer.
type Handler struct {
	current atomic.Pointer[Snapshot]
}

// Swap makes s what is served, at once and for all requests that come later.
func (h *Handler) Swap(s *Snapshot) { h.current.Store(s) }

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {}
