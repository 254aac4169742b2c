package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// maxFindings bounds what one Check reports.
const maxFindings = 100

// Check implements store.Store: the pages, the checksum of every record, and
// that entries and indexes agree in both directions. The error joins what was
// found, at most 100 findings, and is store.ErrCorrupt.
func (s *Store) Check() error {
	if err := s.open(); err != nil {
		return err
	}
	if err := checkSize(s.path); err != nil {
		return err
	}
	c := &checker{f: s.file}
	// Which pages are free is known of the newest transaction alone: nobody
	// writes while that is compared.
	s.long.RLock()
	defer s.long.RUnlock()
	s.write.Lock()
	writing := sync.OnceFunc(s.write.Unlock)
	defer writing()
	err := s.longView(func(tx *bbolt.Tx) error {
		c.tx = tx
		c.pages()
		writing()
		if len(c.findings) == 0 {
			c.run()
		}
		return nil
	})
	if err != nil {
		return err
	}
	// What was found damaged is dealt with by the next Tend.
	s.notice(c.damaged)
	return c.err()
}

// err is what was found.
func (c *checker) err() error {
	if len(c.findings) == 0 {
		return nil
	}
	return fmt.Errorf("store %s: %w", c.f.path, errors.Join(c.findings...))
}

// checker walks everything in one transaction.
type checker struct {
	f        *file
	tx       *bbolt.Tx
	findings []error
	// bodies counts how often each body is named, names what the entries ask
	// of their index.
	bodies   map[uint64]int
	names    int
	settling bool
	// damaged are the records that are.
	damaged []damaged
}

func (c *checker) found(format string, args ...any) {
	if len(c.findings) < maxFindings {
		c.findings = append(c.findings, fmt.Errorf("%w: %s", store.ErrCorrupt, fmt.Sprintf(format, args...)))
	}
}

func (c *checker) run() {
	c.bodies = make(map[uint64]int)
	// While the first cycle is being settled the indexes are written last.
	c.settling = c.tx.Bucket(bucketMeta).Get(keyFounding) != nil
	c.sources()
	c.each(bucketStaged, func(k, v []byte) {
		if _, merged, err := c.f.codec.mergedInto(k, v); err != nil || !merged {
			c.record(bucketStaged, k, v, new(headRec))
		}
	})
	if c.tx.Bucket(bucketLists) != nil {
		c.each(bucketLists, func(k, v []byte) { c.record(bucketLists, k, v, new(listRec)) })
	}
	if c.tx.Bucket(bucketPush) != nil {
		c.each(bucketPush, func(k, v []byte) { c.record(bucketPush, k, v, new(pushRec)) })
	}
	c.each(bucketSeeds, func(k, v []byte) {
		switch k[0] {
		case seedTelling:
			c.record(bucketSeeds, k, v, new(seedRec))
		case seedReach:
			c.record(bucketSeeds, k, v, new(reachRec))
		}
	})
	odd := make(map[uint64]bool)
	c.each(bucketEntries, c.entry)
	c.each(bucketOrphans, func(k, _ []byte) { c.bodies[read(k)]++ })
	c.eachBody(func(k, v []byte) {
		var r bodyRec
		if !c.record(bucketBodies, k, v, &r) {
			odd[read(k)] = true
		} else if c.bodies[read(k)] == 0 && !c.settling {
			c.found("body %x belongs to no entry", k)
		}
	})
	c.owners(odd)
	if !c.settling {
		c.indexes()
		c.nearRows()
		c.held()
		c.gone()
		c.channels()
	}
}

// sources checks the records of sources.
func (c *checker) sources() {
	numbers := make(map[uint32]string)
	c.each(bucketSources, func(k, v []byte) {
		var r sourceRec
		if !c.record(bucketSources, k, v, &r) {
			return
		}
		if other, twice := numbers[r.No]; twice {
			c.found("sources %s and %s have one number", other, k)
		}
		numbers[r.No] = string(k)
	})
	c.each(bucketPolls, func(k, v []byte) { c.record(bucketPolls, k, v, new(pollRec)) })
	c.each(bucketDocs, func(k, v []byte) {
		var r docRec
		if c.record(bucketDocs, k, v, &r) {
			if _, err := r.state(); err != nil {
				c.found("docs: %x: %v", k, err)
			}
		}
	})
	c.each(bucketRejections, func(k, v []byte) { c.record(bucketRejections, k, v, new([]rejectionRec)) })
}

