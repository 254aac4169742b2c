package publisher

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// history makes the archives and older pages of one snapshot when they are asked
// for.
type history struct {
	p       *Publisher
	sources *outlets
	// chains are by the directory of their channel.
	chains map[string]*chain
}

// oldPages keeps what was asked for of the history, the latest of it.
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

// locate finds the spot whose directory a path below the site names, such as
// "go/archive/3/rss.xml", and what follows the directory; nil where there is
// none.
func (h *history) locate(address string) (c *chain, at spot, name string) {
	place, name := path.Split(address)
	dir, _ := path.Split(strings.TrimSuffix(place, "/"))
	dir, _ = path.Split(strings.TrimSuffix(dir, "/"))
	at, ok := spotOf(place[len(dir):])
	if c = h.chains[dir]; c == nil || !ok || !c.holds(at) {
		return nil, spot{}, ""
	}
	return c, at, name
}

// find returns the document of a path below the site in the history, nil where
// there is none. This alone reaches the store for a request, and only for what
// the channel's documents of now do not hold.
func (h *history) find(address string) (*Document, error) {
	c, at, name := h.locate(address)
	if at.shown {
		name += "index.html" // Its own name is not the address.
	}
	if c == nil || !slices.Contains(at.names(&c.ch), name) {
		return nil, nil
	}
	// One at a time: whoever asks for all of them at once waits, and nobody
	// else does.
	old := &h.p.old
	old.mu.Lock()
	defer old.mu.Unlock()
	key := channelDir(c.ch.ID) + at.dir()
	var before map[string]*Document
	if page := old.pages[key]; page != nil {
		if page.from == c {
			return page.docs[name], nil
		}
		before = page.docs
	}
	docs, err := h.archive(c, at, 1, before)
	if err != nil {
		return nil, err
	}
	old.keep(key, &oldPage{from: c, docs: docs})
	return docs[name], nil
}

// beside tells where the address of an older page leads that lacks its slash or
// names the file; "" if it is none.
func (h *history) beside(address string) (to string) {
	if _, at, name := h.locate(address + "/"); at.shown && name == "" {
		return lastSegment(address)
	}
	if _, at, name := h.locate(address); at.shown && name == "index.html" {
		return "./"
	}
	return ""
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

// below are the paths below the site that an address may mean, for which there is
// a history.
func (t *routes) below(address string) (paths []string) {
	if t.snapshot.history == nil {
		return nil
	}
	for _, prefix := range t.prefixes {
		if rest, ok := strings.CutPrefix(address, prefix); ok {
			paths = append(paths, rest)
		}
	}
	return paths
}

// archived prepares the answer to a request for a document of the history, nil
// where the path leads to none.
func (t *routes) archived(r *http.Request) *resource {
	for _, address := range t.below(r.URL.Path) {
		d, err := t.snapshot.history.find(address)
		if err != nil {
			t.snapshot.history.p.log.Error("an archive cannot be made", "path", address, "error", err)
			return t.broken
		}
		if d != nil {
			return t.snapshot.resource(address, d, t.began, time.Now())
		}
	}
	return nil
}

// moved finds where an address leads that is not quite the one of a document; nil
// if it is none.
func (t *routes) moved(address string) fields {
	if move := t.moves[address]; move != nil {
		return move
	}
	for _, rest := range t.below(address) {
		if to := t.snapshot.history.beside(rest); to != "" {
			return redirection(to)
		}
	}
	return nil
}
