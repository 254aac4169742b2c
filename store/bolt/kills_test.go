package bolt_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

// kills is how many processes are killed: a few, or as many as WEIR_KILLS says.
func kills(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("WEIR_KILLS")); err == nil && n > 0 {
		return n
	}
	if testing.Short() {
		return 4
	}
	return 20
}

// lived is how many kills one store lives through before the next begins.
const lived = 25

// keptLimit is how many entries stores with retention keep.
const keptLimit = 200

// busyConfig is killConfig for the n-th life of a store: its rule changes, and
// some stores have retention.
func busyConfig(rule int, retention bool) store.Configuration {
	cfg := ruled(rule)
	if retention {
		cfg.Keep = feed.Retention{Keep: feed.Keep{Entries: keptLimit}, PerChannel: 60}
	}
	return cfg
}

// busy does everything that writes, again and again, and says what is safe.
func busy(path, from string) {
	n, err := strconv.Atoi(from)
	must(err)
	retention := strings.Contains(path, "kept")
	s, err := bolt.Open(path, bolt.Options{Command: "child"})
	must(err)
	// What else syncs would take along what was not.
	control := os.Getenv(unsynced) != ""
	s.Raw().NoSync = control
	must(s.Configure(busyConfig(n, retention)))
	fmt.Println("ready")
	for ; ; n++ {
		claims, _, err := s.Claim(feed.ClaimQuery{N: 9, Lease: time.Hour, Since: time.Now().Add(time.Hour)})
		must(err)
		var reports []feed.Report
		for _, c := range claims {
			reports = append(reports, feed.Report{
				Source: c.Source.ID, Token: c.Token, Document: killDocument(c.Source, max(0, n-5), n+1),
				Poll: feed.PollState{Validators: feed.Validators{ETag: strconv.Itoa(n)}},
			})
		}
		_, err = s.Commit(reports)
		must(err)
		fmt.Println("safe", n)
		switch {
		case control:
			_, err = s.Tend()
		case n%9 == 1, n%9 == 5:
			_, err = s.Settle()
		case n%9 == 2:
			_, err = s.Tend()
		case n%9 == 3:
			err = s.Configure(busyConfig(n, retention))
		case n%9 == 4:
			_, err = s.Prune()
		case n%9 == 6:
			err = s.Compact()
		case n%9 == 8:
			err = s.BackupTo(path+".copy", nil)
		}
		must(err)
	}
}

// A process that does everything at once that a store is used for is killed at
// random moments: what it was told is safe is there, once, with the validators
// that stand for it, nothing is damaged, and a backup that has its name is a
// good one (XK01).
func TestKilledAtAnything(t *testing.T) {
	rounds, dir := kills(t), t.TempDir()
	r := rand.New(rand.NewPCG(1, uint64(rounds)))
	path, safe, commits, backups := "", -1, 0, 0
	for round := range rounds {
		if round%lived == 0 {
			kind := []string{"all", "kept"}[round/lived%2]
			path, safe = filepath.Join(dir, fmt.Sprintf("%s-%d.db", kind, round)), -1
		}
		before := safe
		for _, line := range child(t, "busy", path, safe+1, time.Duration(r.IntN(150_000))*time.Microsecond) {
			if text, ok := strings.CutPrefix(line, "safe "); ok {
				n, err := strconv.Atoi(text)
				must1(t, err)
				safe = max(safe, n)
			}
		}
		got := sound(t, path)
		if got < safe {
			t.Fatalf("round %d: %d is safe, %d survived", round, safe, got)
		}
		commits += got - before
		safe = got
		if _, err := os.Stat(path + ".copy"); err == nil {
			backups++
			must1(t, bolt.Verify(path+".copy"))
			must1(t, os.Remove(path+".copy"))
		}
	}
	t.Logf("%d commits and %d backups survived %d kills: 0 lost, 0 damaged, 0 doubled", commits, backups, rounds)
	if commits == 0 {
		t.Error("nothing was committed: nothing was tried")
	}
}

