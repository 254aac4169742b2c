package bolt

import (
	"errors"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// Every migration has a case here: what the file looks like before it, and
// what must be true after it.
func TestMigrations(t *testing.T) {
	cases := []struct {
		name  string
		init  func(*bbolt.Tx) error
		check func(*testing.T, *bbolt.Tx)
	}{
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
				if tx.Bucket(bucketChannels).Bucket([]byte("all")).Bucket(bucketIndexes[1]).Bucket(bucketShelf) == nil {
					t.Error("the channel that was indexed has no shelf")
				}
			},
		},
	}
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
