package parse

import (
	"fmt"
	"path"
	"runtime"
	"runtime/debug"
	"strings"

	"weir/feed"
	"weir/feed/markup"
)

// PanicError is returned for a document that made the parser panic: a fault of
// Weir's, not of the feed's (XC23).
type PanicError struct {
	// Value says what was panicked with, and in which line.
	Value string
	// Stack is where, for whoever mends it.
	Stack []byte
}

// Error implements error.
func (e *PanicError) Error() string { return "reading failed unexpectedly: " + e.Value }

// Panicked makes an error of what recover returned. It must be called by the
// function that recovered, or by one that it calls.
func Panicked(v any) *PanicError {
	const longest = 200
	return &PanicError{Value: markup.Chars(clip(fmt.Sprint(v), longest)) + culprit(), Stack: debug.Stack()}
}

// culprit names the line that panicked: the first below the runtime's own.
func culprit() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	for panicking := false; ; {
		f, more := frames.Next()
		inside := strings.HasPrefix(f.Function, "runtime.")
		if panicking && !inside {
			return fmt.Sprintf(" (%s:%d)", path.Base(f.File), f.Line)
		}
		panicking = panicking || f.Function == "runtime.gopanic"
		if !more {
			return ""
		}
	}
}

// maxFaults bounds how many panics of a document are told of.
const maxFaults = 8

// fault notes a panic that cost no more than some items.
func fault(out *feed.Document, e *PanicError) {
	if len(out.Faults) < maxFaults {
		out.Faults = append(out.Faults, e.Value)
	}
}

// rescue is deferred where an item is finished: a panic there is that item's.
func rescue(out *feed.Document, d *draft) {
	if v := recover(); v != nil {
		e := Panicked(v)
		fault(out, e)
		out.Rejected = append(out.Rejected, feed.Rejection{RawID: d.RawID, Reason: e.Error()})
	}
}
