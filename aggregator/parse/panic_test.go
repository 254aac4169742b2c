package parse

import (
	"errors"
	"strings"
	"testing"

	"weir/feed"
)

// XC23: a panic costs the item that is being finished, or where nothing less
// is at hand the document; it is told with its line, and nobody else's.
func TestPanics(t *testing.T) {
	t.Run("an item", func(t *testing.T) {
		x := xmlReader{doc: &document{}, out: &feed.Document{}}
		x.add(3, &draft{Item: feed.Item{RawID: "id"}}) // there is no such item
		if len(x.out.Faults) != 1 || !strings.Contains(x.out.Faults[0], "index out of range") || !strings.Contains(x.out.Faults[0], ".go:") {
			t.Errorf("faults %q", x.out.Faults)
		}
		if len(x.out.Items) != 0 || len(x.out.Rejected) != 1 || x.out.Rejected[0].RawID != "id" {
			t.Errorf("rejected %+v", x.out.Rejected)
		}
	})
	t.Run("many items", func(t *testing.T) {
		x := xmlReader{doc: &document{}, out: &feed.Document{}}
		for i := range 100 {
			x.add(i, &draft{})
		}
		if len(x.out.Faults) != maxFaults || len(x.out.Rejected) != 100 {
			t.Errorf("%d faults, %d rejected", len(x.out.Faults), len(x.out.Rejected))
		}
	})
	t.Run("a document", func(t *testing.T) {
		var none *Reader
		_, err := none.Read([]byte("<rss><channel><item/></channel></rss>"), Options{})
		var crash *PanicError
		if !errors.As(err, &crash) || !strings.Contains(err.Error(), "nil pointer") || !strings.Contains(err.Error(), "read.go:") {
			t.Fatal(err)
		}
		if !strings.Contains(string(crash.Stack), "readXML") {
			t.Errorf("the stack is %s", crash.Stack)
		}
	})
	t.Run("control", func(t *testing.T) {
		doc, err := Read([]byte("<rss><channel><item><title>t</title></item></channel></rss>"), Options{})
		if err != nil || len(doc.Faults) != 0 || len(doc.Items) != 1 {
			t.Error(doc, err)
		}
	})
}
