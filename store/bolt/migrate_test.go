package bolt

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"weir/feed"
)

type migrationCase struct {
	name  string
	init  func(*bbolt.Tx) error
	check func(*testing.T, *bbolt.Tx)
}

// Every migration has a case here: what the file looks like before it, and
// what must be true after it.
func TestMigrations(t *testing.T) {
	cases := []migrationCase{
		{
			name: "first",
			init: func(*bbolt.Tx) error { return nil },
			check: func(t *testing.T, tx *bbolt.Tx) {
				if tx.Bucket(bucketEntries) == nil || tx.Bucket(bucketMeta).Get(keyFounding) == nil {
					t.Error("a new store has no entries or is not founding")
				}
			},
		},
		{
			// A file as the first schema left it, with a channel that was
			// indexed: its entries have no state, which means placed.
			name: "states",
			init: func(tx *bbolt.Tx) error {
				if err := migrateFirst(tx); err != nil {
					return err
				}
				all, err := tx.Bucket(bucketChannels).CreateBucket([]byte("all"))
				if err != nil {
					return err
				}
				_, err = all.CreateBucket(bucketIndexes[1])
				return err
			},
			check: func(t *testing.T, tx *bbolt.Tx) {
				if tx.Bucket(bucketAgenda) == nil || tx.Bucket(bucketHeld) == nil {
					t.Error("there is no agenda, or nothing can be held")
				}
				if tx.Bucket(bucketSeeds) == nil {
					t.Error("there is no place for seeds")
				}
				if tx.Bucket(bucketChannels).Bucket([]byte("all")).Bucket(bucketIndexes[1]).Bucket(bucketShelf) == nil {
					t.Error("the channel that was indexed has no shelf")
				}
			},
		},
		{
			// A file as the second schema left it: slugs in a bucket of their
			// own, longer names, places in three numbers of 8 bytes.
			name: "names",
			init: func(tx *bbolt.Tx) error {
				if err := errors.Join(migrateFirst(tx), migrateStates(tx)); err != nil {
					return err
				}
				c, err := newCodec()
				if err != nil {
					return err
				}
				record, err := c.encode(&headRec{Slug: "a-slug", ID: "urn:x:1", Traits: traitsRec{
					IRI: "urn:x:1", Canon: "a.example/1", Sketch: packSketch(&feed.Sketch{Words: 2, Shingles: []uint32{0x0101, 0x0102, 0x77000000}}),
				}})
				if err != nil {
					return err
				}
				channel, err := tx.Bucket(bucketChannels).CreateBucket([]byte("all"))
				if err != nil {
					return err
				}
				index, err := channel.CreateBucket(bucketIndexes[1])
				if err != nil {
					return err
				}
				places, err := index.CreateBucket(bucketPlaces)
				if err != nil {
					return err
				}
				_, err = index.CreateBucket(bucketShelf)
				three := slices.Concat(number(7), number(1), number(300))
				return errors.Join(err, places.Put(placeKey(1, "a-slug"), three),
					c.put(tx.Bucket(bucketEntries), number(7), record),
					tx.Bucket(bucketSlugs).Put([]byte("a-slug"), number(7)),
					tx.Bucket(bucketNames).Put(make([]byte, 24), nil))
			},
			check: func(t *testing.T, tx *bbolt.Tx) {
				if tx.Bucket(bucketSlugs) != nil {
					t.Error("slugs still have a bucket")
				}
				c, err := newCodec()
				if err != nil {
					t.Fatal(err)
				}
				var head headRec
				if err := c.decode(number(7), tx.Bucket(bucketEntries).Get(number(7)), &head); err != nil {
					t.Fatal(err)
				}
				if sketch, err := unpackSketch(head.Traits.Sketch); err != nil || !slices.Equal(sketch.Shingles, []uint32{1, 0x770000}) {
					t.Errorf("the sketch has %x, %v", sketch.Shingles, err)
				}
				l := newLedger(tx)
				if seq, ok := l.slug("a-slug"); !ok || seq != 7 {
					t.Errorf("the slug leads to %d, %v", seq, ok)
				}
				if n := tx.Bucket(bucketNames).Stats().KeyN; n != 3 {
					t.Errorf("%d names; want those of slug, id and link", n)
				}
				for _, n := range []string{"i:urn:x:1", "l:a.example/1"} {
					if got := l.holders(nameOf(n), nil); !slices.Equal(got, []uint64{7}) {
						t.Errorf("%s leads to %d", n, got)
					}
				}
				places := tx.Bucket(bucketChannels).Bucket([]byte("all")).Bucket(bucketIndexes[1]).Bucket(bucketPlaces)
				if at, ok := readPlaced(places.Get(placeKey(1, "a-slug"))); !ok || at != (placed{7, 1, 300}) {
					t.Errorf("the place reads %+v, %v", at, ok)
				}
			},
		},
		{
			name: "near",
			init: func(tx *bbolt.Tx) error { return migrateFirst(tx) },
			check: func(t *testing.T, tx *bbolt.Tx) {
				if tx.Bucket(bucketNear) == nil || tx.Bucket(bucketMeta).Get(keyNear) != nil {
					t.Error("there is no room for near texts, or they count as indexed")
				}
			},
		},
	}
	cases = append(cases, stagedCase, goneCase)
	if len(cases) != len(migrations) {
		t.Fatalf("%d cases for %d migrations", len(cases), len(migrations))
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			db := emptyFile(t)
			err := db.Update(func(tx *bbolt.Tx) error {
				return errors.Join(c.init(tx), migrations[i](tx))
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.View(func(tx *bbolt.Tx) error { c.check(t, tx); return nil }); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Migrations run in order from where the file is, all or none of them (XK26).
func TestMigrateInOrder(t *testing.T) {
	db := emptyFile(t)
	var ran []string
	step := func(name string, err error) func(*bbolt.Tx) error {
		return func(*bbolt.Tx) error { ran = append(ran, name); return err }
	}
	steps := []func(*bbolt.Tx) error{migrateFirst}
	if err := migrate(db, steps, true); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("no")
	if err := migrate(db, append(steps, step("2", nil), step("3", failure)), false); !errors.Is(err, failure) {
		t.Errorf("migrate = %v; want the step's error", err)
	}
	if err := migrate(db, append(steps, step("2", nil), step("3", nil)), false); err != nil {
		t.Fatal(err)
	}
	if err := migrate(db, append(steps, step("2", nil), step("3", nil)), false); err != nil {
		t.Fatal(err)
	}
	if len(ran) != 4 || ran[2] != "2" || ran[3] != "3" {
		t.Errorf("ran %v; want 2 and 3 twice, the first time in vain", ran)
	}
}

func emptyFile(t *testing.T) *bbolt.DB {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(t.TempDir(), "weir.db"), fileMode, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// stagedCase is a file as the third schema left it in its first cycle.
var stagedCase = migrationCase{
	name: "staged",
	init: func(tx *bbolt.Tx) error {
		return errors.Join(migrateFirst(tx), migrateStates(tx), migrateNames(tx),
			tx.Bucket(bucketStaged).Put(number(1), []byte("an item")),
			tx.Bucket(bucketPolls).Put(short(1), []byte("its validators")))
	},
	check: func(t *testing.T, tx *bbolt.Tx) {
		for _, b := range [][]byte{bucketStaged, bucketPolls} {
			if k, _ := tx.Bucket(b).Cursor().First(); k != nil {
				t.Errorf("%s has %x", b, k)
			}
		}
		if tx.Bucket(bucketMeta).Get(keyFounding) == nil {
			t.Error("the first cycle is over")
		}
	},
}

// goneCase is a file as the fifth schema left it, of which an entry was removed.
var goneCase = migrationCase{
	name: "gone",
	init: func(tx *bbolt.Tx) error {
		c, err := newCodec()
		if err != nil {
			return err
		}
		if err := errors.Join(migrateFirst(tx), migrateStates(tx), migrateNames(tx), migrateNear(tx)); err != nil {
			return err
		}
		for seq, st := range []feed.EntryState{feed.StatePlaced, feed.StateRemoved, feed.StateHeld, feed.StateJoined} {
			record, err := c.encodeHead(&headRec{Slug: "a-slug", State: uint8(st), Sightings: []sightingRec{{Source: 1}}})
			if err != nil {
				return err
			}
			if err := c.put(tx.Bucket(bucketEntries), number(uint64(seq)), record); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketEntries).Put(number(9), []byte("damaged"))
	},
	check: func(t *testing.T, tx *bbolt.Tx) {
		var listed []uint64
		_ = tx.Bucket(bucketGone).ForEach(func(k, _ []byte) error { listed = append(listed, read(k)); return nil })
		if !slices.Equal(listed, []uint64{1, 3}) {
			t.Errorf("listed as removed: %v; want the second and the fourth", listed)
		}
	},
}
