package aggregator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"

	"weir/aggregator/discover"
	"weir/aggregator/fetch"
	"weir/aggregator/schedule"
	"weir/feed"
)

// atOnce is how many lists are asked at a time.
const atOnce = 4

// ListStore remembers reading lists.
type ListStore interface {
	Lists() (map[string]feed.ListState, error)
	KeepList(id string, s *feed.ListState) error
}

// Follower asks reading lists, as conditionally and as seldom as feeds are, and
// keeps what they name in the store. It is safe for concurrent use as long as
// one Follow is under way at a time.
type Follower struct {
	Fetcher Fetcher
	Store   ListStore
	// Lists are those of the configuration, asked like sources; Every is how
	// often.
	Lists    []feed.Source
	Schedule schedule.Options
	// Now is the clock; nil means time.Now.
	Now    func() time.Time
	Logger *slog.Logger
}

// Following says which lists to ask, beside those that are due.
type Following struct {
	// All asks every list.
	All bool
	// New leaves out all that were good once, due or not: a start need not wait
	// for those.
	New bool
	// Confirmed asks those of which a change is held, and puts it to use.
	Confirmed bool
}

// Followed says what asking lists came to.
type Followed struct {
	// Asked and Failed count lists.
	Asked, Failed int
	// Changed says that the lists name other feeds than before.
	Changed bool
	// Notes are lines for the operator: a list that begins to fail or works
	// again, and a change that is held.
	Notes []string
}

// Follow asks lists. What is wrong with one is in its state; the error is that
// of the store, or of ctx.
func (f *Follower) Follow(ctx context.Context, want Following) (Followed, error) {
	known, err := f.Store.Lists()
	if err != nil {
		return Followed{}, fmt.Errorf("read the lists that are followed: %w", err)
	}
	var did Followed
	asked := slices.DeleteFunc(slices.Clone(f.Lists), func(l feed.Source) bool { return !f.wanted(known[l.ID], want) })
	states := make([]feed.ListState, len(asked))
	group, asking := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range asked {
		group.Go(func() error {
			states[i] = f.ask(asking, &asked[i], known[asked[i].ID], want.Confirmed)
			return asking.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return did, err
	}
	for i, after := range states {
		if err := f.Store.KeepList(asked[i].ID, &after); err != nil {
			return did, fmt.Errorf("remember the list %s: %w", asked[i].ID, err)
		}
		did.count(asked[i].ID, known[asked[i].ID], after)
	}
	return did, nil
}

// wanted tells whether a list is asked now.
func (f *Follower) wanted(s feed.ListState, want Following) bool {
	switch {
	case want.New && !s.Poll.Succeeded.IsZero():
		return want.Confirmed && s.Held.Seen > 0
	case want.All, want.Confirmed && s.Held.Seen > 0:
		return true
	}
	return !s.Poll.Due.After(f.now())
}

// Due is when the next list is to be asked, zero where none is followed.
func (f *Follower) Due() (time.Time, error) {
	known, err := f.Store.Lists()
	if err != nil {
		return time.Time{}, fmt.Errorf("read the lists that are followed: %w", err)
	}
	var first time.Time
	for i, l := range f.Lists {
		if due := known[l.ID].Poll.Due; i == 0 || due.Before(first) {
			first = due
		}
	}
	return first, nil
}

// ask asks one list, by the client that guards all requests (XJ18). Validators
// that were kept while a change is held are those of what is in use, so that
// the change is seen again (P13).
func (f *Follower) ask(ctx context.Context, l *feed.Source, s feed.ListState, confirmed bool) feed.ListState {
	began := f.now()
	req := fetch.Request{
		URL: schedule.Address(*l, s.Poll, began), Validators: s.Poll.Validators, Private: l.Private(),
		Accept: discover.AcceptList, Limit: discover.MaxListBytes,
	}
	list, resp, err := f.read(ctx, l, req)
	if err != nil {
		s.Poll = f.failed(l, s.Poll, err, began)
		return s
	}
	defer resp.Release()
	answer := schedule.Answer{
		Status: resp.Status, NotModified: resp.NotModified, Validators: resp.Validators, Permanent: resp.Permanent,
		Fresh: resp.Hints.Fresh, FreshStated: resp.FreshStated,
	}
	before := s.Feeds
	if s = taken(s, list, began, confirmed); s.Held.Seen > 0 {
		answer.Validators = s.Poll.Validators
	}
	answer.News = !sameFeeds(before, s.Feeds)
	s.Poll = schedule.Succeeded(s.Poll, answer, began)
	s.Poll = schedule.Next(f.now(), s.Poll, f.scheduling(l, s.Poll))
	return s
}

// read gets a list; it is nil where it is as it was.
func (f *Follower) read(ctx context.Context, l *feed.Source, req fetch.Request) (*discover.List, *fetch.Response, error) {
	get := f.Fetcher.Get
	if l.Kind == feed.File {
		get = func(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
			return fetch.ReadFile(ctx, r, discover.MaxListBytes)
		}
	}
	resp, err := get(ctx, req)
	if err != nil || resp.NotModified {
		return nil, resp, err
	}
	if resp.Cut {
		resp.Release()
		return nil, nil, fmt.Errorf("the list is larger than %d MiB", discover.MaxListBytes>>20)
	}
	list, err := discover.OPML(resp.Body)
	if err != nil {
		resp.Release()
		return nil, nil, err
	}
	return list, resp, nil
}

// failed is the state after an attempt that gave no list: what it named before
// stays in use.
func (f *Follower) failed(l *feed.Source, s feed.PollState, err error, began time.Time) feed.PollState {
	var fe *fetch.Error
	problem := feed.Problem{Kind: "malformed", Text: fmt.Sprintf("What came is no list that can be followed: %v; the last good one stays in use.", err)}
	var status int
	var retry time.Time
	if errors.As(err, &fe) {
		problem, status, retry = fe.Problem, fe.Status, fe.RetryAfter
	}
	problem.Text = l.Cover(problem.Text)
	return schedule.Next(f.now(), schedule.Failed(s, problem, status, retry, began), f.scheduling(l, s))
}

// scheduling is what decides about a list's due times. One that was never read
// is tried again as a feed would be: nothing of it can be followed before.
func (f *Follower) scheduling(l *feed.Source, s feed.PollState) schedule.Options {
	o := f.Schedule
	o.Every, o.File, o.Seed = l.Every, l.Kind != feed.Remote, xxhash.Sum64String(l.ID)
	if s.Succeeded.IsZero() && o.Default > 0 {
		o.Every = min(o.Every, o.Default)
	}
	return o
}

func (f *Follower) now() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}

// count notes what became of a list.
func (d *Followed) count(id string, before, after feed.ListState) {
	d.Asked++
	d.Changed = d.Changed || !sameFeeds(before.Feeds, after.Feeds)
	note := func(text string) { d.Notes = append(d.Notes, "list "+id+": "+text) }
	was, is := &before.Poll, &after.Poll
	if is.Failing() {
		d.Failed++
	}
	switch {
	case is.Alarming() && !was.Alarming(), is.Failing() && was.Succeeded.IsZero() && !was.Failing():
		note(is.Problem.Text)
	case was.Alarming() && !is.Failing():
		note("works again")
	}
	if after.Held.Seen == 1 && before.Held.Seen != 1 {
		note(after.Held.Why())
	}
}
