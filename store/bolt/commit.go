package bolt

import (
	"cmp"
	"encoding/binary"
	"reflect"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/feed/identity"
)

// waiting are the Commit calls that have not been written: whoever gets to
// write takes all of them into one transaction, so that many callers cost one
// sync of the disk (XK28).
type waiting struct {
	mu    sync.Mutex
	calls []*call
}

// call is one Commit waiting for its outcomes.
type call struct {
	reports []feed.Report
	// bodies are the encoded bodies of the reports' items.
	bodies   [][][]byte
	outcomes []feed.Outcome
	err      error
	done     bool
}

// Commit implements store.Store. An error means that nothing of the reports
// was stored and that their claims still hold; in a first cycle some may have
// been stored, and hear so when they are committed again.
func (s *Store) Commit(reports []feed.Report) ([]feed.Outcome, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	if len(reports) == 0 {
		return nil, nil
	}
	c := &call{reports: reports}
	if !s.founding.Load() {
		var err error
		if c.bodies, err = s.encodeBodies(reports); err != nil {
			return nil, err
		}
	}
	s.waiting.mu.Lock()
	s.waiting.calls = append(s.waiting.calls, c)
	s.waiting.mu.Unlock()

	s.write.Lock()
	defer s.write.Unlock()
	if !c.done {
		s.waiting.mu.Lock()
		calls := s.waiting.calls
		s.waiting.calls = nil
		s.waiting.mu.Unlock()
		s.commit(calls)
	}
	return c.outcomes, c.err
}

// pending is a report inside a transaction and the seat it is fenced by.
type pending struct {
	report  *feed.Report
	bodies  [][]byte
	seat    *seat
	src     *source
	outcome *feed.Outcome
	// before is the poll state that this report replaces.
	before, poll feed.PollState
}

// commit writes all calls, in one transaction but for a first cycle's. The
// caller holds f.write.
func (f *file) commit(calls []*call) {
	if f.decided.Load() {
		// What is staged from now on would not be decided about: a settling
		// that was interrupted is ended first.
		if _, err := f.settle(); err != nil {
			for _, c := range calls {
				c.done, c.err = true, err
			}
			return
		}
	}
	batch := f.fence(calls)
	var err error
	for _, part := range f.parts(batch) {
		if err == nil {
			err = f.commitPart(part)
		}
		f.desk.finish(part, err == nil)
	}
	for _, c := range calls {
		c.done, c.err = true, err
		if err != nil {
			c.outcomes = nil
			continue
		}
		f.desk.repeat(c)
	}
}

// mostStaged is about how many items one transaction of a first cycle stages:
// what a transaction writes is held in memory until its end, and documents that
// are read for the first time may have thousands.
const mostStaged = 1 << 11

// parts cuts what is to be written into transactions. In a first cycle nothing
// is decided yet, so that it is all the same which reports go together; later
// all do.
func (f *file) parts(batch []*pending) [][]*pending {
	if len(batch) == 0 {
		return nil
	}
	if !f.founding.Load() {
		return [][]*pending{batch}
	}
	var parts [][]*pending
	first, items := 0, 0
	for i, p := range batch {
		if p.report.Document != nil {
			items += len(p.report.Document.Items)
		}
		if items >= mostStaged || i == len(batch)-1 {
			parts = append(parts, batch[first:i+1])
			first, items = i+1, 0
		}
	}
	return parts
}

// commitPart writes reports in one transaction.
func (f *file) commitPart(part []*pending) error {
	if f.founding.Load() {
		if err := f.encodeParts(part); err != nil {
			return err
		}
		defer func() {
			for _, p := range part {
				p.bodies = nil // they are not needed beside the next part's
			}
		}()
	}
	c := &committing{f: f, set: f.setup.Load(), now: f.clock()}
	if err := f.update(func(tx *bbolt.Tx) error { return c.run(tx, part) }); err != nil {
		return err
	}
	f.epochSaved = true
	if c.moved {
		f.hints.tell()
	}
	return nil
}

// fence picks the reports whose token is the newest and not yet used, and
// fills in the outcome of the others.
func (f *file) fence(calls []*call) []*pending {
	set := f.setup.Load()
	var batch []*pending
	for _, c := range calls {
		c.outcomes = make([]feed.Outcome, len(c.reports))
		for i := range c.reports {
			o := &c.outcomes[i]
			p := &pending{report: &c.reports[i], outcome: o, src: set.byID[c.reports[i].Source]}
			if c.bodies != nil {
				p.bodies = c.bodies[i]
			}
			if p.seat = f.desk.begin(p.report, o); p.seat != nil {
				batch = append(batch, p)
			}
		}
	}
	// The order of the sources, not that of the callers, decides wherever
	// identity leaves a choice.
	slices.SortStableFunc(batch, func(a, b *pending) int { return cmp.Compare(a.src.no, b.src.no) })
	return batch
}

