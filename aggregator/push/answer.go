package push

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"weir/feed"
)

const (
	// atOnce is how many deliveries are read at a time.
	atOnce = 16
	// longestChallenge bounds what is echoed (XI08).
	longestChallenge = 1 << 10
	// maxNotice bounds what rssCloud sends: one address.
	maxNotice = 16 << 10
	// maxTrusted bounds what trusted sources wait with, in bodies.
	maxTrusted = 8
)

// Before answers what comes to a callback, and leaves all else to next.
func (b *Book) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ours := "", false
		if strings.Contains(r.URL.Path, "/push/") { // All else is served without a lock.
			token, ours = b.called(r.URL.Path)
		}
		if !ours {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff") // XI08
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		switch r.Method {
		case http.MethodGet:
			b.verify(w, r.URL.Query(), token)
		case http.MethodPost:
			b.deliver(w, r, token)
		default:
			h.Set("Allow", "GET, POST")
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
}

// called returns the token of a callback's path.
func (b *Book) called(path string) (token string, ours bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.paths {
		if rest, below := strings.CutPrefix(path, p); below && isToken(rest) {
			return rest, true
		}
	}
	return "", false
}

func isToken(s string) bool {
	return len(s) == hex.EncodedLen(tokenSize) && strings.Trim(s, "0123456789abcdef") == ""
}

// tokenOf is the last segment of a callback's address, empty if that is none.
func tokenOf(address string) string {
	token := address[strings.LastIndexByte(address, '/')+1:]
	if !isToken(token) {
		return ""
	}
	return token
}

// verify answers a hub that asks whether it was really asked (WebSub §5.3),
// or that says no (§5.2).
func (b *Book) verify(w http.ResponseWriter, q url.Values, token string) {
	challenge, ok := b.confirm(q, token)
	if !ok {
		w.WriteHeader(http.StatusNotFound) // W6, XI01
		return
	}
	_, _ = io.WriteString(w, challenge)
}

func (b *Book) confirm(q url.Values, token string) (challenge string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	source := b.tokens[token]
	s, known := b.subs[source]
	if source == "" || !known {
		return "", false
	}
	now := b.o.Now()
	if s.Protocol == feed.RSSCloud {
		challenge = q.Get("challenge")
		return challenge, isChallenge(challenge) && q.Get("url") == s.Topic && s.Pending.After(now) && token == tokenOf(s.Current.Address)
	}
	mode := q.Get("hub.mode")
	if q.Get("hub.topic") != s.Topic {
		return "", false
	}
	if mode == "denied" && !s.Leaving {
		b.put(source, denied(s, reason(q.Get("hub.reason")), now))
		b.mark(source, true)
		return "", true
	}
	challenge = q.Get("hub.challenge")
	asked := map[bool]string{false: "subscribe", true: "unsubscribe"}[s.Leaving]
	if mode != asked || !s.Pending.After(now) || token != tokenOf(s.Current.Address) || !isChallenge(challenge) {
		return "", false
	}
	if s.Leaving {
		s.Pending = time.Time{}
	} else {
		s = verified(s, granted(q.Get("hub.lease_seconds")), now)
	}
	b.put(source, s)
	b.mark(source, true)
	return challenge, true
}

// isChallenge accepts what hubs make up, and nothing that a browser could take
// for more than text (XI08).
func isChallenge(s string) bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>"'&`, r) }
	return s != "" && len(s) <= longestChallenge && !strings.ContainsFunc(s, odd)
}

// reason is what a hub says of denying, for a line.
func reason(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
	if text == "" {
		return ""
	}
	return ": " + string([]rune(text)[:min(len([]rune(text)), 200)])
}

