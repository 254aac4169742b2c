package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run this program as "weir".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"weir": main})
}

// build returns the path of the built program, as a user would run it.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "weir-built")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "weir")
	c := exec.Command("go", "build", "-o", path, ".")
	c.Stderr = os.Stderr
	return path, c.Run()
})

func built(t *testing.T) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatalf("build the program: %v", err)
	}
	return path
}

// repository is the root of the checkout.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
