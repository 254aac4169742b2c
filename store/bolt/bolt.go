// Package bolt is the store in one bbolt file.
package bolt

import (
	"io"
	"log/slog"
	"time"

	"weir/feed"
	"weir/store"
)

// Options are what opening a store needs; the zero value is ready for use.
type Options struct {
	// Command is written beside the store for whoever finds it held: poll,
	// serve and such.
	Command string
	// Now is the engine's clock; nil means time.Now.
	Now func() time.Time
	// Logger is told of records that were skipped; nil discards.
	Logger *slog.Logger
	// MaxSize bounds the file in bytes; 0 means 64 GiB (1 GiB where an int has
	// 32 bits).
	MaxSize int
}

// Store is the engine; see package store for its promises.
type Store struct{}

var _ store.Store = (*Store)(nil)

// Open opens the store at path, making it when there is none.
func Open(path string, o Options) (*Store, error) { return &Store{}, nil }

// Share returns a second store over the same open file, with the same claims.
func (s *Store) Share() *Store { return s }

func (s *Store) Configure(store.Configuration) error { return store.ErrClosed }
func (s *Store) Claim(feed.ClaimQuery) ([]feed.Claim, time.Time, error) {
	return nil, time.Time{}, store.ErrClosed
}
func (s *Store) Release(tokens ...uint64) error                    { return store.ErrClosed }
func (s *Store) Commit([]feed.Report) ([]feed.Outcome, error)      { return nil, store.ErrClosed }
func (s *Store) Settle() (feed.Outcome, error)                     { return feed.Outcome{}, store.ErrClosed }
func (s *Store) Window(feed.Query) (feed.Window, error)            { return feed.Window{}, store.ErrClosed }
func (s *Store) Archive(channel string, n int) (feed.Window, error) { return feed.Window{}, store.ErrClosed }
func (s *Store) Entry(slug string) (feed.Entry, error)             { return feed.Entry{}, store.ErrClosed }
func (s *Store) Find(name string) ([]feed.Entry, error)            { return nil, store.ErrClosed }
func (s *Store) Revisions() (map[string]uint64, error)             { return nil, store.ErrClosed }
func (s *Store) Hints() (<-chan struct{}, func())                  { return nil, func() {} }
func (s *Store) Sources() ([]feed.SourceStatus, error)             { return nil, store.ErrClosed }
func (s *Store) Backup(io.Writer) error                            { return store.ErrClosed }
func (s *Store) Check() error                                      { return store.ErrClosed }
func (s *Store) Close() error                                      { return nil }
