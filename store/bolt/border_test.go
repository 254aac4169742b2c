package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

// transactions are the functions that run what they are given inside a
// transaction, or hand it keys and values of one.
var transactions = map[string]bool{
	"view": true, "longView": true, "update": true, "View": true, "Update": true, "stroll": true, "scan": true,
}

// walks are those that move a cursor and call what they are given at each key.
var walks = map[string]bool{"ForEach": true, "ForEachBucket": true, "each": true, "stroll": true, "scan": true}

// breaches lists what a file does inside transactions and must not.
func breaches(files *token.FileSet, file *ast.File) []string {
	var found []string
	note := func(n ast.Node, format string, args ...any) {
		found = append(found, fmt.Sprintf("%s: %s", files.Position(n.Pos()), fmt.Sprintf(format, args...)))
	}
	called := func(n ast.Node) string {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return ""
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			return sel.Sel.Name
		}
		return ""
	}
	inside := func(body ast.Node, visit func(ast.Node)) {
		ast.Inspect(body, func(n ast.Node) bool {
			if n != nil {
				visit(n)
			}
			return true
		})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if loop, ok := n.(*ast.ForStmt); ok && loop.Post != nil {
			moves := false
			inside(loop.Post, func(n ast.Node) { moves = moves || called(n) == "Next" || called(n) == "Prev" })
			inside(loop.Body, func(n ast.Node) {
				if moves && strings.HasPrefix(called(n), "Delete") {
					note(n, "XK23: it deletes while a cursor moves")
				}
			})
		}
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		for _, arg := range call.Args {
			fn, ok := arg.(*ast.FuncLit)
			if !ok {
				continue
			}
			inside(fn.Body, func(n ast.Node) {
				if walks[called(call)] && strings.HasPrefix(called(n), "Delete") {
					note(n, "XK23: it deletes while a cursor moves")
				}
				if !transactions[called(call)] {
					return
				}
				if transactions[called(n)] {
					note(n, "XK22: %s inside a transaction", called(n))
				}
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if pkg, ok := sel.X.(*ast.Ident); ok && (pkg.Name == "os" || pkg.Name == "net" || pkg.Name == "http") {
						note(n, "XK20: %s.%s inside a transaction", pkg.Name, sel.Sel.Name)
					}
				}
			})
		}
		return true
	})
	return found
}

// No transaction is opened inside another, none stays open across files and
// networks, and nothing is deleted under a cursor that moves (XK20, XK22,
// XK23): this reads the engine's source. What it would find is beside it.
func TestTransactionsAreAlone(t *testing.T) {
	names, err := filepath.Glob("*.go")
	must1(t, err)
	read := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, 0)
		must1(t, err)
		read++
		for _, b := range breaches(files, file) {
			t.Error(b)
		}
	}
	if read < 20 {
		t.Errorf("only %d files were read", read)
	}
	for _, bad := range []string{
		`f.view(func(tx *T) error { return f.update(nil) })`,
		`f.update(func(tx *T) error { _, err := os.Open("x"); return err })`,
		`b.ForEach(func(k, v []byte) error { return b.Delete(k) })`,
		`for k, _ := c.First(); k != nil; k, _ = c.Next() { b.Delete(k) }`,
	} {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, "bad.go", "package p\nfunc x() { "+bad+" }", 0)
		must1(t, err)
		if len(breaches(files, file)) != 1 {
			t.Errorf("%s is not found", bad)
		}
	}
}

// Nothing that is handed out is the store's own memory: it can be read after
// the store was closed, when a slice of the mapping would end the process, and
// it is what it was (XK21).
func TestValuesAreCopies(t *testing.T) {
	path := whole(t, 200)
	cfg, _ := planet(1, 200)
	read := func(s *bolt.Store) []any {
		must1(t, errors.Join(s.Configure(cfg), s.Await(context.Background())))
		w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 120})
		must1(t, err)
		next, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 120, After: w.Next})
		must1(t, err)
		page, err := s.Archive(feed.ChannelAll, 1)
		must1(t, err)
		e, err := s.Entry(w.Entries[3].Slug)
		must1(t, err)
		found, err := s.Find(w.Entries[5].Link)
		must1(t, err)
		list, err := s.List(feed.Selection{Limit: 50, Content: true})
		must1(t, err)
		sources, err := s.Sources()
		must1(t, err)
		channels, err := s.Channels()
		must1(t, err)
		revisions, err := s.Revisions()
		must1(t, err)
		claims, _, err := s.Claim(feed.ClaimQuery{N: 1, Lease: time.Hour, Since: benchNow.Add(time.Hour)})
		must1(t, err)
		return []any{w, next, page, e, found, list, sources, channels, revisions, claims[0].Source, claims[0].State}
	}
	s := open(t, path, func() time.Time { return benchNow })
	got := read(s)
	text := fmt.Sprintf("%+v", got)
	must1(t, s.Close())
	if after := fmt.Sprintf("%+v", got); after != text {
		t.Error("values that were handed out changed")
	}
}

