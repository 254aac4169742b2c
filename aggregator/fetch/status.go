package fetch

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"weir/feed"
)

// statusError names what a status other than 200 means for the source (P55 to
// P60, P67).
func statusError(w *walk, resp *http.Response, now time.Time) *Error {
	kind := "status"
	if isChallenge(resp.Header) {
		kind = "challenge"
	}
	e := &Error{Status: resp.StatusCode, verb: "get", name: w.here.url.Hostname()}
	if e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable {
		e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), now)
	}
	what := sentence(kind, e.Status)
	if e.Status == http.StatusUnauthorized && w.introduced() {
		what = "does not take this user and password (401); correct them in the configuration"
	}
	e.Problem = feed.Problem{Kind: kind, Text: w.name() + " " + what + again(e) + "."}
	return e
}

// sentence continues after the host's name.
func sentence(kind string, status int) string {
	if kind == "challenge" {
		return fmt.Sprintf("wants to see a browser (%d); ask its owner to let feed readers pass", status)
	}
	switch status {
	case http.StatusNotModified:
		return "says that nothing changed (304) although that was not asked; its owner must repair that"
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotAcceptable:
		return fmt.Sprintf("does not accept the request (%d %s); check the address", status, http.StatusText(status))
	case http.StatusUnauthorized:
		return "asks for a login (401); give the source basic_auth with user and password"
	case http.StatusProxyAuthRequired:
		return "is not reached: the proxy asks for a login (407); put user and password into its address"
	case http.StatusForbidden:
		return "refuses access (403); check the address, or ask its owner to let feed readers pass"
	case http.StatusNotFound:
		return "has no such feed (404); look where the feed is now and correct the address"
	case http.StatusGone:
		return "says that the feed is gone for good (410) and it is not polled any more; remove the source, or try again with `weir poll --all` and its id"
	case http.StatusTooManyRequests:
		return "asks to be polled less often (429)"
	case http.StatusUnavailableForLegalReasons:
		return "withholds the feed for legal reasons (451); remove the source or find another address"
	}
	text := http.StatusText(status)
	if text == "" {
		text = "an unknown status"
	}
	switch {
	case status >= 500:
		return fmt.Sprintf("is in trouble (%d %s); it is asked again later", status, text)
	case status < 300:
		return fmt.Sprintf("answers without a whole feed (%d %s); check the address", status, text)
	}
	return fmt.Sprintf("answers %d %s; check the address", status, text)
}

func again(e *Error) string {
	if e.RetryAfter.IsZero() {
		return ""
	}
	return ", not before " + e.RetryAfter.UTC().Format("2006-01-02 15:04 MST")
}

// isChallenge recognises the pages by which bot walls say that they are one
// (P58).
func isChallenge(h http.Header) bool {
	return strings.EqualFold(h.Get("Cf-Mitigated"), "challenge") || h.Get("X-Amzn-Waf-Action") != ""
}

// isDelta reports whether an answer holds a feed's new entries only (RFC 3229
// §10.4.1): made by that one manipulation, as any other would need undoing.
func isDelta(resp *http.Response) bool {
	return resp.StatusCode == http.StatusIMUsed && strings.EqualFold(strings.TrimSpace(strings.Join(resp.Header["Im"], ",")), "feed")
}

// isMedia reports whether a content type can be no feed, so that the body need
// not be read (XB14). Text and XML of any name may be one.
func isMedia(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch kind, _, _ := strings.Cut(t, "/"); kind {
	case "audio", "video", "image", "font":
		return true
	}
	return t == "application/pdf"
}
