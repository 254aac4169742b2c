package main

import (
	"fmt"
	"strings"

	"go.etcd.io/bbolt"
)

// space tells where the bytes of a store are.
func (r *rig) space(bool) {
	for _, name := range []string{"first", "grow"} {
		r.spaceOf(name)
	}
	fmt.Println("  others, bytes per entry: yarr 3700, Miniflux 4684, FreshRSS 5603, naive bbolt with JSON 4830")
}

func (r *rig) spaceOf(name string) {
	if !exists(r.path(name)) {
		return
	}
	fmt.Printf("\nspace of %s\n", name)
	db, err := bbolt.Open(r.path(name), 0o600, &bbolt.Options{ReadOnly: true})
	check(err)
	check(db.View(func(tx *bbolt.Tx) error {
		entries := float64(tx.Bucket([]byte("entries")).Stats().KeyN)
		fmt.Printf("  %-34s %10s %12s %12s\n", "bucket", "keys/entry", "used/entry", "file/entry")
		var walk func(path string, b *bbolt.Bucket)
		walk = func(path string, b *bbolt.Bucket) {
			nested := false
			_ = b.ForEachBucket(func(k []byte) error {
				nested = true
				walk(path+"/"+string(k), b.Bucket(k))
				return nil
			})
			if s := b.Stats(); !nested && s.KeyN > int(entries/100) {
				fmt.Printf("  %-34s %10.2f %12.0f %12.0f\n", strings.TrimPrefix(path, "/"), float64(s.KeyN)/entries,
					float64(s.LeafInuse+s.BranchInuse)/entries, float64(s.LeafAlloc+s.BranchAlloc)/entries)
			}
		}
		check(tx.ForEach(func(k []byte, b *bbolt.Bucket) error {
			walk(string(k), b)
			return nil
		}))
		fmt.Printf("  %-34s %10s %12s %12.0f\n", "file, free pages and the small included", "", "", float64(tx.Size())/entries)
		return nil
	}))
	check(db.Close())
}
