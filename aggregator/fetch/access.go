package fetch

import (
	"maps"
	"net/http"
	"slices"
)

// Access is what a source wants beside its address. All of it is secret, and
// but for Proxy it goes to the origin of the request's URL alone: it is gone
// with the first redirect that leaves it, and does not come back (XJ11).
type Access struct {
	// Headers are sent as they are, an Authorization among them in place of
	// what the address holds. Names and values must be valid (RFC 9110 §5).
	Headers map[string]string
	// UserAgent replaces Options.UserAgent; empty keeps it.
	UserAgent string
	// Proxy is the address of a proxy for every request, redirects included:
	// http, https or socks5, with its own user and password. Empty asks
	// directly.
	Proxy string
}

// hidden stands in an [Exchange] for what is secret.
const hidden = "•••"

// dress adds what the source wants to see, as long as the walk is at home.
func (w *walk) dress(h http.Header) {
	if a := w.request.Access; a != nil && !w.strayed {
		for name, value := range a.Headers {
			h.Set(name, value)
		}
		if a.UserAgent != "" {
			h.Set("User-Agent", a.UserAgent)
		}
	}
}

// undress covers in a copy of a header what dress and the address put there.
func (w *walk) undress(h http.Header) {
	secret := []string{"Authorization"}
	if a := w.request.Access; a != nil && !w.strayed {
		secret = slices.AppendSeq(secret, maps.Keys(a.Headers))
		if a.UserAgent != "" {
			secret = append(secret, "User-Agent")
		}
	}
	for _, name := range secret {
		if h.Get(name) != "" {
			h.Set(name, hidden)
		}
	}
}

// introduced reports whether credentials were sent, so that a server that wants
// some does not want these.
func (w *walk) introduced() bool {
	a := w.request.Access
	return w.auth != "" || a != nil && !w.strayed && a.Headers["Authorization"] != ""
}
