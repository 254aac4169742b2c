package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"weir/config"
)

// TestReadme holds the README to the program: its first block is the two
// commands, its commands exist, and its configuration is valid.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	first := block(t, readme, "sh")
	if !strings.HasPrefix(first, "go run ./cmd/weir serve") || !strings.Contains(first, "\ngo test ./...") {
		t.Errorf("the README begins with other commands: %q", first)
	}
	a := &app{in: strings.NewReader(""), out: io.Discard, err: io.Discard}
	known := map[string]bool{"help": true}
	for _, c := range a.root().Commands() {
		if !c.Hidden {
			known[c.Name()] = true
		}
	}
	named := regexp.MustCompile("[`\n]weir ([a-z]+)").FindAllStringSubmatch(readme, -1)
	if len(named) < 8 {
		t.Errorf("only %d commands are named", len(named))
	}
	for _, m := range named {
		if !known[m[1]] {
			t.Errorf("there is no command weir %s", m[1])
		}
	}
	for name := range known {
		if name != "help" && name != "exit-codes" && name != "completion" && !strings.Contains(readme, "`weir "+name) {
			t.Errorf("the README does not name weir %s", name)
		}
	}
	if _, err := config.Parse([]byte(block(t, readme, "yaml")), "config.yaml", os.LookupEnv, config.Overrides{}); err != nil {
		t.Errorf("the configuration in the README: %v", err)
	}
	for _, link := range regexp.MustCompile(`\]\(([^)#:]+)\)|(?:src|srcset)="([^"]+)"`).FindAllStringSubmatch(readme, -1) {
		path := link[1] + link[2]
		if _, err := os.Stat(filepath.Join(repository(t), path)); err != nil {
			t.Errorf("the README points at %s, which is not there", path)
		}
	}
}

// block is the first fenced block in the given language.
func block(t *testing.T, text, language string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "```"+language+"\n")
	if !ok {
		t.Fatalf("no block of %s", language)
	}
	body, _, _ := strings.Cut(rest, "```")
	return body
}
