package publisher_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"testing"

	"github.com/andybalholm/brotli"

	"weir/publisher"
)

// brief is a context that ends once it was asked so many times.
type brief struct {
	context.Context
	left int
}

func (b *brief) Err() error {
	if b.left--; b.left < 0 {
		return context.Canceled
	}
	return nil
}

// Compressing ends within a document, and what was ended leaves no trace in the
// next one.
func TestPackEndsWithinADocument(t *testing.T) {
	var long bytes.Buffer
	for i := range 40000 {
		fmt.Fprintf(&long, "<item>%d, as told by %x</item>\n", i, i*i)
	}
	next := long.Bytes()[long.Len()/3:]
	want, err := new(publisher.Press).Pack(t.Context(), next)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(brotli.NewReader(bytes.NewReader(want["br"]))); err != nil || !bytes.Equal(body, next) {
		t.Fatalf("brotli: %d bytes of %d, %v", len(body), len(next), err)
	}
	var used publisher.Press
	for _, asked := range []int{0, 1, 5, 30} { // within gzip, and within brotli
		if _, err := used.Pack(&brief{t.Context(), asked}, long.Bytes()); !errors.Is(err, context.Canceled) {
			t.Errorf("ended at question %d: %v; want the context's error", asked, err)
		}
		if got, err := used.Pack(t.Context(), next); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("after an end at question %d the next document is another one, %v", asked, err)
		}
	}
}