// entry checks an entry and that the indexes know it.
func (c *checker) entry(k, v []byte) {
	var head headRec
	if !c.record(bucketEntries, k, v, &head) {
		return
	}
	if _, err := head.Traits.traits(); err != nil || len(head.Sightings) == 0 {
		c.found("entry %s has no owner or no sketch: %v", head.Slug, err)
		return
	}
	if head.state().Tombstone() != (head.Body == 0) {
		c.found("entry %s is %s and its body is number %d", head.Slug, head.state(), head.Body)
	} else if head.Body != 0 {
		c.bodies[head.Body]++
		if c.tx.Bucket(bucketBodies).Get(number(head.Body)) == nil {
			c.missing(bucketBodies, number(head.Body), "entry %s has no body", head.Slug)
		}
	}
	if c.settling {
		return
	}
	if is, listed := gone(head.state()), c.tx.Bucket(bucketGone).Get(k) != nil; is != listed {
		c.found("entry %s is %s; it is listed as removed: %t", head.Slug, head.state(), listed)
	}
	c.joined(k, &head)
	for i := range head.Sightings {
		if head.Leads != 0 {
			break // they are the other's
		}
		key := sightOf(head.Sightings[i].Source, head.Sightings[i].Key)
		if !bytes.Equal(c.tx.Bucket(bucketSightings).Get(key[:]), k) {
			c.found("sighting %x does not lead to entry %s", key, head.Slug)
		}
	}
	slug := slugName(head.Slug)
	c.near(k, &head)
	for _, n := range head.names() {
		c.names++
		key := n.of(read(k))
		if n == slug {
			key = n.slugOf(read(k))
		}
		if got, _ := c.tx.Bucket(bucketNames).Cursor().Seek(key[:]); !bytes.Equal(got, key[:]) {
			c.found("name %x of entry %s is missing", n, head.Slug)
		}
	}
}

// joined checks that an entry and those that were joined to it lead to each
// other.
func (c *checker) joined(k []byte, head *headRec) {
	if (head.Leads != 0) != (head.state() == feed.StateJoined) {
		c.found("entry %s is %s and leads to number %d", head.Slug, head.state(), head.Leads)
	}
	var other headRec
	if head.Leads != 0 {
		lead := number(head.Leads)
		if c.record(bucketEntries, lead, c.tx.Bucket(bucketEntries).Get(lead), &other) && !slices.Contains(other.Joined, read(k)) {
			c.found("entry %s leads to %s, which does not know it", head.Slug, other.Slug)
		}
	}
	for _, seq := range head.Joined {
		if c.record(bucketEntries, number(seq), c.tx.Bucket(bucketEntries).Get(number(seq)), &other) && other.Leads != read(k) {
			c.found("entry %s was joined to %s and does not lead there", other.Slug, head.Slug)
		}
	}
}

// indexes checks that there is nothing in them that no entry asked for.
func (c *checker) indexes() {
	names := 0
	c.each(bucketNames, func(k, _ []byte) {
		if len(k) == nameKeySize {
			if _, seq, _ := readName(k); c.isolated(bucketEntries, number(seq)) {
				return
			}
		}
		names++
	})
	if names != c.names {
		c.found("there are %d names, entries have %d", names, c.names)
	}
	c.each(bucketSightings, func(k, v []byte) {
		if c.tx.Bucket(bucketEntries).Get(v) == nil {
			c.missing(bucketEntries, v, "sighting %x leads to no entry", k)
		}
	})
}

// channels checks each channel's index against the entries.
func (c *checker) channels() {
	_ = c.tx.Bucket(bucketChannels).ForEachBucket(func(id []byte) error {
		ch, err := c.f.channel(c.tx, string(id))
		if errors.Is(err, store.ErrNotFound) {
			return nil // its first index is being built, or it is being removed
		}
		if err != nil {
			c.found("%v", err)
			return nil
		}
		c.channel(string(id), ch)
		return nil
	})
}

