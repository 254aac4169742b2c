package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// signalError is the cause of a context that a signal ended.
type signalError struct{ signal syscall.Signal }

func (e *signalError) Error() string {
	if e.signal == syscall.SIGINT {
		return "stopped by an interrupt"
	}
	return "stopped by a termination signal"
}

// catchSignals returns a context that the first SIGINT or SIGTERM ends, with a
// *signalError as its cause; the second one ends the process at once, because
// whoever sends it does not want to wait.
func catchSignals(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case s := <-ch:
				sig, ok := s.(syscall.Signal)
				if !ok {
					sig = syscall.SIGTERM
				}
				if ctx.Err() != nil {
					os.Exit(128 + int(sig))
				}
				cancel(&signalError{sig})
			}
		}
	}()
	return ctx, func() {
		signal.Stop(ch)
		close(done)
		cancel(nil)
	}
}
