package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

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
	// MaxSize bounds the file in bytes; 0 means 64 GiB, or 1 GiB where an int
	// has 32 bits (XK24).
	MaxSize int
}

const (
	lockTimeout = time.Second
	// initialMap is mapped from the start, so that a growing store seldom
	// needs to map anew, which waits for every reader (XK20).
	initialMap = 64 << 20
	fileMode   = 0o600
)

// Store is the engine; see package store for its promises.
type Store struct {
	*file
	closed atomic.Bool
}

var _ store.Store = (*Store)(nil)

// file is an open file, which several Store values may share.
type file struct {
	path  string
	codec *codec
	now   func() time.Time
	log   *slog.Logger

	// gate is held by everybody who uses db, and taken whole to exchange it;
	// db is nil when that failed or the file is closed, for the reason that
	// broken says.
	gate   sync.RWMutex
	db     *opened
	broken error

	// long is held, before write, by what reads for long, and taken whole by
	// what exchanges the file and would wait for that.
	long sync.RWMutex

	// write admits one writer at a time; epochSaved belongs to it.
	write      sync.Mutex
	epochSaved bool
	waiting    waiting
	// watches and ruled belong to write as well: who is to be told of entries
	// that are written, and what the channels' indexes in use were made by.
	watches  []*watch
	ruled    map[string]feed.Channel
	near     nearness
	profiles profiles
	indexing indexing

	desk  *desk
	setup atomic.Pointer[setup]
	// founding says that the first cycle is not settled, decided that settling
	// it has begun to change what was staged.
	founding atomic.Bool
	decided  atomic.Bool
	hints    hints
	skipped  skipped
	// troubled is set when something could not be written.
	troubled atomic.Bool
	// suspicious is set once the file's structure was found damaged.
	suspicious atomic.Bool

	mu     sync.Mutex
	shares int
}

// Open opens the store at path and makes it when there is none. The folder
// must exist. It returns a *store.HeldError within about a second when another
// process has the store open, store.ErrCorrupt when the file cannot be a whole
// store, and store.ErrSchema when a newer Weir wrote it. An empty file is
// refused as damaged: Weir never leaves one behind, so it either lost its
// content or is not ours (XK12); whoever wants to begin anew removes it.
func Open(path string, o Options) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path, o); err != nil {
			return nil, fmt.Errorf("make store %s: %w", path, unnamed(err))
		}
	}
	db, err := openNamed(path, boltOptions(o))
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, heldError(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, unnamed(err))
	}
	f, err := newFile(path, db, o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), db.Close())
	}
	f.compactIfWorth()
	if kind := fileSystem(path); kind != "" {
		f.log.Warn("the store lies on a file system on which locks and syncs may not hold; a local disk is safer", "store", path, "kind", kind)
	}
	if err := writeHolder(path, o.Command); err != nil {
		// What is there can be read on a full disk too (XK07).
		f.log.Warn("who holds the store was not noted", "store", path, "err", err)
	}
	return &Store{file: f}, nil
}

// create makes the first file under another name and gives it its own only
// when it is whole and on disk: bbolt's first initialisation does not survive
// a power cut (XK04). It never replaces a file: when somebody else was faster,
// theirs is used.
func create(path string, o Options) error {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, filepath.Base(path)+tempMark+"*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := temp.Close(); err != nil {
		return err
	}
	db, err := openFile(temp.Name(), boltOptions(o))
	if err != nil {
		return err
	}
	if err := migrate(db.DB, migrations[:], true); err != nil {
		return errors.Join(err, db.Close())
	}
	if err := errors.Join(db.Sync(), db.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); errors.Is(err, fs.ErrExist) {
		return nil
	} else if err != nil {
		// File systems without hard links.
		if err := os.Rename(temp.Name(), path); err != nil {
			return err
		}
	}
	return syncDir(dir)
}

// boltOptions never switches syncing off (XK03), of data or of the freelist:
// what Commit reported must survive a power cut.
func boltOptions(o Options) *bbolt.Options {
	size := o.MaxSize
	if size <= 0 {
		size = int(min(int64(64<<30), math.MaxInt/2+1))
	}
	return &bbolt.Options{
		Timeout:         lockTimeout,
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: min(initialMap, size),
		MaxSize:         size,
		NoStatistics:    true,
	}
}

