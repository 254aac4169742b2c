package bolt_test

import (
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"weir/store"
	"weir/store/bolt"
)

// A page that leads back to itself, or a page that two lead to, is found by
// Check, which follows neither for ever (XK10).
func TestPagesInACircle(t *testing.T) {
	path := whole(t, 600)
	good, err := os.ReadFile(path)
	must1(t, err)
	size := os.Getpagesize()
	order := binary.NativeEndian
	branches, found := 0, 0
	for page := 2; page < len(good)/size; page++ {
		p := good[page*size:]
		if order.Uint64(p) != uint64(page) || order.Uint16(p[8:]) != 1 || order.Uint16(p[10:]) < 2 {
			continue // no branch
		}
		branches++
		second := order.Uint64(p[16+16+8:])
		for _, to := range []uint64{uint64(page), second} {
			bad := append([]byte(nil), good...)
			order.PutUint64(bad[page*size+16+8:], to)
			must1(t, os.WriteFile(path, bad, 0o600))
			s, err := bolt.Open(path, bolt.Options{Now: func() time.Time { return benchNow }})
			must1(t, err)
			err = s.Check()
			if err != nil && (!errors.Is(err, store.ErrCorrupt) || !strings.Contains(err.Error(), "reached twice")) {
				t.Errorf("page %d to %d: %v", page, to, err)
			}
			if err != nil {
				found++
			}
			must1(t, s.Close())
		}
	}
	// Some branches are of trees that are no longer in use.
	if branches < 3 || found < branches {
		t.Errorf("of %d branches %d were missed", branches, 2*branches-found)
	}
}