// deliver takes an announcement. A hub that nobody subscribed at hears that it
// is to stop (410); every other one hears at once that all is well, whatever is
// made of it (W9, W10).
func (b *Book) deliver(w http.ResponseWriter, r *http.Request, token string) {
	s, source, trusted := b.addressee(token)
	if source == "" {
		w.WriteHeader(http.StatusGone)
		return
	}
	select {
	case b.slots <- struct{}{}:
		defer func() { <-b.slots }()
	default:
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	a := Announcement{Source: source, Media: r.Header.Get("Content-Type")}
	var err error
	if s.Protocol == feed.RSSCloud {
		err = notice(w, r, s.Topic)
	} else {
		coded := r.Header.Get("Content-Encoding") != ""
		a.Body, err = b.signed(w, r, secretOf(&s, token), trusted && !coded)
	}
	b.heard(a, err)
	w.WriteHeader(http.StatusAccepted)
}

// addressee finds whose callback a token is: by it alone, whatever the delivery
// says of itself (W11).
func (b *Book) addressee(token string) (s feed.Subscription, source string, trusted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	source = b.tokens[token]
	s = b.subs[source]
	late := token == tokenOf(s.Earlier.Address) && !s.Earlier.Until.After(b.o.Now())
	if source == "" || s.Leaving || late {
		return s, "", false
	}
	return s, source, b.trusted[source]
}

// secretOf is the secret that belongs to a token (XI04).
func secretOf(s *feed.Subscription, token string) string {
	if token == tokenOf(s.Earlier.Address) {
		return s.Earlier.Secret
	}
	return s.Current.Secret
}

// heard notes an announcement, or why one is none.
func (b *Book) heard(a Announcement, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.subs[a.Source]
	if !ok {
		return
	}
	if err != nil {
		s.Ignored, s.Doubt = s.Ignored+1, err.Error()
		b.subs[a.Source] = s
		b.mark(a.Source, false)
		return
	}
	s.Heard, s.Heeded = feed.Micro(b.o.Now()), s.Heeded+1
	b.subs[a.Source] = s
	b.mark(a.Source, false)
	bodies := 0
	for _, n := range b.news {
		if n.Body != nil {
			bodies++
		}
	}
	if _, waits := b.news[a.Source]; waits || bodies >= maxTrusted {
		a.Body = nil // Reading the source brings all of it.
	}
	b.news[a.Source] = a
	b.stir()
}

// notice reads what rssCloud sends: the address that changed.
func notice(w http.ResponseWriter, r *http.Request, topic string) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxNotice))
	if err != nil {
		return errors.New("what came could not be read")
	}
	if v, err := url.ParseQuery(string(body)); err != nil || v.Get("url") != topic {
		return errors.New("what came speaks of another feed")
	}
	return nil
}

// signed reads a delivery and checks what it is signed with (W10, WebSub §7.1.2).
// It returns the body if that is wanted; elsewhere nothing of it is kept.
func (b *Book) signed(w http.ResponseWriter, r *http.Request, secret string, wanted bool) ([]byte, error) {
	method, stated, _ := strings.Cut(r.Header.Get("X-Hub-Signature"), "=")
	digest := digests()[strings.ToLower(method)]
	switch {
	case method == "":
		return nil, errors.New("what came was not signed")
	case digest == nil:
		return nil, errors.New("what came was signed by a method that is not accepted: sha256, sha384 and sha512 are")
	}
	sum, err := hex.DecodeString(stated)
	if err != nil {
		return nil, errors.New("the signature of what came is none")
	}
	// The body is bounded before it is looked at (XI05).
	var kept bytes.Buffer
	mac := hmac.New(digest, []byte(secret))
	var to io.Writer = mac
	if wanted {
		to = io.MultiWriter(mac, &kept)
	}
	if _, err := io.Copy(to, http.MaxBytesReader(w, r.Body, b.o.MaxBody)); err != nil {
		return nil, errors.New("what came was too large, or broke off")
	}
	if !hmac.Equal(mac.Sum(nil), sum) {
		return nil, errors.New("the signature of what came was wrong")
	}
	if !wanted {
		return nil, nil
	}
	return kept.Bytes(), nil
}

// digests are the methods of signatures that are accepted: SHA-1, which the
// specification still allows, is not (XI03).
func digests() map[string]func() hash.Hash {
	return map[string]func() hash.Hash{"sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}
}
