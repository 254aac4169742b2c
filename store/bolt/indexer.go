package bolt

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// indexing is what brings channels over to new definitions while everybody goes
// on.
type indexing struct {
	mu  sync.Mutex
	now *attempt
}

// attempt is the work for one configuration, in a goroutine of its own.
type attempt struct {
	end context.CancelFunc
	// tried is closed once it is known whether it went well, ended when the
	// goroutine is no more.
	tried, ended chan struct{}
	once         sync.Once
	mu           sync.Mutex
	err          error
}

// retryAfter is how long after a failure, as on a full disk, it is tried again.
const retryAfter = time.Minute

// Await implements store.Store.
func (s *Store) Await(ctx context.Context) error {
	for {
		if err := s.open(); err != nil {
			return err
		}
		a := s.indexing.current()
		if a == nil {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.tried:
		}
		if s.indexing.current() == a && s.open() == nil {
			return a.result()
		}
	}
}

func (x *indexing) current() *attempt {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.now
}

// replace makes an attempt the present one and stops the one before, which
// cannot write any more once the caller, who holds f.write, gives that up.
func (x *indexing) replace(a *attempt) (before *attempt) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if before, x.now = x.now, a; before != nil {
		before.end()
	}
	return before
}

// stop ends the work and waits for that. The caller does not hold f.write.
func (x *indexing) stop() {
	if before := x.replace(nil); before != nil {
		<-before.ended
	}
}

func (a *attempt) result() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}

// busy tells whether channels are not yet as they are configured.
func (x *indexing) busy() bool {
	a := x.current()
	if a == nil {
		return false
	}
	select {
	case <-a.tried:
		return a.result() != nil
	default:
		return true
	}
}

func (a *attempt) report(err error) {
	a.mu.Lock()
	a.err = err
	a.mu.Unlock()
	a.once.Do(func() { close(a.tried) })
}

// startIndexing begins to bring channels over to the setup in force. The caller holds
// f.write.
func (f *file) startIndexing(set *setup, stale []feed.Channel) {
	ctx, end := context.WithCancel(context.Background())
	a := &attempt{end: end, tried: make(chan struct{}), ended: make(chan struct{})}
	before := f.indexing.replace(a)
	go func() {
		defer close(a.ended)
		defer end()
		if before != nil {
			<-before.ended
		}
		for {
			err := (&indexer{f: f, ctx: ctx, set: set}).run(stale)
			a.report(err)
			if err == nil || ctx.Err() != nil || errors.Is(err, store.ErrClosed) {
				return
			}
			f.log.Error("indexing channels failed; it is tried again", "store", f.path, "err", err, "in", retryAfter)
			select {
			case <-ctx.Done():
				return
			case <-time.After(retryAfter):
			}
		}
	}()
}

// indexer brings channels over to their definitions.
type indexer struct {
	f   *file
	ctx context.Context
	set *setup
	// settling says that the caller holds f.write all the time, because nothing
	// was ever published.
	settling bool
}