// opened is an open bbolt file and how it was opened.
type opened struct {
	*bbolt.DB
	opened  *os.File
	opening bbolt.Options
}

// openNamed opens the file that a path leads to. Whoever restores or compacts
// a store gives the path to another file; we may have waited for the lock of
// the one that had it before. Then what was opened is nobody's any more, and the
// next is opened.
func openNamed(path string, options *bbolt.Options) (*opened, error) {
	for {
		if err := sized(path); err != nil {
			return nil, err
		}
		db, err := openFile(path, options)
		if err != nil {
			return nil, err
		}
		ours, err := db.opened.Stat()
		if err == nil {
			var named os.FileInfo
			if named, err = os.Stat(path); err == nil && os.SameFile(ours, named) {
				return db, nil
			}
		}
		if err := errors.Join(err, db.Close()); err != nil {
			return nil, err
		}
	}
}

// openFile opens a bbolt file; what is damaged is store.ErrCorrupt. Should
// bbolt panic over its content, its mapping stays until the process ends.
func openFile(path string, options *bbolt.Options) (*opened, error) {
	o := &opened{opening: *options}
	open := options.OpenFile
	if open == nil {
		open = os.OpenFile
	}
	o.opening.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		var err error
		o.opened, err = open(name, flag&^os.O_CREATE, mode)
		return o.opened, err
	}
	err := guarded(func() error {
		var err error
		o.DB, err = bbolt.Open(path, fileMode, &o.opening)
		return err
	})
	o.opening.OpenFile = nil
	switch {
	case errors.Is(err, store.ErrCorrupt):
		unlockFile(o.opened)
		return nil, errors.Join(err, o.opened.Close())
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		return nil, fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	case err != nil:
		return nil, err
	}
	return o, nil
}

// reuse lets a file be opened that is open already.
func reuse(f *os.File) func(string, int, os.FileMode) (*os.File, error) {
	return func(string, int, os.FileMode) (*os.File, error) { return f, nil }
}

// newFile migrates an open file and reads what is kept in memory.
func newFile(path string, db *opened, o Options) (*file, error) {
	f, err := fileOf(path, db, o)
	if err != nil {
		return nil, err
	}
	if err := f.acquit(); err != nil {
		return nil, err
	}
	if err := f.migrate(migrations[:]); err != nil {
		return nil, err
	}
	return f, f.load()
}

// fileOf is an open file of which nothing was read yet.
func fileOf(path string, db *opened, o Options) (*file, error) {
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	f := &file{path: path, db: db, codec: codec, now: o.Now, log: o.Logger, shares: 1}
	if f.now == nil {
		f.now = time.Now
	}
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	return f, nil
}

// clock is the engine's time at the precision that is kept.
func (f *file) clock() time.Time { return feed.Micro(f.now()) }

// Path returns the file's absolute path: what belongs to the store, such as a
// server's socket, lies beside it.
func (s *Store) Path() string { return s.path }

// Share returns another store over the same open file: the two have their
// claims, their sources and their fencing in common. Each must be closed.
func (s *Store) Share() *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shares++
	return &Store{file: s.file}
}

// Close ends the store and voids the claims it gave out. The last one over a
// file closes it and gives up the lock. Closing twice does nothing.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.desk.void(s)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shares--; s.shares > 0 {
		return nil
	}
	s.indexing.stop()
	s.hints.end()
	err := os.Remove(holderPath(s.path))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	// Whoever exchanges the file is through, and nobody does it after us: what
	// they opened would keep the lock.
	s.long.Lock()
	defer s.long.Unlock()
	s.gate.Lock()
	defer s.gate.Unlock()
	if s.db != nil {
		err = errors.Join(s.db.Close(), err)
		s.db, s.broken = nil, store.ErrClosed
	}
	if err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// open returns store.ErrClosed once the store is closed.
func (s *Store) open() error {
	if s.closed.Load() {
		return store.ErrClosed
	}
	return nil
}
