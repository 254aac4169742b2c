package parse_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/rss"

	"weir/aggregator/parse/hostile"
)

// TestGofeedAlone is the control of TestHostileDocuments: the same documents,
// cut at the same limit, given to gofeed as it is. It must die of these, panic,
// or exceed the limits; otherwise the documents are harmless or the measuring
// sees nothing, and that Weir survives them proves nothing.
func TestGofeedAlone(t *testing.T) {
	if os.Getenv("WEIR_HOSTILE") == "" {
		t.Skip("gofeed alone takes a while to die; it does where WEIR_HOSTILE is set")
	}
	cases := hostile.Documents()
	fatal := []string{
		"XC01 2 M elements, unclosed",
		"XC02 2 M elements, unclosed",
		"XC03 5 k elements that declare",
		"XC03 20 k elements that declare",
		"XC04 2 k declarations, 20 k elements",
		"XC04 10 k declarations, 20 k items",
		"XC05 10 k prefixes, declared, by 10 k elements",
		"XC06 1 M fragments around elements",
		"XC06 11 MB of fragments of 100 bytes",
		"XC07 an item that is null",
		"XC07 an author that is null",
		"XC07 an item's author that is null",
		"XC12 1 M empty items",
		"XC12 10 M items",
	}
	harmless := []string{"XC01 control: 58 elements", "XC09 an external definition", "XC20 two roots"}
	for _, name := range append(fatal, harmless...) {
		if _, ok := hostile.Find(cases, name); !ok {
			t.Fatalf("there is no case %q", name)
		}
		// Each has a child of its own, which has a second, and four
		// gigabytes of addresses, of which Go takes some for itself.
		got := hostile.Measure(t, "TestGofeedChild", []string{name}, hostile.Bounds{
			CPU: time.Second, Silence: 10 * time.Second, Space: 4 << 30,
		})[name]
		says := got.Exceeds()
		t.Logf("%s: %s", name, says)
		if fails := says != ""; fails == strings.Contains(strings.Join(harmless, "\n"), name) {
			t.Errorf("%s: gofeed alone says %q (%v, %d MB, error %q)", name, says, got.CPU, got.Memory>>20, got.Err)
		}
	}
}

// TestGofeedChild is the child of TestGofeedAlone. The direct parser of RSS
// reads what the universal one takes for no feed.
func TestGofeedChild(t *testing.T) {
	cases := hostile.Documents()
	served := hostile.Serve(t, func(name string) (hostile.Task, error) {
		c, ok := hostile.Find(cases, name)
		if !ok {
			return hostile.Task{}, fmt.Errorf("there is no case %q", name)
		}
		body, _ := received(c)
		return hostile.Task{Held: len(body), Run: func() (int, error) {
			feed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
			if err == nil {
				return len(feed.Items), nil
			}
			direct, err := (&rss.Parser{}).Parse(bytes.NewReader(body))
			if err != nil {
				return 0, err
			}
			return len(direct.Items), nil
		}}, nil
	})
	if !served {
		t.Skip("it runs as the child of TestGofeedAlone")
	}
}
