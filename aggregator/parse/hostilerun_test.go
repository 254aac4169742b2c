package parse_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/aggregator/parse"
	"weir/aggregator/parse/hostile"
	"weir/feed"
	"weir/feed/identity"
)

// received is a case's document as the network client hands it over: cut at
// the limit.
func received(c hostile.Case) (body []byte, cut bool) {
	const limit = 10 << 20
	body = c.Body()
	if len(body) > limit {
		return slices.Clone(body[:limit]), true
	}
	return body, false
}

// TestHostileChild is no test by itself: TestHostileDocuments runs it in
// children. It does what a poll does with a document.
func TestHostileChild(t *testing.T) {
	cases := hostile.Documents()
	served := hostile.Serve(t, func(name string) (hostile.Task, error) {
		c, ok := hostile.Find(cases, name)
		if !ok {
			return hostile.Task{}, fmt.Errorf("there is no case %q", name)
		}
		body, cut := received(c)
		var doc *feed.Document
		src := feed.Source{ID: "h", URL: "https://h.example/feed"}
		return hostile.Task{Held: len(body), Run: func() (items int, err error) {
			doc, err = parse.Read(body, parse.Options{Source: src, Location: src.URL, ContentType: c.ContentType})
			if err != nil {
				return 0, err
			}
			doc.Partial = doc.Partial || cut
			identity.Prepare(src, doc, nil)
			return len(doc.Items), nil
		}, Check: func() error { return sound(doc) }}, nil
	})
	if !served {
		t.Skip("it runs as the child of TestHostileDocuments")
	}
}

// TestHostileDocuments has children read what strangers may send (XC01 to
// XC25, XD01 to XD15). Each document is refused with an error that says why,
// or read to the expected number of items, and costs at most what the package
// hostile says.
func TestHostileDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("what documents cost is not measured with -short, under which the race detector runs")
	}
	cases := hostile.Documents()
	if os.Getenv("WEIR_HOSTILE") == "" {
		cases = samples(cases, 2)
		t.Logf("%d documents, two of each rule; all are read where WEIR_HOSTILE is set", len(cases))
	}
	got := measured(t, cases)
	var slowest, largest hostile.Verdict
	for _, c := range cases {
		v := got[c.Name]
		for again := 0; v.Exceeds() != "" && again < 2; again++ {
			v = measured(t, []hostile.Case{c})[c.Name]
		}
		switch {
		case v.Exceeds() != "":
			t.Errorf("%s: %s", c.Name, v.Exceeds())
		case c.Refused != "" && !strings.Contains(v.Err, c.Refused):
			t.Errorf("%s: it must be refused for its %s; got %d items and the error %q", c.Name, c.Refused, v.Items, v.Err)
		case c.Refused == "" && (v.Err != "" || v.Items != c.Items):
			t.Errorf("%s: %d items and the error %q; want %d items", c.Name, v.Items, v.Err, c.Items)
		case v.Check != "":
			t.Errorf("%s: %s", c.Name, v.Check)
		}
		if v.CPU > slowest.CPU {
			slowest = v
		}
		if v.Memory > largest.Memory {
			largest = v
		}
	}
	t.Logf("%d documents: the slowest took %v of CPU (%s), the largest %d MB (%s); the machine takes %.2f times as long as the limit supposes, and %v more for a page of memory", len(cases),
		slowest.CPU.Round(time.Millisecond), slowest.Name, largest.Memory>>20, largest.Name, slowest.Pace, slowest.Toll)
}

func measured(t *testing.T, cases []hostile.Case) map[string]hostile.Verdict {
	names := make([]string, len(cases))
	for i, c := range cases {
		names[i] = c.Name
	}
	return hostile.Measure(t, "TestHostileChild", names, hostile.Bounds{Silence: 20 * time.Second})
}

// samples returns the first cases of every rule, so many of each.
func samples(cases []hostile.Case, each int) []hostile.Case {
	taken := map[string]int{}
	var some []hostile.Case
	for _, c := range cases {
		if taken[c.Rule()] < each {
			taken[c.Rule()]++
			some = append(some, c)
		}
	}
	return some
}

// There are enough cases, each under a name of its own, and every rule about
// documents has one.
func TestHostileRules(t *testing.T) {
	const wanted = 300
	names, rules := map[string]bool{}, map[string]int{}
	for _, c := range hostile.Documents() {
		if names[c.Name] {
			t.Errorf("two cases are called %q", c.Name)
		}
		names[c.Name] = true
		rules[c.Rule()]++
	}
	if len(names) < wanted {
		t.Errorf("%d cases, at least %d wanted", len(names), wanted)
	}
	// XC23 is a panic, and XC26 about what the operator writes: no document
	// can show either. XD09 and XD12 hold of what comes with a document and of
	// what is published; what bears on reading is here.
	for rule, last := range map[string]int{"XC": 25, "XD": 15} {
		for n := 1; n <= last; n++ {
			if name := fmt.Sprintf("%s%02d", rule, n); rules[name] == 0 && name != "XC23" {
				t.Errorf("%s has no case", name)
			}
		}
	}
}

// The rig notices what it is there for: a case that takes too long, one that
// takes too much, and one that kills its child, which costs no other.
func TestRigNotices(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing is measured with -short")
	}
	names := []string{"calm", "slow", "large", "endless stack", "calm again", "silent", "calm at last"}
	got := hostile.Measure(t, "TestRigChild", names, hostile.Bounds{Silence: 15 * time.Second})
	for _, name := range names {
		v := got[name]
		calm := strings.HasPrefix(name, "calm")
		if calm != (v.Exceeds() == "") {
			t.Errorf("%s: it says %q (%v, %d MB)", name, v.Exceeds(), v.CPU, v.Memory>>20)
		}
		if died := v.Died != ""; died != (name == "endless stack" || name == "silent") {
			t.Errorf("%s: died says %q", name, v.Died)
		}
	}
}

// TestRigChild is the child of TestRigNotices.
func TestRigChild(t *testing.T) {
	var held [][]byte
	var dive func(int) int
	dive = func(n int) int { return dive(n+1) + n }
	served := hostile.Serve(t, func(name string) (hostile.Task, error) {
		return hostile.Task{Run: func() (int, error) {
			switch name {
			case "slow":
				hostile.Spend(5 * hostile.MaxCPU)
			case "large":
				for range 2 * hostile.MaxMemory >> 20 {
					held = append(held, slices.Repeat([]byte{1}, 1<<20))
				}
			case "endless stack":
				return dive(0), nil
			case "silent":
				select {}
			}
			return len(held), nil
		}}, nil
	})
	if !served {
		t.Skip("it runs as the child of TestRigNotices")
	}
}
