package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
)

// reader assembles entries inside one transaction. Everything it returns is
// copied out.
type reader struct {
	f   *file
	tx  *bbolt.Tx
	set *setup
}

// bySeq reads a whole entry.
func (r *reader) bySeq(seq uint64) (*headRec, feed.Entry, error) {
	key := number(seq)
	value := r.tx.Bucket(bucketEntries).Get(key)
	if value == nil {
		return nil, feed.Entry{}, fmt.Errorf("entry %x: %w: it is missing", key, store.ErrCorrupt)
	}
	return r.entry(key, value)
}

// entry reads a whole entry from its head record.
func (r *reader) entry(key, value []byte) (*headRec, feed.Entry, error) {
	head := new(headRec)
	if err := r.f.codec.decodeAt(bucketEntries, key, value, head); err != nil {
		return nil, feed.Entry{}, fmt.Errorf("entry: %w", err)
	}
	content := feed.Content{Title: head.Title, Link: head.Link, Language: head.Language}
	if head.Body != 0 {
		var body bodyRec
		if err := r.f.codec.body(r.tx.Bucket(bucketBodies), head.Body, &body); err != nil {
			err = &recordError{damaged{string(bucketEntries), string(key)}, err}
			return nil, feed.Entry{}, fmt.Errorf("entry %s: body: %w", head.Slug, err)
		}
		body.content(&content)
	}
	e, err := head.entry(&content, r.set)
	if err == nil && head.Leads != 0 {
		var into headRec
		if lead := number(head.Leads); r.f.lookup(r.tx, bucketEntries, lead, &into) {
			e.Into = into.Slug
		}
	}
	return head, e, err
}

// profiles reads what is published of the sources that tell some entries.
func (r *reader) profiles(entries []feed.Placed) map[string]feed.Profile {
	profiles := make(map[string]feed.Profile)
	for i := range entries {
		for _, sg := range entries[i].Sightings {
			if _, ok := profiles[sg.Source]; !ok {
				profiles[sg.Source] = r.profile(sg.Source)
			}
		}
	}
	return profiles
}

func (r *reader) profile(id string) feed.Profile {
	src := r.set.byID[id]
	if src == nil {
		return feed.Profile{}
	}
	return src.effective(copyProfile(r.f.described(r.tx, src).told.Profile))
}

// lead follows joined entries to the one whose story they tell.
func (r *reader) lead(seq uint64) uint64 {
	for {
		var head headRec
		if !r.f.lookup(r.tx, bucketEntries, number(seq), &head) || head.Leads == 0 {
			return seq
		}
		seq = head.Leads
	}
}
