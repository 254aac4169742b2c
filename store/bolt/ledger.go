package bolt

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"iter"
	"maps"
	"slices"

	"go.etcd.io/bbolt"
)

// maxHolders bounds how many entries under one name are compared (and found).
const maxHolders = 16

// ledger is what identity looks things up in: slugs, names, sightings and
// counters, as the file has them under what the transaction has added. The
// additions are written at the end in the order of their keys, which is how
// bbolt's trees are filled fastest.
//
// While a first cycle is settled one ledger is carried over many transactions
// and the file below has no index yet: then tx is nil, and only what decides
// something is noted.
type ledger struct {
	tx        *bbolt.Tx
	slugs     map[string]uint64
	sightings map[sightKey]uint64
	counters  map[string]uint32
	// bearers has a chain of links per name; dropped has the names that
	// entries of the file no longer bear.
	bearers map[name]chain
	links   []link
	dropped map[nameKey]bool
	// noSights are the sightings of the file that lead nowhere any more.
	noSights map[sightKey]bool
	// While a first cycle is settled, crowd knows the names of everything
	// staged, and only those that are shared are noted; repeats are the items
	// whose sighting is asked for again, rank says when an entry was decided.
	crowd   *crowd
	repeats map[sightKey]bool
	rank    []uint32
}

// chain is the first and the last of a name's links.
type chain struct{ first, last int32 }

// link is an entry bearing a name and the next such link, -1 at the end.
type link struct {
	seq  uint64
	next int32
}

func newLedger(tx *bbolt.Tx) *ledger {
	return &ledger{
		tx: tx, slugs: make(map[string]uint64), sightings: make(map[sightKey]uint64),
		counters: make(map[string]uint32), bearers: make(map[name]chain), dropped: make(map[nameKey]bool),
		noSights: make(map[sightKey]bool),
	}
}

// sighting returns the entry whose story an item tells.
func (l *ledger) sighting(k sightKey) (uint64, bool) {
	if seq, ok := l.sightings[k]; ok {
		return seq, true
	}
	if l.noSights[k] {
		return 0, false
	}
	return l.get(bucketSightings, k[:])
}

func (l *ledger) slug(slug string) (uint64, bool) {
	if seq, ok := l.slugs[slug]; ok {
		return seq, true
	}
	if l.tx == nil || slug == "" {
		return 0, false
	}
	wanted := slugName(slug)
	k, _ := l.tx.Bucket(bucketNames).Cursor().Seek(wanted[:])
	if len(k) != nameKeySize {
		return 0, false
	}
	n, seq, is := readName(k)
	return seq, is && n == wanted && !l.dropped[n.of(seq)]
}

// free notes that a slug is nobody's.
func (l *ledger) free(slug string, seq uint64) {
	delete(l.slugs, slug)
	l.drop(slugName(slug), seq)
}

// unsight notes that a sighting leads nowhere any more.
func (l *ledger) unsight(k sightKey) {
	delete(l.sightings, k)
	l.noSights[k] = true
}

// own notes whose slug it is.
func (l *ledger) own(slug string, seq uint64) {
	// A slug that one item alone may have is asked for by nobody else.
	if n := slugName(slug); l.crowd == nil || l.crowd.shared(n) || !l.crowd.seen(n) {
		l.slugs[slug] = seq
	}
}

// sight notes whose story an item tells.
func (l *ledger) sight(k sightKey, seq uint64) {
	if l.crowd == nil || l.repeats[k] {
		l.sightings[k] = seq
	}
}

// rumoured reports whether a name may be that of something staged.
func (l *ledger) rumoured(n name) bool { return l.crowd != nil && l.crowd.seen(n) }

// older compares entries by when they were told first.
func (l *ledger) older(a, b uint64) int {
	if l.rank != nil {
		return cmp.Compare(l.rank[a], l.rank[b])
	}
	return cmp.Compare(a, b)
}

func (l *ledger) get(bucket, key []byte) (uint64, bool) {
	if l.tx == nil {
		return 0, false
	}
	v := l.tx.Bucket(bucket).Get(key)
	if len(v) != 8 {
		return 0, false
	}
	return read(v), true
}

// count returns the next number to try for a base slug, from 2.
func (l *ledger) count(base string) int {
	n, ok := l.counters[base]
	if !ok {
		n = 1
	}
	if !ok && l.tx != nil {
		if v := l.tx.Bucket(bucketCounters).Get([]byte(base)); len(v) == 4 {
			n = binary.BigEndian.Uint32(v)
		}
	}
	n++
	l.counters[base] = n
	return int(n)
}