func (c *checker) channel(id string, ch *channel) {
	rows, arrivals := 0, 0
	told := make(map[uint32]int)
	row := func(k, v []byte) error {
		rows++
		c.placed(id, ch, k, v, told)
		return nil
	}
	_ = ch.places.ForEach(row)
	_ = ch.shelf.ForEach(row)
	_ = ch.arrivals.ForEach(func(_, _ []byte) error { arrivals++; return nil })
	if rows != arrivals {
		c.found("channel %s: %d places, %d arrivals", id, rows, arrivals)
	}
	_ = ch.tellers.ForEach(func(k, v []byte) error {
		if !bytes.Equal(v, short(uint32(told[shortOf(k)]))) {
			c.found("channel %s: source %x is counted wrong", id, k)
		}
		delete(told, shortOf(k))
		return nil
	})
	if len(told) > 0 {
		c.found("channel %s: %d sources are not counted", id, len(told))
	}
}

// placed checks one row of a channel's places or shelf.
func (c *checker) placed(id string, ch *channel, k, v []byte, told map[uint32]int) {
	at, ok := ch.read(v)
	if !ok || at.revision > ch.rec.Revision || at.arrival > ch.rec.Arrivals {
		c.found("channel %s: place %x: odd value", id, k)
		return
	}
	if !bytes.Equal(ch.arrivals.Get(number(at.arrival)), number(at.seq)) {
		c.found("channel %s: arrival %d does not lead to its entry", id, at.arrival)
	}
	s := story{seq: at.seq}
	key := number(at.seq)
	if r, ok := c.f.lost(c.tx, at.seq); ok {
		for _, no := range r.tellers() {
			told[no]++
		}
		return
	}
	if !c.record(bucketEntries, key, c.tx.Bucket(bucketEntries).Get(key), &s.head) {
		return
	}
	if b, key := ch.row(s.seq, s.head.Place, s.head.Slug, s.shelved()); !s.head.state().Published() || !bytes.Equal(key, k) || !bytes.Equal(b.Get(key), v) {
		c.found("channel %s: place %x leads to entry %s, which is %s", id, k, s.head.Slug, s.head.state())
	}
	for _, no := range s.tellers() {
		told[no]++
	}
}

func (c *checker) eachBody(fn func(k, v []byte)) {
	eachBody(c.tx.Bucket(bucketBodies), fn, func(k []byte) { c.found("cell %x belongs to no body", k) })
}

// missing reports what is not there, unless it is in the quarantine and waits
// to be told again.
func (c *checker) missing(bucket, key []byte, format string, args ...any) {
	if !c.isolated(bucket, key) {
		c.found(format, args...)
	}
}

func (c *checker) isolated(bucket, key []byte) bool {
	b := quarantine(c.tx, bucket)
	return b != nil && b.Get(key) != nil
}

func (c *checker) each(bucket []byte, fn func(k, v []byte)) {
	_ = c.tx.Bucket(bucket).ForEach(func(k, v []byte) error {
		fn(k, v)
		return nil
	})
}

// record checks that a record decodes.
func (c *checker) record(bucket, k, v []byte, into any) bool {
	if err := c.f.codec.decode(k, v, into); err != nil {
		c.found("%s: %v", bucket, err)
		if string(bucket) != string(bucketBodies) {
			c.note(bucket, k)
		}
		return false
	}
	return true
}

// note remembers a damaged record.
func (c *checker) note(bucket, k []byte) {
	if len(c.damaged) < maxSkipped {
		c.damaged = append(c.damaged, damaged{string(bucket), string(k)})
	}
}

// owners remembers the entries of damaged bodies: who owns them can tell them
// again.
func (c *checker) owners(bodies map[uint64]bool) {
	if len(bodies) == 0 {
		return
	}
	c.each(bucketEntries, func(k, v []byte) {
		var head headRec
		if c.f.codec.decode(k, v, &head) == nil && bodies[head.Body] {
			c.note(bucketEntries, k)
		}
	})
}
