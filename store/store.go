// Package store is the contract of the one meeting point: what readers of
// feeds write and what publishers read. Engines live in sub-packages
// (store/bolt); store/storetest is the suite that every engine passes.
//
// Open an engine, call Configure with the sources and channels of the
// configuration, then Claim, Commit and Settle on the writing side, Revisions
// and Window on the reading side, in any number of goroutines.
//
// What is promised, by every engine:
//
//   - Every call is one atomic unit. No transaction, iterator or callback
//     crosses the border, and no value handed out is shared with the store.
//   - What Commit reported as committed survives a kill and a power cut.
//   - A claim is exclusive and fenced: a report with an older token is stale
//     and changes nothing.
//   - Committing the same report twice changes nothing the second time.
//   - A record that fails its check is reported and left out, never published.
//   - A channel's arrival numbers are gapless and, like its revision, move in
//     commit order; a revision moves at least whenever data of an entry or a
//     source of the channel changed.
//   - Slugs, published ids and published dates never change once assigned.
//   - The engine's clock decides what is due. All times are UTC microseconds.
//   - Hints may be lost or repeated; revisions are the truth.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"weir/feed"
	"weir/feed/identity"
)

// Errors that callers tell apart.
var (
	// ErrNotFound is returned when an entry, channel or source is unknown.
	ErrNotFound = errors.New("not found")
	// ErrRemoved is returned where a living entry is needed and only a
	// tombstone is left.
	ErrRemoved = errors.New("it was removed")
	// ErrAlone is returned by splitting a story that nobody else tells.
	ErrAlone = errors.New("no other source tells it")
	// ErrCorrupt is returned when the file or a record fails its check.
	ErrCorrupt = errors.New("store is damaged")
	// ErrSchema is returned when the file was written by a newer Weir.
	ErrSchema = errors.New("store was written by a newer version")
	// ErrClosed is returned by every call after Close.
	ErrClosed = errors.New("store is closed")
	// ErrFounded is returned by Seed once the first cycle is settled.
	ErrFounded = errors.New("first cycle is finished")
	// ErrFounding is returned by windows of a store whose first cycle has not
	// been settled: there is nothing to publish yet.
	ErrFounding = errors.New("first cycle is not finished")
)

// HeldError is returned by opening a store that another process holds.
type HeldError struct {
	// Path is the store's file.
	Path string
	// PID and Command tell the holder; PID is 0 when it is not known.
	PID     int
	Command string
}

// Error implements error.
func (e *HeldError) Error() string {
	switch {
	case e.PID == 0:
		return fmt.Sprintf("store %s is held by another process", e.Path)
	case e.Command == "":
		return fmt.Sprintf("store %s is held by process %d", e.Path, e.PID)
	default:
		return fmt.Sprintf("store %s is held by process %d (weir %s)", e.Path, e.PID, e.Command)
	}
}

// Configuration is what the store must know of config.yaml.
type Configuration struct {
	Sources  []feed.Source
	Channels []feed.Channel
	// Site mints published ids; Rules decide what is the same story.
	Site  identity.Site
	Rules identity.Rules
	// Keep bounds what is kept of all entries together.
	Keep feed.Retention
	// Confirmed says that the operator means it although more than half of
	// the sources are gone from it.
	Confirmed bool
	// Looking says that the store is only read from now on: nothing is written
	// for this configuration, and none is refused for what it lacks.
	Looking bool
}

// ExodusError is returned by Configure when a configuration lacks more than
// half of the sources that the store knows, and at least three: more often
// somebody lost a part of a file than so many publishers at once. Nothing was
// changed; set Configuration.Confirmed to mean it.
type ExodusError struct {
	// Gone of Of sources are missing.
	Gone, Of int
	// Names are some of them, at most five.
	Names []string
}

// Error implements error.
func (e *ExodusError) Error() string {
	more := ""
	if e.Gone > len(e.Names) {
		more = " …"
	}
	return fmt.Sprintf("%d of %d sources are gone from the configuration: %s%s", e.Gone, e.Of, strings.Join(e.Names, ", "), more)
}

