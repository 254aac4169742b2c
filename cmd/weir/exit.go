package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"weir/aggregator/parse"
	"weir/config"
	"weir/store"
)

// The exit codes, as `weir help exit-codes` explains them. They follow
// sysexits.h where it has one that fits.
const (
	exitFine        = 0
	exitUsage       = 2
	exitSomeFailed  = 3
	exitData        = 65
	exitSoftware    = 70
	exitCannotWrite = 74
	exitTryAgain    = 75
	exitConfig      = 78
)

// usageError is a mistake on the command line.
type usageError struct {
	text, hint string
}

func (e *usageError) Error() string { return e.text }

// hintError adds the way out to an error.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

func withHint(err error, hint string) error { return &hintError{err: err, hint: hint} }

// configError is a wrong configuration together with its text, of which the
// lines at fault are shown.
type configError struct {
	problems config.Problems
	source   []byte
}

func (e *configError) Error() string { return e.problems.Error() }
func (e *configError) Unwrap() error { return e.problems }

// errSomeFailed and errAllFailed say that sources failed after everything else
// went well; the failures themselves were told already.
var (
	errSomeFailed = errors.New("some sources failed")
	errAllFailed  = errors.New("every source failed")
)

// quietError sets the exit code and prints nothing.
type quietError struct{ err error }

func (e *quietError) Error() string { return e.err.Error() }
func (e *quietError) Unwrap() error { return e.err }

// exitCode is the one place that turns an error into an exit code.
func exitCode(err error) int {
	var sig *signalError
	var usage *usageError
	var held *store.HeldError
	var problems config.Problems
	var data *dataError
	var crash *parse.PanicError
	var apart *apartError
	var exodus *store.ExodusError
	var manual *config.EditError
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &apart):
		return apart.code
	case errors.As(err, &sig):
		return 128 + int(sig.signal)
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &problems), errors.As(err, &exodus), errors.As(err, &manual), errors.Is(err, errNoConfig):
		return exitConfig
	case errors.Is(err, errSomeFailed):
		return exitSomeFailed
	case errors.As(err, &crash), errors.Is(err, errFaults):
		return exitSoftware
	case errors.As(err, &data):
		return exitData
	case errors.Is(err, errAllFailed), errors.Is(err, errUnreachable), errors.As(err, &held):
		return exitTryAgain
	default:
		return exitCannotWrite
	}
}

// report prints an error for people: what is wrong and the way out. Lines
// begin with the program's name, lower case, no period.
func report(w io.Writer, err error) {
	var quiet *quietError
	var wrong *configError
	var usage *usageError
	var hint *hintError
	var held *store.HeldError
	switch {
	case err == nil, errors.As(err, &quiet), errors.Is(err, errSomeFailed), errors.Is(err, errAllFailed):
	case errors.As(err, &wrong):
		_ = wrong.problems.Format(w, wrong.source)
	default:
		fmt.Fprintf(w, "weir: %v\n", err)
		if errors.As(err, &usage) && usage.hint != "" {
			fmt.Fprintf(w, "  try: %s\n", usage.hint)
		}
		if errors.As(err, &hint) {
			fmt.Fprintf(w, "  hint: %s\n", hint.hint)
		} else if errors.As(err, &held) {
			fmt.Fprintf(w, "  hint: %s\n", heldHint(held))
		}
	}
}

// heldHint says what to do about whoever holds the store.
func heldHint(held *store.HeldError) string {
	if held.Command == "serve" {
		return "that server polls and publishes by itself; stop it first for anything else"
	}
	return "try again when that process is through"
}

// stopped replaces the error of an interrupted context by its cause, so that
// the exit code tells the signal.
func stopped(ctx context.Context, err error) error {
	var sig *signalError
	if errors.As(context.Cause(ctx), &sig) && (err == nil || errors.Is(err, context.Canceled)) {
		return sig
	}
	return err
}