// sound checks a store whose process was killed: every story up to the one that
// it returns is there once, but for what retention dropped.
func sound(t *testing.T, path string) int {
	t.Helper()
	last := survived(t, path, false)
	s := open(t, path, nil)
	defer s.Close()
	configure(t, s, killConfig())
	w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 1 << 20})
	if errors.Is(err, store.ErrFounding) {
		return last
	}
	must1(t, err)
	seen := make(map[string]bool)
	for _, e := range w.Entries {
		if seen[e.Link] {
			t.Errorf("%s is there twice", e.Link)
		}
		seen[e.Link] = true
	}
	first := 0
	if strings.Contains(path, "kept") {
		first = max(0, last-10)
	}
	for _, src := range killConfig().Sources {
		for n := first; n <= last; n++ {
			link := story(src.ID, n).Link
			if !seen[link] {
				t.Errorf("story %d of %s is lost", n, src.ID)
			}
			if found, err := s.Find(link); err != nil || len(found) != 1 {
				t.Errorf("story %d of %s: %d entries, %v", n, src.ID, len(found), err)
			}
		}
	}
	return last
}

// hasty says that a commit is safe before it is: the control.
func hasty(path, from string) {
	n, err := strconv.Atoi(from)
	must(err)
	s, err := bolt.Open(path, bolt.Options{Command: "child"})
	must(err)
	must(s.Configure(killConfig()))
	fmt.Println("ready")
	for ; ; n++ {
		claims, _, err := s.Claim(feed.ClaimQuery{N: 9, Lease: time.Hour, Since: time.Now().Add(time.Hour)})
		must(err)
		var reports []feed.Report
		for _, c := range claims {
			reports = append(reports, feed.Report{
				Source: c.Source.ID, Token: c.Token, Document: killDocument(c.Source, max(0, n-5), n+1),
				Poll: feed.PollState{Validators: feed.Validators{ETag: strconv.Itoa(n)}},
			})
		}
		fmt.Println("safe", n)
		_, err = s.Commit(reports)
		must(err)
	}
}

// The control of the test above: what is called safe too early is found lost.
func TestKillsAreFelt(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(3, 3))
	for round := range 60 {
		path, safe := filepath.Join(dir, fmt.Sprintf("%d.db", round)), -1
		for _, line := range child(t, "hasty", path, 0, time.Duration(r.IntN(40_000))*time.Microsecond) {
			if text, ok := strings.CutPrefix(line, "safe "); ok {
				n, err := strconv.Atoi(text)
				must1(t, err)
				safe = n
			}
		}
		if sound(t, path) < safe {
			t.Logf("kill %d was felt", round+1)
			return
		}
	}
	t.Error("nothing was lost that was called safe too early: the kills are not felt")
}

const furtherRows = 40_000

// migrateFurther migrates to a schema that there is not yet, with much to
// write.
func migrateFurther(path string) {
	fmt.Println("ready")
	must(bolt.MigrateFurther(path, func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket([]byte("further"))
		for n := 0; n < furtherRows && err == nil; n++ {
			err = b.Put(fmt.Appendf(nil, "%08d", n), make([]byte, 64))
		}
		return err
	}))
	os.Exit(0)
}

// A migration that is killed was not begun or is whole, and once it is the
// file as it was before lies beside it (XK26).
func TestKilledWhileMigrating(t *testing.T) {
	dir := t.TempDir()
	data, err := os.ReadFile(whole(t, 300))
	must1(t, err)
	r := rand.New(rand.NewPCG(2, 2))
	rounds, done := max(10, kills(t)/5), 0
	for round := range rounds {
		path := filepath.Join(dir, fmt.Sprintf("%d.db", round))
		must1(t, os.WriteFile(path, data, 0o600))
		alive := time.Duration(r.IntN(160)) * time.Millisecond
		switch round { // whatever machine this is
		case 0:
			alive = time.Minute
		case 1:
			alive = 0
		}
		child(t, "migrate", path, 0, alive)
		db, err := bbolt.Open(path, 0o600, nil)
		must1(t, err)
		rows := 0
		err = db.View(func(tx *bbolt.Tx) error {
			if b := tx.Bucket([]byte("further")); b != nil {
				rows = b.Stats().KeyN
			}
			return nil
		})
		must1(t, errors.Join(err, db.Close()))
		s, err := bolt.Open(path, bolt.Options{})
		switch {
		case rows == furtherRows && errors.Is(err, store.ErrSchema):
			done++
			must1(t, bolt.Verify(fmt.Sprintf("%s.schema-%d", path, bolt.Schema)))
		case rows == 0 && err == nil:
			must1(t, errors.Join(s.Check(), s.Close()))
		default:
			t.Errorf("round %d: %d of %d rows, and opening says %v", round, rows, furtherRows, err)
		}
		must1(t, os.Remove(path))
	}
	t.Logf("%d of %d migrations were through when they were killed", done, rounds)
	if done == 0 || done == rounds {
		t.Error("all of them or none: the kills do not hit the migration")
	}
}
