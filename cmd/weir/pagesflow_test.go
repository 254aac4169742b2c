package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// stepOf returns what a step of the workflow in docs/github-pages.md runs.
func stepOf(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository(t), "docs", "github-pages.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "- name: "+name+"\n        run: |\n")
	if !found {
		t.Fatalf("docs/github-pages.md has no step %q", name)
	}
	var b strings.Builder
	for line := range strings.Lines(rest) {
		command, inside := strings.CutPrefix(line, "          ")
		if !inside {
			break
		}
		b.WriteString(command)
	}
	return b.String()
}

// shell runs a script as a step of a workflow is run.
func shell(t *testing.T, dir, script string) string {
	t.Helper()
	c := exec.Command("bash", "-e", "-c", script)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "PATH="+filepath.Dir(built(t))+":"+os.Getenv("PATH"))
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return strings.TrimSpace(string(out))
}

// The workflow of docs/github-pages.md publishes once, and a second time only
// what is new, with the store that it kept or without one.
func TestPagesWorkflow(t *testing.T) {
	dir := t.TempDir()
	source := sample(t)
	shell(t, dir, "git init -q --bare -b main origin && git init -q -b main work")
	shell(t, filepath.Join(dir, "work"), "cp -r "+source+"/. . && echo weir.db > .gitignore && git add . && "+
		"git -c user.name=a -c user.email=a@example.org commit -q -m first && git push -q ../origin main")
	published := func() string { return shell(t, dir, "git -C origin rev-parse gh-pages") }
	run := func(kept bool) string {
		shell(t, dir, "rm -rf run && git clone -q --depth=1 file://$PWD/origin run")
		at := filepath.Join(dir, "run")
		shell(t, at, stepOf(t, "Fetch what is published"))
		if kept {
			shell(t, at, "cp ../weir.db .")
		}
		shell(t, at, built(t)+" poll && cp weir.db ..")
		shell(t, at, stepOf(t, "Publish"))
		return published()
	}
	first := run(false)
	if again := run(true); again != first {
		t.Error("nothing was new, and something was published")
	}
	lost := run(false)
	if changed := shell(t, dir, "git -C origin diff --name-only "+first+" "+lost); changed != "" && changed != ".weir.json" {
		t.Errorf("with the store lost other bytes are published: %s", changed)
	}
	if names := shell(t, dir, "git -C origin ls-tree --name-only gh-pages"); strings.Contains(names, "config.yaml") || !strings.Contains(names, "rss.xml") {
		t.Errorf("the branch holds %s", names)
	}
}
