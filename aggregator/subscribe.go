package aggregator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"weir/aggregator/fetch"
	"weir/aggregator/push"
	"weir/feed"
)

const (
	// subscribing is how often it is looked for sources whose hub is to be
	// asked, deliverance how long what was delivered may take to be read.
	// settling is how long it is waited for more of them to be read.
	subscribing = time.Minute
	settling    = 2 * time.Second
	deliverance = time.Minute
	// secondLook is when a source is read again of which nothing was there yet
	// that was announced.
	secondLook = 5 * time.Minute
	// hubGap is the pause between two requests of one hub, which may serve
	// thousands of sources; hubsAtOnce is how many hubs are asked at a time.
	hubGap     = time.Second
	hubsAtOnce = 4
	// hubShare is about how many sources a hub is asked before it is looked
	// whether anything else is to be done.
	hubShare = 60
)

// Poster sends forms; *fetch.Client is the real one.
type Poster interface {
	Post(context.Context, fetch.Form) (*fetch.Response, error)
}

// PushStore remembers subscriptions.
type PushStore interface {
	Sources() ([]feed.SourceStatus, error)
	KeepSubscription(source string, s *feed.Subscription) error
}

// Reader looks at sources that have news; *Poller is the real one.
type Reader interface {
	Hasten(source string, at time.Time) error
	Deliver(ctx context.Context, source string, d Delivered) (bool, error)
}

// Subscriber asks hubs to announce what is new, and has what they announce
// read. It is made by [NewSubscriber] and runs for one configuration; the book
// outlives it.
type Subscriber struct {
	SubscriberOptions
	// stirred receives when a source was read; begun says that what was
	// announced before was seen to.
	stirred chan struct{}
	begun   bool
}

// SubscriberOptions are what a [Subscriber] works with.
type SubscriberOptions struct {
	Book   *push.Book
	Store  PushStore
	Poster Poster
	Reader Reader
	// Base is below what callbacks are, ending in a slash; empty where hubs
	// cannot reach this server, and nothing is subscribed then.
	Base string
	// Modes are those of the sources; one that is not in it is subscribed.
	Modes map[string]feed.PushMode
	// Strangers are as in [Options].
	Strangers map[string]bool
	// Every is the gap of sources that no hub announces: such a one is asked
	// again within it when its hub fails.
	Every time.Duration
	// Now is the clock; nil means time.Now.
	Now    func() time.Time
	Logger *slog.Logger
}

// NewSubscriber returns a subscriber that does nothing yet.
func NewSubscriber(o SubscriberOptions) *Subscriber {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Subscriber{SubscriberOptions: o, stirred: make(chan struct{}, 1)}
}

// stir makes sources be looked through.
func (s *Subscriber) stir() {
	select {
	case s.stirred <- struct{}{}:
	default:
	}
}

// Run subscribes and listens until ctx ends; then it returns ctx's error. An
// error of the store ends it too.
func (s *Subscriber) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.listen(ctx) })
	group.Go(func() error { return s.subscribe(ctx) })
	return group.Wait()
}

// Polled tells what a poll came to.
func (s *Subscriber) Polled(e Event) {
	s.stir()
	if e.Began.IsZero() || e.Problem.Kind != "" {
		return
	}
	news := e.Outcome.Added+e.Outcome.Changed+e.Outcome.Joined > 0
	before := s.Book.Reliable(e.Source)
	again := s.Book.Polled(e.Source, e.Last, e.Began, news)
	if disproved := before && !s.Book.Reliable(e.Source); again || disproved {
		at := s.Now().Add(secondLook)
		if disproved {
			at = s.Now().Add(s.Every)
		}
		s.hasten(e.Source, at)
	}
}

func (s *Subscriber) hasten(source string, at time.Time) {
	if err := s.Reader.Hasten(source, at); err != nil {
		s.Logger.Error("a source is read later than its hub would have it", "source", source, "error", err)
	}
}