// committing is one transaction of reports.
type committing struct {
	f     *file
	set   *setup
	now   time.Time
	tx    *bbolt.Tx
	moved bool
}

func (c *committing) run(tx *bbolt.Tx, batch []*pending) error {
	c.tx = tx
	if err := c.f.saveEpoch(tx); err != nil {
		return err
	}
	for _, p := range batch {
		if p.report.Document != nil {
			p.before = c.f.poll(tx, p.src)
		}
		if err := c.putPoll(p); err != nil {
			return err
		}
	}
	read := slices.DeleteFunc(slices.Clone(batch), func(p *pending) bool { return p.report.Document == nil })
	if len(read) == 0 {
		return nil
	}
	if c.f.founding.Load() {
		return c.stage(read)
	}
	return c.decide(read)
}

// saveEpoch keeps the epoch of this opening's tokens, once, with the first
// commit: until then no token of it can have been used.
func (f *file) saveEpoch(tx *bbolt.Tx) error {
	if f.epochSaved {
		return nil
	}
	return tx.Bucket(bucketMeta).Put(keyEpoch, binary.BigEndian.AppendUint32(nil, f.desk.epoch))
}

// putPoll replaces a source's poll state. The validators in it become durable
// together with the items they stand for (P9).
func (c *committing) putPoll(p *pending) error {
	r := pollRecord(&p.report.Poll)
	p.poll, r.ID = r.state(), p.src.ID
	record, err := c.f.codec.encode(&r)
	if err != nil {
		return err
	}
	return c.f.codec.put(c.tx.Bucket(bucketPolls), short(p.src.no), record)
}

// decide commits documents to a store that is past its first cycle.
func (c *committing) decide(batch []*pending) error {
	t := &teller{f: c.f, set: c.set, ledger: newLedger(c.tx), now: c.now, told: make(map[uint32]int)}
	t.on(c.tx)
	readings := make([]*reading, len(batch))
	var items []*newcomer
	for i, p := range batch {
		readings[i] = c.open(p)
		readings[i].own = c.newcomers(readings[i])
		t.recall(readings[i].own, readings[i].first)
		t.moves(readings[i], readings[i].own)
		items = append(items, readings[i].own...)
	}
	// Items of all documents are decided in one order, whatever order they
	// came in.
	slices.SortStableFunc(items, func(a, b *newcomer) int {
		return cmp.Or(cmp.Compare(a.seed.order(), b.seed.order()), identity.Order(&a.Newcomer, &b.Newcomer))
	})
	for _, n := range items {
		if err := t.tell(n); err != nil {
			return err
		}
	}
	if err := t.admit(readings); err != nil {
		return err
	}
	for _, r := range readings {
		if err := t.forbid(r); err != nil {
			return err
		}
		if err := t.absences(r); err != nil {
			return err
		}
	}
	if err := t.write(); err != nil {
		return err
	}
	if err := t.ledger.write(c.tx); err != nil {
		return err
	}
	restyled, err := c.putDocs(readings, t)
	if err != nil {
		return err
	}
	c.moved, err = c.f.index(c.tx, c.set, t, restyled)
	return err
}

// putDocs writes the document states and rejections, and returns the sources
// whose published profile changed.
func (c *committing) putDocs(readings []*reading, t *teller) ([]uint32, error) {
	latest := make(map[uint32]int64)
	for _, s := range t.stories {
		if no := s.owner().Source; s.changed {
			latest[no] = max(latest[no], s.head.Updated)
		}
	}
	var restyled []uint32
	for _, r := range readings {
		r.doc.Entries += t.told[r.src.no]
		r.doc.Profile.Updated = later(r.doc.Profile.Updated, instant(latest[r.src.no]))
		before, after := r.src.effective(r.old.Profile), r.src.effective(r.doc.Profile)
		if !reflect.DeepEqual(before, after) {
			restyled = append(restyled, r.src.no)
		}
		if err := c.f.putDoc(c.tx, r.src.no, &r.doc); err != nil {
			return nil, err
		}
		if err := c.f.reject(c.tx, r.src.no, r.rejected); err != nil {
			return nil, err
		}
	}
	return restyled, nil
}
