package main

import (
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// TestVersionFloor holds dependencies at or above the versions in which known
// faults are repaired (XM02).
func TestVersionFloor(t *testing.T) {
	floor := map[string]string{
		"golang.org/x/net":              "v0.57.0",
		"golang.org/x/text":             "v0.40.0",
		"github.com/yuin/goldmark":      "v1.7.17",
		"github.com/mmcdole/gofeed":     "v1.4.2",
		"go.etcd.io/bbolt":              "v1.5.0",
		"github.com/expr-lang/expr":     "v1.17.7",
		"github.com/klauspost/compress": "v1.18.7",
	}
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Path}} {{.Version}}", "all").Output()
	if err != nil {
		t.Fatalf("go list -m: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		module, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		least, ok := floor[module]
		if !ok {
			continue
		}
		seen++
		if older(version, least) {
			t.Errorf("%s %s is older than %s", module, version, least)
		}
	}
	if seen != len(floor) {
		t.Errorf("%d of %d modules with a floor are in use", seen, len(floor))
	}
	if v := strings.TrimPrefix(runtime.Version(), "go"); older(v, "1.26.6") {
		t.Errorf("go %s is older than 1.26.6", v)
	}
	if !older("v1.7.9", "v1.7.17") || older("v0.62.0", "v0.57.0") || older("v1.5.0", "v1.5.0") {
		t.Error("versions are compared wrongly")
	}
}

// older compares dotted numbers.
func older(a, b string) bool {
	x, y := strings.Split(strings.TrimPrefix(a, "v"), "."), strings.Split(strings.TrimPrefix(b, "v"), ".")
	for i := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m < n
		}
	}
	return false
}

// XC26: text of feeds meets no regular expressions but RE2's, which cannot
// backtrack: no other engine is linked.
func TestNoBacktracking(t *testing.T) {
	engines := []string{"regexp2", "pcre", "oniguruma", "rubex", "coregex", "hyperscan", "goback"}
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list -deps: %v", err)
	}
	linked := strings.Fields(string(out))
	for _, pkg := range linked {
		for _, engine := range engines {
			if strings.Contains(strings.ToLower(pkg), engine) {
				t.Errorf("%s is linked", pkg)
			}
		}
	}
	if len(linked) < 100 {
		t.Errorf("go list names %d packages, which cannot be all", len(linked))
	}
}
