package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestScenarios plays the stories in testdata/scenario: feeds over time in,
// feeds out. README.txt there explains their language. Everything but the
// clock and the names of hosts is real: commands, configuration, network
// client, store, documents.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenario/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("find scenarios: %d, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			if err := playFile(t, file); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestScenarioControls plays scenarios that expect what is not so. Each says in
// its file "complaint" what it must be told: a runner that sees nothing would
// let everything pass.
func TestScenarioControls(t *testing.T) {
	files, err := filepath.Glob("testdata/scenario/control/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("find controls: %d, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			want := complaint(t, file)
			err := playFile(t, file)
			if err == nil {
				t.Fatal("a scenario that expects what is not so was played to its end")
			}
			for line := range strings.Lines(want) {
				if line = strings.TrimSpace(line); !strings.Contains(err.Error(), line) {
					t.Errorf("the complaint lacks %q:\n%v", line, err)
				}
			}
		})
	}
}

func complaint(t *testing.T, file string) string {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == "complaint" {
			return string(f.Data)
		}
	}
	t.Fatalf("%s has no file \"complaint\"", file)
	return ""
}

// playFile plays one scenario; the error names the line that is not so.
func playFile(t *testing.T, file string) error {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlay(t, txtar.Parse(data))
	return p.run(file)
}
