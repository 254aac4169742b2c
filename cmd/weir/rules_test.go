package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
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
