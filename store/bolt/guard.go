package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"weir/store"
)

// The layout of a bbolt meta page: a page header of 16 bytes, then the fields
// up to a checksum over them, in the machine's byte order.
const (
	metaOffset   = 16
	metaPageSize = metaOffset + 8
	metaRoot     = metaOffset + 16
	metaFreelist = metaOffset + 32
	metaHigh     = metaOffset + 40
	metaTxid     = metaOffset + 48
	metaSum      = metaOffset + 56
	metaEnd      = metaSum + 8
	metaMagic    = 0xED0CDAED
	metaVersion  = 2
)

// checkSize refuses a file that is shorter than its own header says, before it
// is mapped: a read behind its end would kill the process by SIGBUS, which no
// recover catches (XK11). The header is read first and the size after it, so
// that a writer who is at work cannot make the file look short.
func checkSize(path string) error {
	if err := sized(path); err != nil {
		return fmt.Errorf("store %s: %w", path, err)
	}
	return nil
}

// sized is checkSize for whoever names the file.
func sized(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return unnamed(err)
	}
	defer f.Close()
	newest, headErr := newestMeta(f)
	need := int64(newest.high) * newest.pageSize
	info, err := f.Stat()
	if err != nil {
		return unnamed(err)
	}
	switch {
	case info.Size() == 0:
		return fmt.Errorf("%w: it is empty", store.ErrCorrupt)
	case headErr != nil:
		return headErr
	case info.Size() < need:
		return fmt.Errorf("%w: it is cut off, %d of %d bytes are left", store.ErrCorrupt, info.Size(), need)
	}
	return nil
}

// unnamed is an error of a file without its path, for whoever tells that.
func unnamed(err error) error {
	if named, ok := err.(*fs.PathError); ok {
		return named.Err
	}
	return err
}

// Recognises tells whether a file begins as a store does, whatever else became
// of it: one that does not is more likely another file.
func Recognises(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	_, err = newestMeta(f)
	return err == nil
}

// meta is what a meta page says: the size of pages, how many the file has, in
// which of them the tree and the list of free ones begin, and which transaction
// wrote it.
type meta struct {
	pageSize             int64
	high, root, freelist uint64
	txid                 uint64
}

// newestMeta returns the newer valid meta page.
func newestMeta(f io.ReaderAt) (newest meta, err error) {
	consider := func(page []byte) (pageSize int64) {
		m, ok := readMeta(page)
		if ok && (newest.pageSize == 0 || m.txid > newest.txid) {
			newest = m
		}
		return m.pageSize
	}
	page := make([]byte, metaEnd)
	if _, err := f.ReadAt(page, 0); errors.Is(err, io.EOF) {
		return newest, fmt.Errorf("%w: too short to be a store", store.ErrCorrupt)
	} else if err != nil {
		return newest, err
	}
	first := consider(page)
	// The second page lies at the page size, which a destroyed first page
	// does not tell: then every size that bbolt may have chosen is tried.
	for size := int64(1 << 10); size <= 16<<20; size <<= 1 {
		if first != 0 && size != first {
			continue
		}
		if _, err := f.ReadAt(page, size); err == nil {
			consider(page)
		}
	}
	if newest.pageSize == 0 {
		return newest, fmt.Errorf("%w: it is not a store, or its header is destroyed", store.ErrCorrupt)
	}
	return newest, nil
}

// readMeta reads one meta page; it is zero unless it is valid.
func readMeta(page []byte) (m meta, ok bool) {
	order := binary.NativeEndian
	if order.Uint32(page[metaOffset:]) != metaMagic || order.Uint32(page[metaOffset+4:]) != metaVersion {
		return meta{}, false
	}
	sum := fnv.New64a()
	sum.Write(page[metaOffset:metaSum])
	if sum.Sum64() != order.Uint64(page[metaSum:]) {
		return meta{}, false
	}
	return meta{
		pageSize: int64(order.Uint32(page[metaPageSize:])), freelist: order.Uint64(page[metaFreelist:]),
		root: order.Uint64(page[metaRoot:]),
		high: order.Uint64(page[metaHigh:]), txid: order.Uint64(page[metaTxid:]),
	}, true
}

// guarded runs a transaction so that damage below us is an error and not the
// end of the process: bbolt panics on pages that make no sense (XK10), numbers
// are read out of keys that are too short for them, and a file cut while it is
// mapped faults. Mistakes of our own still panic.
func guarded(run func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		_, faulted := p.(interface{ Addr() uintptr })
		if _, ours := p.(runtime.Error); ours && !faulted && !panickedIn("go.etcd.io/bbolt", "encoding/binary") {
			panic(p)
		}
		err = &structureError{p}
	}()
	return run()
}

// structureError is damage below the records: the file itself makes no sense.
type structureError struct{ found any }

func (e *structureError) Error() string { return fmt.Sprintf("%v: %v", store.ErrCorrupt, e.found) }
func (e *structureError) Unwrap() error { return store.ErrCorrupt }

// panickedIn tells, inside a deferred function, whether the panic began in a
// function whose name has one of the prefixes.
func panickedIn(prefixes ...string) bool {
	var room [32]uintptr
	frames := runtime.CallersFrames(room[:runtime.Callers(1, room[:])])
	began := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			began = true
		case began && !strings.HasPrefix(f.Function, "runtime."):
			return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(f.Function, p) })
		}
		if !more {
			return false
		}
	}
}

// view runs a reading transaction. It must be short: while it lasts a writer
// may wait for it, or the file grows (XK20).
func (f *file) view(fn func(*bbolt.Tx) error) error {
	began := time.Now()
	err := f.longView(fn)
	if took := time.Since(began); took > longest {
		f.log.Warn("reading the store took long; a writer may have waited", "store", f.path, "took", took)
	}
	return err
}

// longest is how long a reading transaction may take before it is told.
const longest = time.Second

// longView is view for what reads all there is.
func (f *file) longView(fn func(*bbolt.Tx) error) error {
	f.gate.RLock()
	defer f.gate.RUnlock()
	if f.db == nil {
		return f.broken
	}
	return f.translate(guarded(func() error { return f.db.View(fn) }))
}

// errNothing makes update end without a commit: there was nothing to write.
var errNothing = errors.New("nothing to write")

// update runs a writing transaction. The caller holds f.write. After a commit
// that failed in a way that leaves doubts the file is opened again.
func (f *file) update(fn func(*bbolt.Tx) error) error {
	committing, err := f.transact(fn)
	if errors.Is(err, errNothing) {
		return nil
	}
	if err != nil && committing {
		f.troubled.Store(true)
		if !clean(err) {
			err = errors.Join(err, f.renew(err))
		}
	}
	return f.translate(err)
}

// transact runs a writing transaction and tells whether it got as far as being
// committed.
func (f *file) transact(fn func(*bbolt.Tx) error) (committing bool, err error) {
	f.gate.RLock()
	defer f.gate.RUnlock()
	if f.db == nil {
		return false, f.broken
	}
	err = guarded(func() error {
		return f.db.Update(func(tx *bbolt.Tx) error {
			err := fn(tx)
			committing = err == nil
			return err
		})
	})
	return committing, err
}

// translate keeps bbolt's errors inside, and notes damage of the file.
func (f *file) translate(err error) error {
	if damage := (*structureError)(nil); errors.As(err, &damage) {
		f.suspect(err)
	}
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return store.ErrClosed
	}
	return err
}