// Store is the contract.
type Store interface {
	// Configure tells the store its sources and channels; it comes before all
	// other calls, and again whenever the configuration changes. A source's
	// record is found by id, else by address; one whose address or options
	// changed is read again without validators (P10). A source that is no
	// longer configured is retired: it is neither claimed nor listed, and with
	// the next Tend its entries leave all documents, or pass to the best other
	// source that tells them, without the text. Within 30 days they come back
	// with it; then all of it is forgotten. When more than half of the sources
	// are gone at once, an *ExodusError says so and nothing changes. A
	// channel that is new or whose digest changed is indexed in the
	// background, in transactions that nobody waits long for; until that is
	// done it is what its old rule says, or empty (see Await). When nothing
	// changed nothing is written. With Looking nothing is written at all:
	// sources and channels are listed as they are configured, entries and
	// indexes are what they were; another Configure without it, which finds
	// everything as if nobody had looked, comes before whatever writes.
	Configure(Configuration) error

	// Await returns when every channel is indexed as it is configured, or with
	// the error that kept it from that, or with that of the context. Whoever
	// publishes once and ends calls it before; a server goes by hints.
	Await(context.Context) error

	// Claim gives out due sources, longest due first, but no group a second
	// one while another group waits for its first. The time is when something
	// may be claimed next, now or earlier when there was more than N, zero
	// when nothing waits: everything is claimed or nothing is left. A Commit
	// or Release may make it earlier.
	Claim(feed.ClaimQuery) ([]feed.Claim, time.Time, error)
	// Release gives claims back unpolled; their tokens are worth nothing from
	// then on, and unknown ones are ignored.
	Release(tokens ...uint64) error
	// Commit stores reports, one outcome each in their order, in one
	// transaction for all that are not stale, together with those of other
	// calls that wait at the same time. Items are decided in the order of
	// identity, whatever order they came in. A report whose token was used
	// hears the first outcome again. In a store's first cycle items are only
	// staged. An error means that nothing was stored and the claims still
	// hold.
	Commit([]feed.Report) ([]feed.Outcome, error)
	// Settle ends a store's first cycle: it decides everything staged in one
	// order, so that two installs from scratch agree. Later it does nothing.
	// Killed in between, it is to be called again.
	Settle() (feed.Outcome, error)

	// Tend does what the store has to do by itself and what is due by now, in
	// transactions that no Commit waits for longer than a moment: releasing
	// what was held for a day, withdrawing what its source no longer shows,
	// ending retirements. It costs next to nothing when nothing is due; call
	// it after every cycle.
	Tend() (feed.Tended, error)

	// Prune drops what is beyond Configuration.Keep and that of the sources,
	// oldest place first, but nothing that is held, no local article, and none
	// of the newest of a channel. What it drops leaves a tombstone until no
	// source can show the story again. Tend does it once a day. It does nothing
	// and says why when the clock jumped or the store had errors (XG12). It
	// works in transactions that no Commit waits for longer than a moment.
	Prune() (feed.Pruned, error)

	// ReleaseHeld lets everything that is held of a source into its channels,
	// at a place that every subscriber still sees, and tells how many entries
	// that were.
	ReleaseHeld(source string) (int, error)

	// Remove takes an entry out of every document for good and leaves a
	// tombstone, so that no telling of the story brings it back (I21). The slug
	// of a joined entry stands for the one that tells its story. It
	// returns ErrNotFound when there is no such entry; removing one twice does
	// nothing.
	Remove(slug string) error

	// Join makes one story of two, a's: it keeps slug, id, published and place,
	// and goes to b's owner if that one ranks higher. What b was stays a
	// tombstone that leads to a. The verdict holds: later tellings of either
	// are tellings of a. It returns ErrNotFound for an unknown slug, ErrRemoved
	// for a tombstone; joining what is joined does nothing.
	Join(a, b string) error
	// Split makes a source's telling of an entry an entry of its own, without
	// text until the source is read again; if the source owned the entry, the
	// text goes along and the best other source owns what is left. The verdict
	// holds: no telling of the source is ever one of that entry again, unless
	// they are joined. It returns ErrNotFound when the source does not tell the
	// entry, ErrAlone when nobody else does.
	Split(slug, source string) error

	// Seed tells a store in its first cycle what documents remember of one
	// that was lost: an item that a seed names becomes that entry, with its
	// slug, id, dates and place, in this cycle or whenever its source is read
	// again. Slugs and ids of seeds are kept for them. What a seed says to have
	// been removed becomes a tombstone. Items that no seed names,
	// of sources that seeds speak of, go to the archive alone unless they are
	// new: nobody could tell them from what was left out before. It returns
	// ErrFounded later, and an error for a seed that cannot be one. Telling the
	// same again changes nothing.
	Seed([]feed.Seed) error

	// Lists returns what is remembered of the reading lists that are followed,
	// by id. It may be called before Configure, because what they list is
	// configured.
	Lists() (map[string]feed.ListState, error)
	// KeepList remembers a list's state; nil forgets it.
	KeepList(id string, s *feed.ListState) error

	// Subscriptions returns what is remembered of subscriptions at hubs, by
	// source.
	Subscriptions() (map[string]feed.Subscription, error)
	// KeepSubscription remembers a source's subscription; nil forgets it.
	KeepSubscription(source string, s *feed.Subscription) error
	// Hasten makes a source due at an instant, if it would be due later, but no
	// sooner than gap after it was last tried. It is not written down, does
	// nothing for a source that is unknown or fails, and what is being polled
	// is polled once more.
	Hasten(source string, at time.Time, gap time.Duration) error

	// Window copies a run of a channel. It returns ErrNotFound for a channel
	// that is not configured.
	Window(feed.Query) (feed.Window, error)
	// Archive copies archive page n, from 1: fixed membership by arrival
	// number, current content, newest place first. The last page grows until it
	// is full. It returns ErrNotFound behind it.
	Archive(channel string, page int) (feed.Window, error)
	// Arrivals tells which arrival numbers archive page n still holds, in their
	// order, and reads no entries. It returns ErrNotFound where Archive does.
	Arrivals(channel string, page int) ([]uint64, error)
	// Pages tells of a channel's full archive pages from one on, in their order.
	// It reads no entries. It returns ErrNotFound for a channel that is not
	// configured.
	Pages(channel string, from int) ([]feed.Page, error)
	// Entry copies one entry, whatever its state, or returns ErrNotFound. Of a
	// tombstone no content is left but title and link.
	Entry(slug string) (feed.Entry, error)
	// Find copies the entries known under a link, a published or upstream id,
	// or a slug candidate; oldest first, at most 16. It returns ErrNotFound
	// when there is none.
	Find(name string) ([]feed.Entry, error)
	// List copies entries in the order in which they came to the store, newest
	// first, whatever their states; a damaged one is left out. It returns
	// ErrNotFound for a source that it does not know; it knows one that left
	// the configuration until all of it is forgotten. What was removed or
	// joined is found without looking at anything else.
	List(feed.Selection) (feed.Listing, error)
	// Revisions maps channel ids to revisions.
	Revisions() (map[string]uint64, error)
	// Channels tells how every configured channel stands, in order of id. It
	// counts, which takes a moment where there are millions.
	Channels() ([]feed.ChannelStatus, error)
	// Hints returns a channel that receives after commits that moved a
	// revision, and a function that ends and closes it.
	Hints() (<-chan struct{}, func())

	// Sources tells the state of every configured source, in order of id.
	Sources() ([]feed.SourceStatus, error)
	// Profiles tells what documents say of every configured source, in order of
	// id. Whoever publishes asks for it at every change, so what it points to is
	// shared, and nobody may change it: as long as nothing of a source differs,
	// it is told by the same pointer.
	Profiles() ([]*feed.Described, error)

	// Backup writes a consistent copy: the one long read. Syncing what was
	// written is the caller's business.
	Backup(io.Writer) error
	// Stats tells what is kept and how much room it takes. It looks at all of
	// it, in short readings between which commits go on.
	Stats() (feed.Stats, error)
	// Compact gives back the room that nothing takes any more. Commits wait for
	// it, readers do not. Where room is reused it may do nothing.
	Compact() error
	// Check verifies structure, every record, and that indexes and entries
	// agree; what it finds is joined in an ErrCorrupt.
	Check() error
	// Close ends the store; claims not committed are void.
	Close() error
}
