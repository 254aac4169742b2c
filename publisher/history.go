package publisher

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// history makes the archive documents of one snapshot when they are asked for.
type history struct {
	p       *Publisher
	sources *outlets
	// chains are by the directory of their channel.
	chains map[string]*chain
}

// oldPages keeps archive documents that were asked for, the latest ones.
type oldPages struct {
	mu    sync.Mutex
	pages map[string]*oldPage
	order []string
}

// oldPage is one spot of a channel as it was made.
type oldPage struct {
	from *chain
	docs map[string]*Document
}

// maxOldPages bounds what is kept: walkers read one after another.
const maxOldPages = 32

// find returns the archive document of a path below the site, nil where there is
// none. This alone reaches the store for a request, and only for what the
// channel's documents of now do not hold.
func (h *history) find(path string) (*Document, error) {
	dir, rest, ok := strings.Cut(path, "archive/")
	if !ok || strings.Count(rest, "/") != 1 {
		return nil, nil
	}
	name, file, _ := strings.Cut(rest, "/")
	c := h.chains[dir]
	at, ok := spotOf(name)
	if c == nil || !ok || !c.holds(at) || !IsFeed(file) || !c.ch.publishes(file) {
		return nil, nil
	}
	// One at a time: whoever asks for all of them at once waits, and nobody
	// else does.
	old := &h.p.old
	old.mu.Lock()
	defer old.mu.Unlock()
	key := dir + name
	if page := old.pages[key]; page != nil && page.from == c {
		return page.docs[file], nil
	}
	docs, err := h.archive(c, at, 1)
	if err != nil {
		return nil, err
	}
	old.keep(key, &oldPage{from: c, docs: docs})
	return docs[file], nil
}

func (o *oldPages) keep(key string, page *oldPage) {
	if o.pages == nil {
		o.pages = make(map[string]*oldPage, maxOldPages)
	}
	if o.pages[key] == nil {
		o.order = append(o.order, key)
	}
	o.pages[key] = page
	if len(o.order) > maxOldPages {
		delete(o.pages, o.order[0])
		o.order = o.order[1:]
	}
}

// archived prepares the answer to a request for an archive document, nil where
// the path leads to none.
func (t *routes) archived(r *http.Request) *resource {
	if t.snapshot.history == nil || !strings.Contains(r.URL.Path, "archive/") {
		return nil
	}
	for _, prefix := range t.prefixes {
		path, ok := strings.CutPrefix(r.URL.Path, prefix)
		if !ok {
			continue
		}
		d, err := t.snapshot.history.find(path)
		if err != nil {
			t.snapshot.history.p.log.Error("an archive cannot be made", "path", path, "error", err)
			return t.broken
		}
		if d != nil {
			return t.snapshot.resource(path, d, t.began, time.Now())
		}
	}
	return nil
}