// useAfterClose reads memory of a store that was closed.
func useAfterClose(path string) {
	s, err := bolt.Open(path, bolt.Options{})
	must(err)
	v := bolt.Uncopied(s)
	must(s.Close())
	fmt.Println("still here", v[0])
	os.Exit(0)
}

// The control of the test above: memory of the store that is read after Close
// ends the process.
func TestUncopiedMemoryIsFelt(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killChild+"=uncopied", killPath+"="+whole(t, 20))
	if out, err := cmd.CombinedOutput(); err == nil || !bytes.Contains(out, []byte("fault")) {
		t.Errorf("reading the store's memory after Close: %v\n%s", err, out)
	}
}

// A reading transaction that takes longer than a second is told, one that does
// not is not (XK20).
func TestSlowReadingIsTold(t *testing.T) {
	path := whole(t, 3)
	var log bytes.Buffer
	s, err := bolt.Open(path, bolt.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	must1(t, err)
	defer s.Close()
	synctest.Test(t, func(t *testing.T) {
		must1(t, bolt.View(s, func() { time.Sleep(900 * time.Millisecond) }))
		if log.Len() > 0 {
			t.Errorf("told of a short one: %s", log.String())
		}
		must1(t, bolt.View(s, func() { time.Sleep(1100 * time.Millisecond) }))
	})
	if !strings.Contains(log.String(), "reading the store took long") {
		t.Errorf("not told: %q", log.String())
	}
}

// Commits that wait while another writes share transactions (XK28), and
// settling, which may be long, uses many (XK27).
func TestTransactionsAreGroupedAndBounded(t *testing.T) {
	const sources, items = 64, 150
	s := open(t, filepath.Join(t.TempDir(), "weir.db"), func() time.Time { return benchNow })
	defer s.Close()
	cfg, list := planet(sources, items)
	must1(t, s.Configure(cfg))
	claims, _, err := s.Claim(feed.ClaimQuery{N: sources, Lease: time.Hour, Since: benchNow.Add(time.Hour)})
	must1(t, err)
	docs := make(map[string]*feed.Document)
	for i, d := range list {
		docs[cfg.Sources[i].ID] = d
	}
	before := bolt.Transactions(s)
	var waiting sync.WaitGroup
	bolt.WhileWriting(s, sources, func() {
		for _, c := range claims {
			waiting.Go(func() {
				o, err := s.Commit([]feed.Report{{Source: c.Source.ID, Token: c.Token, Document: docs[c.Source.ID]}})
				if err != nil || o[0].Status != feed.Committed {
					t.Errorf("Commit = %+v, %v", o, err)
				}
			})
		}
	})
	waiting.Wait()
	if n := bolt.Transactions(s) - before; n > sources/8 {
		t.Errorf("%d commits that waited were %d transactions; want a few", sources, n)
	}
	before = bolt.Transactions(s)
	_, err = s.Settle()
	must1(t, err)
	if n := bolt.Transactions(s) - before; n < sources*items/bolt.Bound {
		t.Errorf("settling %d items was %d transactions", sources*items, n)
	}
}

// What a disk acknowledged and did not write is an error when it is met, and
// never an entry that nobody wrote (XK10).
func TestLyingDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	s := open(t, path, func() time.Time { return benchNow })
	cfg, docs := planet(1, 200)
	must1(t, s.Configure(cfg))
	early := *docs[0]
	early.Items = early.Items[:100]
	commit(t, s, &early)
	_, err := s.Settle()
	must1(t, err)
	before, err := os.ReadFile(path)
	must1(t, err)
	commit(t, s, docs[0])
	must1(t, s.Close())
	after, err := os.ReadFile(path)
	must1(t, err)
	html := make(map[string]string)
	for _, it := range docs[0].Items {
		html[it.Link] = it.HTML
	}
	size, felt, tried := os.Getpagesize(), 0, 0
	before = append(before, make([]byte, len(after)-len(before))...)
	for page := 2; page*size < len(after); page++ {
		at := page * size
		if bytes.Equal(before[at:at+size], after[at:at+size]) {
			continue
		}
		tried++
		bad := bytes.Clone(after)
		copy(bad[at:at+size], before[at:]) // this one was not written
		must1(t, os.WriteFile(path, bad, 0o600))
		w, err := useDamaged(path, cfg, docs[0])
		if err != nil && !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("page %d: %v", page, err)
		}
		if err != nil || len(w.Entries) < 200 {
			felt++
		}
		for _, e := range w.Entries {
			if diff := cmp.Diff(html[e.Link], e.HTML); diff != "" {
				t.Fatalf("page %d: entry %s was made of what was there before:\n%s", page, e.Slug, diff)
			}
		}
		must1(t, os.RemoveAll(path+".suspect"))
	}
	t.Logf("%d of %d pages that were not written were missed", felt, tried)
	if felt == 0 {
		t.Error("no page is missed: nothing was tried")
	}
}
