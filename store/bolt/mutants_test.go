package bolt_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// mutant is a mistake that somebody could make in the engine: one text of its
// source replaced by another.
type mutant struct{ name, old, new string }

// mutants break one promise of the contract each.
var mutants = []mutant{
	{"a stale token is let in",
		"case r.Token == 0 || s.token != r.Token:", "case r.Token == 0:"},
	{"a report counts each time it is sent",
		"case s.done == r.Token || s.busy:", "case s.busy:"},
	{"a claimed source is given out again",
		"d.queue = slices.DeleteFunc(d.queue, func(s *seat) bool { return s.claimed })", "_ = slices.DeleteFunc[[]*seat]"},
	{"an expired claim is never given out again",
		"if !s.busy && !s.until.After(now) {", "if s.until.IsZero() {"},
	{"hosts are not paced",
		"if at = later(at, s.group.free(pace.Gap)); at.After(now) {", "if at.After(now) {"},
	{"a host is asked by all at once",
		"if pace.PerGroup > 0 && s.group.active+s.group.passed >= pace.PerGroup {", "if pace.PerGroup < 0 {"},
	{"a channel begins with its oldest entry",
		"binary.BigEndian.PutUint64(k, ^(uint64(place) ^ 1<<63))", "binary.BigEndian.PutUint64(k, uint64(place) ^ 1<<63)"},
	{"a page begins with the last entry of the one before",
		"} else if bytes.Equal(k, after) {", "} else if len(after) == 0 {"},
	{"a revision stays when an entry changes",
		"c.rec.Revision++\n\tmoved := false", "moved := false"},
	{"an entry that leaves a channel gives its arrival number back",
		"return true, c.count(s.counted, nil)", "c.rec.Arrivals--\n\t\treturn true, c.count(s.counted, nil)"},
	{"an entry that left a channel stays in it",
		"case had && !in:", "case had && !in && at.seq == 0:"},
	{"two stories take one slug",
		"return t.set.source(s.owner().Source).ID, true\n}", "return t.set.source(s.owner().Source).ID, false\n}"},
	{"a source of equal rank takes an entry over",
		"if n.Rank.Above(rank) || !owner.listed {", "if !rank.Above(n.Rank) {"},
	{"what was removed comes back",
		"s.head.Body, s.content, s.body = 0, nil, nil\n\tt.become(s, state)", "t.become(s, state)\n\ts.head.State = 0"},
	{"items are decided in the order in which they came",
		"return cmp.Or(cmp.Compare(a.seed.order(), b.seed.order()), identity.Order(&a.Newcomer, &b.Newcomer))", "_ = identity.Order\n\t\treturn cmp.Compare(a.seed.order(), b.seed.order())"},
	{"a story that was told before is taken for new",
		"if seq, ok := t.ledger.sighting(sightOf(n.src.no, n.Item.Key)); ok {", "if seq, ok := t.ledger.sighting(sightOf(n.src.no, n.Item.Key)); ok && n.src.no == 0 {"},
	{"validators are not stored with their entries",
		"r := pollRecord(&p.report.Poll)", "p.report.Poll.Validators = feed.Validators{}\n\tr := pollRecord(&p.report.Poll)"},
	{"nobody is told of changes",
		"case c <- struct{}{}:", "case map[chan struct{}]chan struct{}{}[c] <- struct{}{}:"},
	{"what is handed out is shared with the store",
		"s.Tags = slices.Clone(s.Tags)", "_ = slices.Clone(s.Tags)"},
	{"a flood comes in at once",
		"admission{n, r, v.states[i]}", "admission{n, r, v.states[i] * 0}"},
	{"what may be a stranger's lets itself in",
		"h == nil || h.quarantined() {", "h == nil {"},
	{"what is held of one source suppresses another's",
		"return t.letIn(s, tellings[i].n)", "return nil"},
	{"what is released comes in at its old place",
		"s.head.Place = micros(t.now) + int64(t.count.Released)", "s.head.Place += 0"},
	{"new keys at every poll pile up",
		"if told < maxKeys {", "if told >= 0 {"},
	{"a backup is cut off",
		"return s.longView(func(tx *bbolt.Tx) error {\n\t\t_, err := tx.WriteTo(w)", "return s.longView(func(tx *bbolt.Tx) error {\n\t\t_, err := w.Write(make([]byte, 4096))"},
}

// The suite notices when the contract is broken: each mutant of the engine
// fails a test of it. Their negative control is the engine as it is.
func TestMutants(t *testing.T) {
	if os.Getenv("WEIR_MUTANTS") == "" {
		t.Skip("WEIR_MUTANTS is not set: every mutant has the engine compiled and tested anew")
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	if out, err := suiteOver(t, ""); err != nil {
		t.Fatalf("the engine as it is fails:\n%s", out)
	}
	failed := regexp.MustCompile(`--- FAIL: TestSuite/(\w+)`)
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			out, err := suiteOver(t, m.overlay(t, texts))
			caught := failed.FindAllStringSubmatch(out, -1)
			if err == nil {
				t.Fatal("the suite passes")
			}
			if len(caught) == 0 && !strings.Contains(out, "panic:") {
				t.Fatalf("no test of the suite failed, something else did:\n%s", out)
			}
			var names []string
			for _, c := range caught {
				names = append(names, c[1])
			}
			t.Logf("caught by %s", strings.Join(names, ", "))
		})
	}
}

// overlay writes the mutated file and tells the compiler to take it.
func (m mutant) overlay(t *testing.T, texts map[string]string) string {
	t.Helper()
	var in string
	for name, text := range texts {
		switch n := strings.Count(text, m.old); {
		case n > 1 || n == 1 && in != "":
			t.Fatalf("%q is there more than once", m.old)
		case n == 1:
			in = name
		}
	}
	if in == "" {
		t.Fatalf("%q is nowhere any more", m.old)
	}
	dir := t.TempDir()
	mutated, list := filepath.Join(dir, in), filepath.Join(dir, "overlay.json")
	here, err := filepath.Abs(in)
	if err != nil {
		t.Fatal(err)
	}
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{here: mutated}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{mutated: strings.Replace(texts[in], m.old, m.new, 1), list: string(replace)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// suiteOver runs the suite on the engine with an overlay.
func suiteOver(t *testing.T, overlay string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	args := []string{"test", "-count=1", "-vet=off", "-short", "-failfast", "-timeout=1m", "-run=^TestSuite$"}
	if overlay != "" {
		args = append(args, "-overlay="+overlay)
	}
	c := exec.CommandContext(ctx, "go", append(args, ".")...)
	c.Env = append(os.Environ(), "WEIR_MUTANTS=")
	out, err := c.CombinedOutput()
	if strings.Contains(string(out), "[build failed]") {
		err = fmt.Errorf("it does not compile: %w", err)
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out), err
}
