package fetch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// forbidden lists the uses, in a Go file, of what would reach the network past
// this package's guard: net/http's own client and gofeed's.
func forbidden(name string, src any) ([]string, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	http := ""
	for _, i := range file.Imports {
		if i.Path.Value == `"net/http"` {
			http = "http"
			if i.Name != nil {
				http = i.Name.Name
			}
		}
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, _ := s.X.(*ast.Ident)
		switch s.Sel.Name {
		case "Get", "Head", "Post", "PostForm", "DefaultClient", "DefaultTransport", "Client", "Transport":
			if x == nil || http == "" || x.Name != http {
				return true
			}
		case "ParseURL", "ParseURLWithContext":
		default:
			return true
		}
		found = append(found, set.Position(s.Pos()).String()+" "+s.Sel.Name)
		return true
	})
	return found, nil
}

// XA23: this package is the only network client of the program.
func TestOnlyClient(t *testing.T) {
	const root = "../.."
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "bench") {
			return fs.SkipDir // bench asks the program from outside
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		if dir := filepath.ToSlash(filepath.Dir(path)); dir == root+"/aggregator/fetch" || dir == root+"/control" {
			return nil // control's client speaks to a socket of this machine only
		}
		found, err := forbidden(path, nil)
		for _, f := range found {
			t.Error(f)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Errorf("looked at %d files only", files)
	}
}

// The control: the check sees each of them, under another name too.
func TestOnlyClientSees(t *testing.T) {
	const src = `package p
import web "net/http"
func f() {
	web.Get("x"); web.Post("x", "", nil); web.Head("x"); web.PostForm("x", nil)
	_ = web.DefaultClient; _ = web.DefaultTransport
	_ = web.Client{}; _ = &web.Transport{}
	p.ParseURL("x"); a.b().ParseURLWithContext("x", c)
	h.Get("X"); other.DefaultClient() // these are not meant
}`
	found, err := forbidden("p.go", src)
	if err != nil || len(found) != 10 {
		t.Errorf("found %q, %v; want 10 uses", found, err)
	}
}
