package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"weir/store"
	"weir/store/bolt"
)

// Exit codes of the child that verifies a file, besides exitFine: what it
// found lies on its standard output.
const (
	apartDamaged = 65
	apartHeld    = 75
	apartNewer   = 78
	apartFailed  = 74
)

// maxFound bounds what is read of the child's findings.
const maxFound = 64 << 10

// verifyApart is a bolt.Verifier that reads the file in a child process: a
// damaged file may end the process that reads it (XK11), and then that is a
// finding as well.
func verifyApart(path string) error {
	self, err := os.Executable()
	if err != nil {
		return bolt.Verify(path)
	}
	child := exec.Command(self, verifyCommandName, "--", path)
	child.Args[0] = "weir" // tests are started under another name
	var found limitedBuffer
	child.Stdout = &found
	err = child.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("verify store %s: %w", path, err)
	}
	text := strings.TrimSpace(found.String())
	switch child.ProcessState.ExitCode() {
	case exitFine:
		return nil
	case apartDamaged:
		return &foundError{text, store.ErrCorrupt}
	case apartNewer:
		return &foundError{text, store.ErrSchema}
	case apartHeld:
		return bolt.Held(path)
	case apartFailed:
		return errors.New(text)
	}
	return fmt.Errorf("store %s: %w: reading it ended the process: %s", path, store.ErrCorrupt, child.ProcessState)
}

// foundError is what a child found, and the kind of error that it is.
type foundError struct {
	text string
	kind error
}

func (e *foundError) Error() string { return e.text }
func (e *foundError) Unwrap() error { return e.kind }

// limitedBuffer keeps the beginning of what is written to it.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, maxFound-b.Len()))])
	return len(p), nil
}

const verifyCommandName = "verify-file"

// verifyCommand is what verifyApart runs; people have `weir store check`.
func (a *app) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:    verifyCommandName + " FILE",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return verified(a.out, bolt.Verify(args[0]))
		},
	}
}

// apartError is a finding on its way to the exit code; it was told already.
type apartError struct {
	err  *quietError
	code int
}

func (e *apartError) Error() string { return e.err.Error() }
func (e *apartError) Unwrap() error { return e.err }

// verified writes what was found and picks the exit code.
func verified(out io.Writer, err error) error {
	var held *store.HeldError
	code := apartFailed
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrSchema):
		code = apartNewer
	case errors.As(err, &held):
		code = apartHeld
	case errors.Is(err, store.ErrCorrupt):
		code = apartDamaged
	}
	fmt.Fprintln(out, err)
	return &apartError{&quietError{err}, code}
}
