package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestRulesAreExplained checks that docs/rules.md has a line for every rule
// that the code cites, because whoever has the repository alone must
// understand it.
func TestRulesAreExplained(t *testing.T) {
	root := repository(t)
	text, err := os.ReadFile(filepath.Join(root, "docs", "rules.md"))
	if err != nil {
		t.Fatal(err)
	}
	cited := map[string]string{}
	// A percent sign before it makes it an escape in a test's address.
	rule := regexp.MustCompile(`(?:^|[^%\w])(X[A-M][0-9]{2}|[PWDIURTJAMOSGF][0-9]{1,2})\b`)
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		code, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(code)) {
			_, comment, ok := strings.Cut(line, "//")
			if !ok {
				continue
			}
			for _, r := range rule.FindAllStringSubmatch(comment, -1) {
				cited[r[1]] = path
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(cited) < 50 {
		t.Errorf("only %d rules are cited; the pattern must be wrong", len(cited))
	}
	for r, path := range cited {
		if !strings.Contains(string(text), "\n| "+r+" |") {
			t.Errorf("%s cites %s, which docs/rules.md does not explain", path, r)
		}
	}
}

// tested are the subjects of which every rule has a test that names it.
const tested = "P W U R T J O S XA XB XH XI"

// TestRulesAreTested finds, for every rule about polling, hubs, addresses and
// transport, a test that names it, alone or in a range ("P20 to P28").
func TestRulesAreTested(t *testing.T) {
	root := repository(t)
	text, err := os.ReadFile(filepath.Join(root, "docs", "rules.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	one, many := regexp.MustCompile(`\b([A-Z]{1,2})(\d{1,2})\b`), regexp.MustCompile(`\b([A-Z]{1,2})(\d{1,2}) to ([A-Z]{1,2})(\d{1,2})\b`)
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") && filepath.Base(filepath.Dir(path)) != "storetest" {
			return err
		}
		code, err := os.ReadFile(path)
		for _, m := range one.FindAllStringSubmatch(string(code), -1) {
			named[m[0]] = true
		}
		for _, m := range many.FindAllStringSubmatch(string(code), -1) {
			from, _ := strconv.Atoi(m[2])
			to, _ := strconv.Atoi(m[4])
			for n := from; m[1] == m[3] && n <= to; n++ {
				named[fmt.Sprintf("%s%0*d", m[1], len(m[2]), n)] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, m := range regexp.MustCompile(`(?m)^\| ([A-Z]{1,2})(\d{1,2}) \|`).FindAllStringSubmatch(string(text), -1) {
		if !slices.Contains(strings.Fields(tested), m[1]) {
			continue
		}
		if rows++; !named[m[1]+m[2]] {
			t.Errorf("no test names %s%s", m[1], m[2])
		}
	}
	if rows < 100 || named["P"+"98"] {
		t.Errorf("%d rules were looked for; the pattern must be wrong", rows)
	}
}