// listen saves what changed and has the sources read that hubs announced.
func (s *Subscriber) listen(ctx context.Context) error {
	every := time.NewTicker(subscribing)
	defer every.Stop()
	var heeding errgroup.Group
	heeding.SetLimit(hubsAtOnce)
	defer func() { _ = heeding.Wait() }()
	all := false
	for {
		if err := s.Book.Save(all, s.Store.KeepSubscription); err != nil {
			return fmt.Errorf("remember a subscription: %w", err)
		}
		for _, a := range s.Book.News() {
			s.Logger.Debug("announced", "source", a.Source)
			heeding.Go(func() error { s.heed(ctx, a); return nil })
		}
		select {
		case <-ctx.Done():
			_ = s.Book.Save(true, s.Store.KeepSubscription) // counts that waited
			return ctx.Err()
		case <-s.Book.Stirred():
			all = false
		case <-every.C:
			all = true
		}
	}
}

// heed has a source read. What was delivered itself is taken where the source
// is trusted; where nothing in it can be, reading the source brings the rest.
func (s *Subscriber) heed(ctx context.Context, a push.Announcement) {
	if a.Body != nil {
		within, cancel := context.WithTimeout(ctx, deliverance)
		defer cancel()
		if taken, err := s.Reader.Deliver(within, a.Source, Delivered{a.Body, a.Media}); taken && err == nil {
			s.Book.Delivered(a.Source)
			return
		}
	}
	s.hasten(a.Source, s.Now())
}

// subscribe asks hubs whenever there is one to ask: when sources were read, and
// when time alone makes something due.
func (s *Subscriber) subscribe(ctx context.Context) error {
	if s.Base == "" && len(s.Book.Subscriptions()) == 0 {
		<-ctx.Done() // Nobody reaches this server, and nobody is to be left.
		return ctx.Err()
	}
	var reviewed time.Time
	for {
		due, err := s.review()
		if err != nil {
			return err
		}
		if err := s.askAll(ctx, due); err != nil {
			return err
		}
		if reviewed, err = s.rest(ctx, reviewed); err != nil {
			return err
		}
	}
}

// rest waits until sources are to be looked through again, and returns when that
// is: soon after the first of them was read, and then at most once a minute.
func (s *Subscriber) rest(ctx context.Context, reviewed time.Time) (time.Time, error) {
	for {
		wait := subscribing
		select {
		case <-ctx.Done():
			return reviewed, ctx.Err()
		case <-s.stirred:
			wait = max(settling, subscribing-time.Since(reviewed))
		case <-time.After(subscribing):
			if wait = 0; !s.waits() {
				continue
			}
		}
		select {
		case <-ctx.Done():
			return reviewed, ctx.Err()
		case <-time.After(wait):
			return time.Now(), nil
		}
	}
}

// waits reports whether time alone makes something due.
func (s *Subscriber) waits() bool {
	now := s.Now()
	for _, sub := range s.Book.Subscriptions() {
		due := !sub.Next.IsZero() && !sub.Next.After(now)
		lapsed := !sub.Proven.IsZero() && !sub.Active(now)
		if due || lapsed || sub.Leaving {
			return true
		}
	}
	return false
}

// errand is a hub to be asked about a source.
type errand struct {
	source feed.Source
	offer  push.Offer
	leave  bool
	// gone says that the source left, so that nobody knows any more who gave its
	// address.
	gone bool
}

// review looks through all sources and returns by hub what is to be asked.
func (s *Subscriber) review() (map[string][]errand, error) {
	list, err := s.Store.Sources()
	if err != nil {
		return nil, fmt.Errorf("look for sources to subscribe: %w", err)
	}
	now, subs := s.Now(), s.Book.Subscriptions()
	due := make(map[string][]errand)
	wanted, there := make(map[string]bool), make(map[string]bool)
	for i := range list {
		src := list[i].Source
		there[src.ID] = true
		sub, known := subs[src.ID]
		offer := push.Offered(&src, &list[i].State.Doc.Profile)
		if s.Base == "" || s.Modes[src.ID] == feed.PushOff || offer == (push.Offer{}) && !known {
			continue
		}
		wanted[src.ID] = true
		if !s.begun && sub.Heard.After(list[i].State.Poll.Tried) {
			s.hasten(src.ID, now) // It was announced, and then the server ended.
		}
		s.lapse(&sub, src.ID, now)
		if at := push.Due(&sub, offer, s.Base, now); !at.IsZero() && !at.After(now) {
			host := hostOf(offer.Hub)
			due[host] = append(due[host], errand{source: src, offer: offer})
		} else if at.IsZero() && known && push.Forgettable(&sub, now) {
			s.Book.Forget(src.ID) // what was offered is offered no longer
		}
	}
	s.begun = true
	for id, sub := range subs {
		if !wanted[id] {
			s.lapse(&sub, id, now)
		}
		switch {
		case wanted[id]:
		case push.Over(&sub, now), sub.Protocol == feed.RSSCloud: // which knows no leaving
			s.Book.Forget(id)
			if !sub.Proven.IsZero() {
				s.hasten(id, now)
			}
		case !sub.Leaving:
			host := hostOf(sub.Hub)
			due[host] = append(due[host], errand{source: feed.Source{ID: id}, leave: true, gone: !there[id]})
		}
	}
	return due, nil
}

