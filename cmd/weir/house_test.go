package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"strings"
	"testing"
)

// floor is how high a package of the module lives: imports only go down.
func floor(pkg string) int {
	room, _, _ := strings.Cut(strings.TrimPrefix(pkg, "weir/"), "/")
	switch room {
	case "cmd":
		return 2
	case "config", "aggregator", "publisher", "store", "control":
		return 1
	case "feed":
		return 0
	default:
		return -1
	}
}

func room(pkg string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(pkg, "weir/"), "/")
	return name
}

// allowed says whether package from may import package to.
func allowed(from, to string) error {
	a, b := floor(from), floor(to)
	switch {
	case a < 0:
		return errors.New(from + " is in no room of the house")
	case b < 0:
		return errors.New(to + " is in no room of the house")
	case b > a:
		return errors.New(from + " imports upwards: " + to)
	case from == "weir/feed":
		return errors.New("weir/feed imports " + to + "; it may import the standard library only")
	case a == 0 && to != "weir/feed":
		return errors.New(from + " imports its neighbour " + to)
	case a == 1 && b == 1 && room(from) != room(to):
		return errors.New(from + " imports its neighbour " + to)
	case strings.HasPrefix(to, "weir/aggregator/") && from != path.Dir(to) && a == 1:
		return errors.New(from + " imports " + to + ", which is another room's")
	case strings.HasPrefix(from, "weir/aggregator/") && b == 1 && from != path.Dir(to):
		return errors.New(from + " imports its neighbour " + to)
	}
	return nil
}

// TestArrows holds the drawing of the house (docs/architecture.md) against the
// code: three floors, imports only go down, nothing sideways.
func TestArrows(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "weir/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec, n := json.NewDecoder(strings.NewReader(string(out))), 0
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		n++
		for _, imp := range p.Imports {
			if p.ImportPath == "weir/feed" && strings.Contains(strings.Split(imp, "/")[0], ".") {
				t.Errorf("weir/feed imports %s; it may import the standard library only", imp)
			}
			if !strings.HasPrefix(imp, "weir/") {
				continue
			}
			if err := allowed(p.ImportPath, imp); err != nil {
				t.Error(err)
			}
		}
	}
	if n < 15 {
		t.Errorf("go list named %d packages; the house has more rooms than that", n)
	}
}

// TestArrowsAreChecked is the negative control: each wrong arrow is refused.
func TestArrowsAreChecked(t *testing.T) {
	for _, arrow := range [][2]string{
		{"weir/feed", "weir/feed/rule"},
		{"weir/feed/rule", "weir/feed/markup"},
		{"weir/store", "weir/publisher"},
		{"weir/aggregator", "weir/store"},
		{"weir/aggregator/parse", "weir/aggregator/fetch"},
		{"weir/aggregator", "weir/aggregator/parse/date"},
		{"weir/aggregator/article", "weir/aggregator/parse/date"},
		{"weir/aggregator/parse/date", "weir/aggregator/parse/charset"},
		{"weir/aggregator/parse/date", "weir/aggregator/parse"},
		{"weir/publisher", "weir/cmd/weir"},
		{"weir/util", "weir/feed"},
	} {
		if allowed(arrow[0], arrow[1]) == nil {
			t.Errorf("%s may import %s; it must not", arrow[0], arrow[1])
		}
	}
	for _, arrow := range [][2]string{
		{"weir/cmd/weir", "weir/store/bolt"},
		{"weir/aggregator", "weir/aggregator/parse"},
		{"weir/aggregator/parse", "weir/aggregator/parse/date"},
		{"weir/store/bolt", "weir/store"},
		{"weir/feed/identity", "weir/feed"},
	} {
		if err := allowed(arrow[0], arrow[1]); err != nil {
			t.Error(err)
		}
	}
}
