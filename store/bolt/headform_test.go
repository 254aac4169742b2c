package bolt_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/store/bolt"
)

// A head comes back whole, whatever of it is set: a field that heads gain and
// their form does not know shows here.
func TestHeadsKeepEveryField(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 9))
		before, after, _, err := bolt.RecodeHead(func(v any) {
			head := reflect.ValueOf(v).Elem()
			if fill(head, r, 3); seed == 0 {
				return
			}
			// Most heads lack most fields.
			for i := range head.NumField() {
				if f := head.Field(i); r.IntN(3) == 0 {
					f.SetZero()
				} else if f.Kind() == reflect.Struct && r.IntN(2) == 0 {
					f.Field(r.IntN(f.NumField())).SetZero()
				} else if f.Kind() == reflect.Slice && r.IntN(2) == 0 {
					f.SetLen(1)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

// Sketches come back as they were, whether their shingles ascend or not.
func TestSketchesKeepEveryShingle(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	for n := range 101 {
		for _, top := range []uint64{1, 300, 1 << 20, 1 << 32} {
			var tr feed.Traits
			tr.Sketch = feed.Sketch{Words: n, Title: "a title", Full: n%2 == 0}
			for range n {
				tr.Sketch.Shingles = append(tr.Sketch.Shingles, uint32(r.Uint64N(top)))
			}
			if n%5 != 0 {
				slices.Sort(tr.Sketch.Shingles)
			}
			got, err := bolt.Recode(tr)
			if diff := cmp.Diff(tr, got); err != nil || diff != "" {
				t.Fatalf("%d below %d: %v (-want +got):\n%s", n, top, err, diff)
			}
		}
	}
}

// Bytes that nobody wrote as a head are an error or a head, never a panic:
// the checksum keeps damage out, but not what another version wrote.
func FuzzHead(f *testing.F) {
	f.Add([]byte{0})
	f.Add([]byte{4, 12, 'a', 'b', 'c', 'd', 'e', 'f', 9, 1})
	f.Fuzz(func(_ *testing.T, raw []byte) { _ = bolt.DecodeHead(raw) })
}
