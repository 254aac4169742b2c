package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"weir/feed"
)

// Error is why a source could not be read.
type Error struct {
	// Problem is what to remember and to show: a kind, and a sentence that
	// names the thing and the way out.
	Problem feed.Problem
	// Status is the HTTP status, 0 when no response came.
	Status int
	// RetryAfter is the earliest instant that the server named, zero if none;
	// between 1 minute and 7 days ahead.
	RetryAfter time.Time
	// Detail is what the server said in plain text about a form that it did not
	// take: at most 200 printable bytes, of which nothing is checked.
	Detail string
	// Err is the cause, nil when the status is.
	Err error

	// verb and name say what was tried: get a host, read a file.
	verb, name string
}

// Error implements error. Of an address it shows the host only, as every other
// part may hold a secret (XJ09, XJ10).
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%s %s: status %d", e.verb, e.name, e.Status)
	}
	return fmt.Sprintf("%s %s: %s", e.verb, e.name, printable(clip(e.Err.Error(), 200)))
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// errTotal ends a request at its deadline.
var errTotal = errors.New("the time for one request is over")

func fail(name, kind string, err error, format string, args ...any) *Error {
	return &Error{
		Problem: feed.Problem{Kind: kind, Text: printable(fmt.Sprintf(format, args...))},
		Err:     err,
		verb:    "get",
		name:    name,
	}
}

func refusedAddress(err error) *Error {
	return fail("source", "refused", err, "The source cannot be asked: %v; correct its address in the configuration.", err)
}

func redirectError(w *walk, status int, err error) *Error {
	kind := "redirect"
	if errors.Is(err, errScheme) {
		kind = "refused"
	}
	e := fail(w.here.url.Hostname(), kind, err,
		"%s redirects (%d) and is not followed: %v; look where the feed is now and correct the address.",
		w.name(), status, err)
	e.Status = status
	return e
}

func notAFeed(w *walk, contentType string) *Error {
	err := fmt.Errorf("content type %q", clip(contentType, 80))
	e := fail(w.here.url.Hostname(), "not-a-feed", err,
		"%s answers with %s, which is no feed; check the address.", w.name(), clip(contentType, 80))
	e.Status = 200
	return e
}

// explain turns what went wrong on the way into an [*Error]. When the caller's
// own context ended, nothing is wrong with the source, and the error says that
// instead. Only the context can tell: the timeouts of package net also claim to
// be an exceeded deadline.
func (c *Client) explain(ctx context.Context, w *walk, err error) error {
	switch {
	case ctx.Err() == nil:
		return c.diagnose(w, err)
	case context.Cause(ctx) == errTotal:
		return fail(w.here.url.Hostname(), "timeout", err,
			"%s did not finish its answer within %v; it is asked again later.", w.name(), c.timeouts.Total)
	}
	return fmt.Errorf("get %s: %w", w.here.url.Hostname(), ctx.Err())
}

func (c *Client) diagnose(w *walk, err error) *Error {
	var (
		refused *refusal
		dns     *net.DNSError
		coding  *codingError
		op      *net.OpError
	)
	name, host := w.name(), w.here.url.Hostname()
	switch {
	case errors.As(err, &refused):
		return c.refused(w, refused)
	case proxySays(err) != "":
		return fail(host, "connect", err, "The proxy for %s: %s.", name, proxySays(err))
	case errors.As(err, &dns) && dns.IsNotFound:
		return fail(host, "dns", err, "The host %s does not exist; check the address.", name)
	case errors.As(err, &dns):
		return fail(host, "dns", err, "The host %s could not be looked up; if other sources fail too, check this machine's name servers.", name)
	case errors.As(err, &coding):
		return fail(host, "malformed", err, "The document of %s cannot be decoded: %s; its owner must repair that.", name, coding.reason())
	case tlsReason(err) != "":
		return fail(host, "tls", err, "No secure connection to %s: %s.", name, tlsReason(err))
	case errors.As(err, &op) && op.Op == "dial" && op.Timeout():
		return fail(host, "connect", err, "No connection to %s within %v; it is asked again later.", name, c.timeouts.Dial)
	case isTimeout(err):
		return fail(host, "timeout", err, "%s fell silent; it is asked again later.", name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fail(host, "connect", err, "%s refuses connections; check the address, or whether the server runs.", name)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fail(host, "connect", err, "The answer of %s was cut off and nothing of it is taken; it is asked again later.", name)
	// The next two are known by their text only.
	case strings.Contains(err.Error(), "malformed"):
		return fail(host, "malformed", err, "The answer of %s is not valid HTTP; its owner must repair that.", name)
	case strings.Contains(err.Error(), "response header"):
		return fail(host, "too-large", err, "The header of %s is larger than 64 KiB; its owner must repair that.", name)
	}
	return fail(host, "connect", err, "The connection to %s failed; it is asked again later.", name)
}

func (c *Client) refused(w *walk, r *refusal) *Error {
	host := w.here.url.Hostname()
	why := fmt.Sprintf("port %d is none on which feeds are served", r.port)
	if r.port == 0 {
		why = fmt.Sprintf("%s is not a public address", r.addr)
	}
	if w.hops > 0 || !w.trusted {
		return fail(host, "refused", r, "%s is not asked: %s; if that is meant, give its address as the source's own.", w.name(), why)
	}
	return fail(host, "refused", r, "%s is not asked: %s; if that is meant, add %s to poll.allow_private.", w.name(), why, host)
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// reason is the cause in words; what a decoder says in its own is not for
// readers.
func (e *codingError) reason() string {
	switch {
	case errors.Is(e.err, errCoding), errors.Is(e.err, errStacked):
		return e.err.Error()
	case errors.Is(e.err, io.ErrUnexpectedEOF):
		return "its compressed form ends early"
	}
	return "its compressed form is damaged"
}

// tlsReason names what is wrong with a server's certificate or handshake, ""
// when that is not the matter (XB24).
func tlsReason(err error) string {
	var (
		invalid  x509.CertificateInvalidError
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		verify   *tls.CertificateVerificationError
		record   tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate is valid only from " + invalid.Cert.NotBefore.UTC().Format(time.DateOnly) +
			" to " + invalid.Cert.NotAfter.UTC().Format(time.DateOnly) + "; its owner must renew it"
	case errors.As(err, &hostname):
		return "its certificate is for another name; check the address"
	case errors.As(err, &unknown) && selfSigned(unknown.Cert):
		return "its certificate is signed by itself and by nobody that this machine trusts; its owner must get one from an authority, or you add it to this machine's certificates"
	case errors.As(err, &unknown):
		return "its certificate comes from an authority that this machine does not trust; its owner must get another, or you add that authority to this machine's certificates"
	case errors.As(err, &invalid), errors.As(err, &verify):
		return "its certificate is not valid; its owner must replace it"
	case errors.As(err, &record):
		return "it does not speak TLS there; try the address with http"
	}
	// Alerts of either side have no exported type.
	if _, alert, ok := strings.Cut(err.Error(), "tls: "); ok {
		return "the handshake fails (" + clip(alert, 80) + ")"
	}
	return ""
}

func selfSigned(cert *x509.Certificate) bool {
	return cert != nil && bytes.Equal(cert.RawIssuer, cert.RawSubject) && cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil
}

// clip cuts s to n bytes on a rune boundary.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// printable replaces what could deceive the reader of a log or a terminal
// (XJ14).
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError ||
			r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff {
			return '?'
		}
		return r
	}, s)
}