// lapse has a source polled as others are once its hub's promise is over.
func (s *Subscriber) lapse(sub *feed.Subscription, source string, now time.Time) {
	if sub.Proven.IsZero() || sub.Active(now) {
		return
	}
	*sub = s.Book.Change(source, func(sub feed.Subscription) feed.Subscription {
		sub.Proven = time.Time{}
		return sub
	})
	s.Logger.Info("a hub's promise is over; the source is polled as others are", "source", source, "hub", sub.Hub)
	s.hasten(source, now)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}

// askAll asks hubs, each about one source at a time.
func (s *Subscriber) askAll(ctx context.Context, due map[string][]errand) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(hubsAtOnce)
	for _, list := range due {
		slices.SortFunc(list, func(a, b errand) int { return strings.Compare(a.source.ID, b.source.ID) })
		if len(list) > hubShare {
			list = list[:hubShare]
			s.stir()
		}
		group.Go(func() error {
			for i := range list {
				if i > 0 {
					select {
					case <-ctx.Done():
						return ctx.Err()
					case <-time.After(hubGap):
					}
				}
				if err := s.ask(ctx, &list[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// ask asks one hub. What it is asked is remembered first: hubs may verify
// before they answer (W6).
func (s *Subscriber) ask(ctx context.Context, e *errand) error {
	sub := s.Book.Change(e.source.ID, func(sub feed.Subscription) feed.Subscription {
		if e.leave {
			return push.Leave(sub, s.Now())
		}
		return push.Begin(sub, e.offer, push.Fresh(s.Base, e.offer.Protocol), s.Now())
	})
	if err := s.Book.Save(false, s.Store.KeepSubscription); err != nil {
		return fmt.Errorf("remember a subscription: %w", err)
	}
	form := fetch.Form{URL: sub.Hub, Values: push.Form(&sub), Stranger: e.gone || s.Strangers[e.source.ID], Private: e.source.Private()}
	resp, err := s.Poster.Post(ctx, form)
	if refused := (*fetch.Error)(nil); errors.As(err, &refused) && refused.Status == http.StatusBadRequest && push.Modest(form.Values) {
		// Some hubs refuse a wish that is longer than what they grant.
		resp, err = s.Poster.Post(ctx, form)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		err = push.Objected(sub.Protocol, resp.Body)
		resp.Release()
	}
	s.Book.Change(e.source.ID, func(sub feed.Subscription) feed.Subscription {
		if err == nil {
			return push.Accepted(sub, s.Now())
		}
		problem, retry := refusal(err)
		return push.Refused(sub, push.Covered(&sub, e.source.Cover(problem)), retry, s.Now())
	})
	if err != nil {
		s.Logger.Debug("a hub takes no subscription", "source", e.source.ID, "hub", e.source.Cover(sub.Hub))
	}
	return nil
}

// refusal is what a hub's refusal says, and until when it wants peace.
func refusal(err error) (problem string, retryAfter time.Time) {
	var fe *fetch.Error
	if !errors.As(err, &fe) {
		return "the hub did not take it: " + err.Error(), time.Time{}
	}
	problem = "the hub did not take it: " + fe.Problem.Text
	if fe.Detail != "" {
		problem += " It said: " + fe.Detail
	}
	return problem, fe.RetryAfter
}