// run indexes channels anew and removes what nobody uses any more.
func (x *indexer) run(stale []feed.Channel) error {
	builds := make([]*build, len(stale))
	err := x.hold(func() error {
		for i := range stale {
			builds[i] = &build{indexer: x, def: &stale[i], watch: x.f.watching()}
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer x.forget(builds)
	if len(stale) > 0 {
		s, err := x.f.survey(x.ctx, x.set, stale)
		if err != nil {
			return err
		}
		for i, b := range builds {
			b.rows, b.wanted, b.unread = s.rows, s.wanted[i], slices.Clone(s.damaged)
			if err := b.run(); err != nil {
				return err
			}
		}
	}
	return errors.Join(x.tidy(), x.bringNear())
}

// forget ends what is still noted for builds that did not end well.
func (x *indexer) forget(builds []*build) {
	if !x.settling {
		x.f.write.Lock()
		defer x.f.write.Unlock()
	}
	for _, b := range builds {
		x.f.unwatch(b.watch)
	}
}

// hold runs something while nobody writes, unless the work was stopped.
func (x *indexer) hold(do func() error) error {
	if !x.settling {
		x.f.write.Lock()
		defer x.f.write.Unlock()
	}
	if err := x.ctx.Err(); err != nil {
		return err
	}
	return do()
}

// write runs a writing transaction, and then what follows from it before
// anybody else writes.
func (x *indexer) write(fn func(*bbolt.Tx) error, then ...func()) error {
	if !x.settling {
		defer time.Sleep(pause)
	}
	return x.hold(func() error {
		err := x.f.update(fn)
		if err == nil {
			for _, do := range then {
				do()
			}
		}
		return err
	})
}

// wipe removes an index that is not in use, in bounded transactions.
func (x *indexer) wipe(id, name []byte) error {
	for done := false; !done; {
		err := x.write(func(tx *bbolt.Tx) error {
			b := tx.Bucket(bucketChannels).Bucket(id)
			if b == nil || b.Bucket(name) == nil {
				done = true
				return errNothing
			}
			for _, part := range indexParts {
				at := b.Bucket(name).Bucket(part)
				if at == nil {
					continue
				}
				if keys := firstKeys(at, slice); len(keys) > 0 {
					return deleteAll(at, keys)
				}
			}
			done = true
			return b.DeleteBucket(name)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func deleteAll(b *bbolt.Bucket, keys [][]byte) error {
	for _, k := range keys {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// tidy removes channels that are configured no longer and indexes that nobody
// uses, which a process that was killed may have left.
func (x *indexer) tidy() error {
	var old, gone [][]byte
	err := x.f.view(func(tx *bbolt.Tx) error {
		old, gone = x.f.litter(tx, x.set)
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range old {
		var unused []byte
		err := x.f.view(func(tx *bbolt.Tx) error {
			if c, err := x.f.channel(tx, string(id)); err == nil {
				unused = bucketIndexes[1-c.rec.Index&1]
			}
			return nil
		})
		if err != nil {
			return err
		}
		if unused == nil {
			continue
		}
		if err := x.wipe(id, unused); err != nil {
			return err
		}
	}
	for _, id := range gone {
		for _, name := range bucketIndexes {
			if err := x.wipe(id, name); err != nil {
				return err
			}
		}
		err := x.write(func(tx *bbolt.Tx) error { return tx.Bucket(bucketChannels).DeleteBucket(id) })
		if err != nil {
			return err
		}
	}
	return nil
}

// litter lists the channels that have an index besides the one in use, and
// those that are not configured.
func (f *file) litter(tx *bbolt.Tx, set *setup) (old, gone [][]byte) {
	_ = tx.Bucket(bucketChannels).ForEachBucket(func(k []byte) error {
		id := slices.Clone(k)
		c, err := f.channel(tx, string(k))
		switch {
		case !set.publishes(string(k)):
			gone = append(gone, id)
		case err == nil && c.bucket.Bucket(bucketIndexes[1-c.rec.Index&1]) != nil:
			old = append(old, id)
		}
		return nil
	})
	return old, gone
}

// publishes tells whether a channel is configured.
func (s *setup) publishes(id string) bool {
	return slices.ContainsFunc(s.channels, func(c feed.Channel) bool { return c.ID == id })
}

// reindex finds the channels whose index is missing or was made by another
// rule, and begins to index them. Before the first cycle is settled nothing is
// published, and settling indexes them all. The caller holds f.write.
func (f *file) reindex(set *setup) error {
	work, err := f.turnNear(set)
	if err != nil {
		return err
	}
	if f.founding.Load() {
		f.indexing.replace(nil)
		f.ruled = make(map[string]feed.Channel)
		return nil
	}
	if err := f.mendChannels(set); err != nil {
		return err
	}
	var stale []feed.Channel
	ruled := make(map[string]feed.Channel, len(set.channels))
	err = f.view(func(tx *bbolt.Tx) error {
		for _, def := range set.channels {
			c, err := f.channel(tx, def.ID)
			switch {
			case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrCorrupt):
				stale = append(stale, def)
			case err != nil:
				return err
			case c.rec.Digest != def.Digest:
				stale = append(stale, def)
				if rule := f.rule(def.ID); rule != nil {
					ruled[def.ID] = *rule
				}
			default:
				ruled[def.ID] = def
				if c.rec.Spares > 0 { // another rule was about to come, and does not
					stale = append(stale, def)
				}
			}
		}
		old, gone := f.litter(tx, set)
		work = work || len(stale)+len(old)+len(gone) > 0
		return nil
	})
	if err != nil {
		return err
	}
	f.ruled = ruled
	if work {
		f.startIndexing(set, stale)
	} else {
		f.indexing.replace(nil)
	}
	return nil
}
