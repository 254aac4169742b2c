package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

var bareBucket = []byte("entries")

// notes are what a run found and later ones need: ingesting is long.
type notes struct {
	// Bare is the time of a bare fill per way of ingesting, Ours that of the
	// store, Bytes the length of an entry.
	Bare, Ours map[string]time.Duration
	Bytes      float64
}

func (r *rig) notes() notes {
	n := notes{Bare: map[string]time.Duration{}, Ours: map[string]time.Duration{}}
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

// bare fills a bbolt file with values of the length of the entries, in
// transactions as a first cycle has them, and another one for the smaller
// transactions of a growing planet.
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
		name := "bare"
		if way.name != "first" {
			name = "bare-" + way.name
		}
		n.Bare[way.name] = r.fill(name, way.batch, text, sizes)
	}
	n.save(r)
	check(os.Remove(r.path("bare-grow")))
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

func (r *rig) fill(name string, batch int, text string, sizes []int) time.Duration {
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
	fmt.Printf("  fill, %5d entries a transaction: %s wall, %s cpu, %.0f entries/s, %.0f bytes/entry, %s\n    commits %s\n",
		batch, short(watch.wall), short(watch.cpu), float64(r.entries)/watch.wall.Seconds(),
		float64(fileSize(r.path(name)))/float64(r.entries), heap(), commits)
	return watch.wall
}
