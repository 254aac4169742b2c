package bolt_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

// fill sets every field below v to a value that is not its zero.
func fill(v reflect.Value, r *rand.Rand, depth int) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.UnixMicro(1 + r.Int64N(1<<50)).UTC()))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), r, depth)
		}
	case reflect.Slice:
		n := 1 + r.IntN(3)
		if depth == 0 {
			return // trees end
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(v.Index(i), r, depth-1)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), r, depth)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), r, depth)
	case reflect.String:
		v.SetString(strings.Repeat("é", r.IntN(700)) + "x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(1 + r.Uint64N(255))
	case reflect.Int, reflect.Int64:
		v.SetInt(1 + r.Int64N(1<<30))
	default:
		panic("a kind that records do not know: " + v.Kind().String())
	}
}

// recode checks that a filled value comes back from its record as it was: a
// field that the vocabulary gained and the record did not shows here.
func recode[T any](t *testing.T) {
	t.Helper()
	for seed := range uint64(20) {
		var v T
		fill(reflect.ValueOf(&v).Elem(), rand.New(rand.NewPCG(seed, 3)), 3)
		got, err := bolt.Recode(v)
		if err != nil {
			t.Fatalf("%T: %v", v, err)
		}
		if diff := cmp.Diff(v, got); diff != "" {
			t.Fatalf("%T (-want +got):\n%s", v, diff)
		}
	}
}

func TestRecordsKeepEveryField(t *testing.T) {
	recode[feed.Source](t)
	recode[feed.PollState](t)
	recode[feed.DocState](t)
	recode[feed.Content](t)
	recode[feed.Traits](t)
	recode[feed.Rejection](t)
}

// Every flipped bit is noticed, and a record under another's key (XK15).
func TestRecordsAreSealed(t *testing.T) {
	for at := range 400 {
		flipped, misplaced := bolt.Flip(at)
		if !errors.Is(flipped, store.ErrCorrupt) || !errors.Is(misplaced, store.ErrCorrupt) {
			t.Fatalf("bit %d: flipped %v, misplaced %v", at, flipped, misplaced)
		}
	}
}

// Keys of places sort as channels do: newest first, then by slug (U5).
func TestPlaceKeysSort(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		a := feed.Entry{Slug: []string{"a", "a-b", "b", "a0"}[r.IntN(4)], Place: time.UnixMicro(r.Int64N(8) - 4)}
		b := feed.Entry{Slug: []string{"a", "a-b", "b", "a0"}[r.IntN(4)], Place: time.UnixMicro(r.Int64N(8) - 4)}
		got := bytes.Compare(bolt.PlaceKey(a.Place.UnixMicro(), a.Slug), bolt.PlaceKey(b.Place.UnixMicro(), b.Slug))
		if want := feed.Newer(&a, &b); got != want {
			t.Fatalf("%v %s against %v %s: %d; want %d", a.Place, a.Slug, b.Place, b.Slug, got, want)
		}
	}
}
