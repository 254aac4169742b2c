package push

import (
	"maps"
	"sync"
	"time"

	"weir/feed"
)

// Announcement is that a source has news.
type Announcement struct {
	Source string
	// Body is what was delivered, signed, where the source is trusted; nil
	// elsewhere. Media is its stated type.
	Body  []byte
	Media string
}

// Book holds the subscriptions of a running server, by source, and answers
// hubs. Announcements of one source become one, however many come (XI12). It is
// made by [New] and safe for concurrent use.
type Book struct {
	o     Options
	slots chan struct{}
	wake  chan struct{}
	// saving is held by whoever saves, so that no older state is written over a
	// newer one.
	saving sync.Mutex

	mu   sync.Mutex
	subs map[string]feed.Subscription
	// tokens lead to sources.
	tokens map[string]string
	// unsaved are the sources whose subscription is not as it is in the store,
	// true where that should not wait.
	unsaved map[string]bool
	news    map[string]Announcement
	trusted map[string]bool
	// paths are those below which callbacks are.
	paths []string
}

// Options are what a [Book] works with.
type Options struct {
	// MaxBody bounds what a hub delivers, in bytes; 0 means 10 MiB.
	MaxBody int64
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// New returns an empty book.
func New(o Options) *Book {
	if o.MaxBody <= 0 {
		o.MaxBody = 10 << 20
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Book{
		o: o, slots: make(chan struct{}, atOnce), wake: make(chan struct{}, 1),
		subs: make(map[string]feed.Subscription), tokens: make(map[string]string),
		unsaved: make(map[string]bool), news: make(map[string]Announcement),
	}
}

// Load replaces what the book holds by what was saved.
func (b *Book) Load(subs map[string]feed.Subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs, b.tokens, b.unsaved = make(map[string]feed.Subscription, len(subs)), make(map[string]string), make(map[string]bool)
	for source, s := range subs {
		b.put(source, s)
	}
}

// Serve says at which paths hubs come by, each ending in a slash, and which
// sources are trusted.
func (b *Book) Serve(paths []string, trusted map[string]bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.paths, b.trusted = paths, maps.Clone(trusted)
}

// Subscriptions returns a copy of all.
func (b *Book) Subscriptions() map[string]feed.Subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.subs)
}

// Reliable reports whether a source's hub can be counted on to announce what is
// new, so that the source itself need be asked only now and then (P35).
func (b *Book) Reliable(source string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.subs[source]
	return ok && s.Reliable(b.o.Now())
}

// Change puts what do makes of a source's subscription in its place and returns
// it. It must not wait to be saved longer than Save's caller takes.
func (b *Book) Change(source string, do func(feed.Subscription) feed.Subscription) feed.Subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := do(b.subs[source])
	b.put(source, s)
	b.mark(source, true)
	return s
}

// Forget drops a subscription.
func (b *Book) Forget(source string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop(source)
	b.mark(source, true)
}

func (b *Book) put(source string, s feed.Subscription) {
	b.drop(source)
	b.subs[source] = s
	for _, c := range [...]feed.Callback{s.Earlier, s.Current} {
		if token := tokenOf(c.Address); token != "" {
			b.tokens[token] = source
		}
	}
}

func (b *Book) drop(source string) {
	s := b.subs[source]
	for _, c := range [...]feed.Callback{s.Earlier, s.Current} {
		delete(b.tokens, tokenOf(c.Address))
	}
	delete(b.subs, source)
}

// mark notes that a subscription is to be saved.
func (b *Book) mark(source string, soon bool) {
	b.unsaved[source] = b.unsaved[source] || soon
	if soon {
		b.stir()
	}
}

func (b *Book) stir() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Stirred receives when there is something to save or to look at.
func (b *Book) Stirred() <-chan struct{} { return b.wake }

// Save has what changed written down, nil for what is forgotten. All says
// whether that includes what was only counted, for which a minute is soon
// enough: a flood of announcements is no flood of writes (XI12). It ends with
// the first error; what was not written is written next time.
func (b *Book) Save(all bool, write func(source string, s *feed.Subscription) error) error {
	b.saving.Lock()
	defer b.saving.Unlock()
	for _, source := range b.dirty(all) {
		b.mu.Lock()
		s, ok := b.subs[source]
		soon := b.unsaved[source]
		delete(b.unsaved, source)
		b.mu.Unlock()
		said := &s
		if !ok {
			said = nil
		}
		if err := write(source, said); err != nil {
			b.mu.Lock()
			b.unsaved[source] = b.unsaved[source] || soon
			b.mu.Unlock()
			return err
		}
	}
	return nil
}

func (b *Book) dirty(all bool) (sources []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for source, soon := range b.unsaved {
		if all || soon {
			sources = append(sources, source)
		}
	}
	return sources
}

// News returns the sources that were announced since the last call.
func (b *Book) News() []Announcement {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make([]Announcement, 0, len(b.news))
	for _, n := range b.news {
		all = append(all, n)
	}
	clear(b.news)
	return all
}

// Delivered tells the book that news was taken out of what a hub delivered: it was
// announced, and is there.
func (b *Book) Delivered(source string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s, ok := b.subs[source]; ok && s.Proven.IsZero() {
		s.Proven = feed.Micro(b.o.Now())
		b.subs[source] = s
		b.mark(source, true)
	}
}

// Polled tells the book what a reading of a source brought that began at an
// instant, and when the one before began. News that was announced proves the
// hub, news that was not disproves it. It reports whether the source should be
// read once more soon: what was announced may not have reached all of a
// publisher's servers yet.
func (b *Book) Polled(source string, last, began time.Time, news bool) (again bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.subs[source]
	if !ok || !s.Active(b.o.Now()) {
		return false
	}
	announced := s.Heard.After(last) && !s.Heard.After(began)
	switch {
	case announced && news && s.Proven.IsZero():
		s.Proven = feed.Micro(began)
	case !announced && news && s.Heard.Before(began) && !s.Proven.IsZero():
		s.Proven = time.Time{}
	default:
		return announced && !news
	}
	b.subs[source] = s
	b.mark(source, true)
	return false
}