// holders appends the entries that bear a name, oldest first, at most
// maxHolders.
func (l *ledger) holders(n name, seqs []uint64) []uint64 {
	start := len(seqs)
	if l.tx != nil {
		c := l.tx.Bucket(bucketNames).Cursor()
		for k, _ := c.Seek(n[:]); len(seqs)-start < maxHolders && len(k) == nameKeySize && bytes.HasPrefix(k, n[:]); k, _ = c.Next() {
			if _, seq, _ := readName(k); !l.dropped[n.of(seq)] {
				seqs = append(seqs, seq)
			}
		}
	}
	c, ok := l.bearers[n]
	if !ok {
		slices.Sort(seqs[start:])
		return seqs
	}
	// No more are walked than are wanted: thousands of items under one name
	// in one document must not cost thousands of steps each.
	for at, left := c.first, maxHolders; at >= 0 && left > 0; at, left = l.links[at].next, left-1 {
		seqs = append(seqs, l.links[at].seq)
	}
	found := seqs[start:]
	slices.SortFunc(found, l.older)
	found = slices.Compact(found)
	return seqs[:start+min(len(found), maxHolders)]
}

// bear notes that an entry is found under a name.
func (l *ledger) bear(n name, seq uint64) {
	if l.crowd != nil && !l.crowd.shared(n) {
		return
	}
	if len(l.dropped) > 0 {
		delete(l.dropped, n.of(seq))
	}
	at := int32(len(l.links))
	l.links = append(l.links, link{seq, -1})
	c, ok := l.bearers[n]
	if ok {
		l.links[c.last].next = at
	} else {
		c.first = at
	}
	c.last = at
	l.bearers[n] = c
}

// drop notes that an entry is no longer found under a name.
func (l *ledger) drop(n name, seq uint64) {
	l.dropped[n.of(seq)] = true
	c, ok := l.bearers[n]
	if !ok {
		return
	}
	delete(l.bearers, n)
	for at := c.first; at >= 0; at = l.links[at].next {
		if other := l.links[at].seq; other != seq {
			l.bear(n, other)
		}
	}
}

// indexed is one index entry to be written.
type indexed struct{ key, value []byte }

// write puts everything noted into the file.
func (l *ledger) write(tx *bbolt.Tx) error {
	names := tx.Bucket(bucketNames)
	for _, k := range slices.SortedFunc(maps.Keys(l.dropped), compareNames) {
		n, seq, _ := readName(k[:])
		own := n.slugOf(seq)
		if err := errors.Join(names.Delete(k[:]), names.Delete(own[:])); err != nil {
			return err
		}
	}
	for k := range l.noSights {
		if err := tx.Bucket(bucketSightings).Delete(k[:]); err != nil {
			return err
		}
	}
	for bucket, run := range l.runs() {
		b := tx.Bucket(bucket)
		for _, e := range run {
			if err := b.Put(e.key, e.value); err != nil {
				return err
			}
		}
	}
	return nil
}

// runs returns what is to be put, per bucket in the order of the keys.
func (l *ledger) runs() iter.Seq2[[]byte, []indexed] {
	return func(yield func([]byte, []indexed) bool) {
		_ = yield(bucketSightings, sortedRun(l.sightings, func(k sightKey) []byte { return k[:] }, number)) &&
			yield(bucketCounters, l.counterRun()) &&
			yield(bucketNames, l.nameRun())
	}
}

func (l *ledger) counterRun() []indexed {
	return sortedRun(l.counters, func(k string) []byte { return []byte(k) }, short)
}

func sortedRun[K comparable, V any](m map[K]V, key func(K) []byte, value func(V) []byte) []indexed {
	run := make([]indexed, 0, len(m))
	for k, v := range m {
		run = append(run, indexed{key(k), value(v)})
	}
	slices.SortFunc(run, func(a, b indexed) int { return bytes.Compare(a.key, b.key) })
	return run
}

func (l *ledger) nameRun() []indexed {
	slugs := make(map[name]uint64, len(l.slugs))
	for slug, seq := range l.slugs {
		slugs[slugName(slug)] = seq
	}
	keys := make([]nameKey, 0, len(l.links))
	for n, c := range l.bearers {
		own, is := slugs[n]
		for at := c.first; at >= 0; at = l.links[at].next {
			if seq := l.links[at].seq; is && seq == own {
				keys = append(keys, n.slugOf(seq))
			} else {
				keys = append(keys, n.of(seq))
			}
		}
	}
	slices.SortFunc(keys, compareNames)
	run := make([]indexed, len(keys))
	for i := range keys {
		run[i].key = keys[i][:]
	}
	return run
}

// compareNames compares numbers where bytes would be slower: this sort is half
// of writing a first cycle's names.
func compareNames(a, b nameKey) int {
	if c := cmp.Compare(binary.BigEndian.Uint64(a[:]), binary.BigEndian.Uint64(b[:])); c != 0 {
		return c
	}
	return bytes.Compare(a[8:], b[8:])
}
