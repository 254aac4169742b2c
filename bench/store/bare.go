package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

var bareBucket = []byte("entries")

// notes are what a run found and later ones need: ingesting is long.
type notes struct {
	// Bare is the time of a bare fill per way of ingesting, Alike that of one
	// with the same keys, Ours that of the store; Bytes is the length of an
	// entry.
	Bare, Alike, Ours map[string]time.Duration
	Bytes             float64
}

func (r *rig) notes() notes {
	n := notes{Bare: map[string]time.Duration{}, Alike: map[string]time.Duration{}, Ours: map[string]time.Duration{}}
	if text, err := os.ReadFile(r.path("notes")); err == nil {
		check(json.Unmarshal(text, &n))
	}
	return n
}

func (n notes) save(r *rig) {
	text, err := json.Marshal(n)
	check(err)
	check(os.WriteFile(r.path("notes"), text, 0o600))
}

// bare fills bbolt files with values of the length of the entries, in
// transactions as a first cycle has them, and in the smaller ones of a growing
// planet; and each way again with the keys besides by which Weir finds an entry.
func (r *rig) bare(fresh bool) {
	if _, err := os.Stat(r.path("bare")); err == nil && !fresh {
		return
	}
	text := strings.Repeat(r.planet.prose(r.planet.dice(0, 0, 9)), 3)
	sizes := r.sizes()
	n := r.notes()
	n.Bytes = 0
	for _, s := range sizes {
		n.Bytes += float64(s) / float64(len(sizes))
	}
	fmt.Printf("\nbare bbolt: %d values of %.0f bytes\n", r.entries, n.Bytes)
	for _, way := range []struct {
		name  string
		batch int
	}{{"first", r.group * r.perSource}, {"grow", r.group * trickle}} {
		n.Bare[way.name] = r.fill("bare-"+way.name, way.batch, text, sizes, false)
		n.Alike[way.name] = r.fill("alike-"+way.name, way.batch, text, sizes, true)
		check(os.Remove(r.path("alike-" + way.name)))
	}
	n.save(r)
	check(os.Remove(r.path("bare-grow")))
	check(os.Rename(r.path("bare-first"), r.path("bare")))
}

// sizes are the lengths of some entries.
func (r *rig) sizes() []int {
	var sizes []int
	for i := range min(50, r.planet.sources) {
		doc := r.planet.document(i, 0, r.perSource, nil)
		for j := range doc.Items {
			sizes = append(sizes, size(&doc.Items[j]))
		}
	}
	return sizes
}

// fill makes one file; alike says that entries get the keys by which they are
// found besides: three names, a sighting, a place and an arrival, most of them
// scattered as hashes are.
func (r *rig) fill(name string, batch int, text string, sizes []int, alike bool) time.Duration {
	_ = os.Remove(r.path(name))
	db, err := bbolt.Open(r.path(name), 0o600, nil)
	check(err)
	var watch stopwatch
	var commits latencies
	heap := watchHeap()
	for at := 0; at < r.entries; at += batch {
		commits.time(func() {
			watch.time(func() {
				check(db.Update(func(tx *bbolt.Tx) error {
					b, err := tx.CreateBucketIfNotExists(bareBucket)
					if err != nil {
						return err
					}
					if err := r.fillKeys(tx, at, min(at+batch, r.entries), alike); err != nil {
						return err
					}
					for i := at; i < min(at+batch, r.entries); i++ {
						if err := b.Put(binary.BigEndian.AppendUint64(nil, uint64(i)), []byte(text[:sizes[i%len(sizes)]])); err != nil {
							return err
						}
					}
					return nil
				}))
			})
		})
	}
	check(db.Close())
	what := "one key an entry"
	if alike {
		what = "seven keys an entry"
	}
	fmt.Printf("  fill, %s, %5d entries a transaction: %s wall, %s cpu, %.0f entries/s, %.0f bytes/entry, %s\n    commits %s\n",
		what, batch, short(watch.wall), short(watch.cpu), float64(r.entries)/watch.wall.Seconds(),
		float64(fileSize(r.path(name)))/float64(r.entries), heap(), commits)
	return watch.wall
}

// fillKeys puts the keys of a range of entries, as a program does that knows
// bbolt: sorted in each transaction.
func (r *rig) fillKeys(tx *bbolt.Tx, from, to int, alike bool) error {
	if !alike {
		return nil
	}
	for _, kind := range []struct {
		name              string
		each, size, value int
		ascending         bool
	}{{"names", 3, 16, 0, false}, {"sightings", 1, 20, 8, false}, {"places", 1, 52, 10, false}, {"arrivals", 1, 8, 8, true}} {
		b, err := tx.CreateBucketIfNotExists([]byte(kind.name))
		if err != nil {
			return err
		}
		keys := make([][]byte, 0, (to-from)*kind.each)
		for i := from * kind.each; i < to*kind.each; i++ {
			key := make([]byte, kind.size)
			n := uint64(i)
			if !kind.ascending {
				n *= 0x9e3779b97f4a7c15 // spread evenly, each once
			}
			binary.BigEndian.PutUint64(key, n)
			keys = append(keys, key)
		}
		slices.SortFunc(keys, bytes.Compare)
		for _, k := range keys {
			if err := b.Put(k, k[:kind.value]); err != nil {
				return err
			}
		}
	}
	return nil
}
