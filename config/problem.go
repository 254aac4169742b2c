package config

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with the configuration.
type Problem struct {
	// File is the file, the flag or the variable that says it.
	File string
	// Line and Column count from 1, in characters; 0 where there is none.
	Line, Column int
	// Path is the key, such as "feeds[1].url".
	Path string
	// Value is the offending value as it is written, with secrets covered;
	// empty where the key itself is the problem.
	Value string
	// Message says what is wrong, Hint the way out; Hint may be empty.
	Message, Hint string
}

// String returns the problem as one line.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	b.WriteString(p.text())
	if p.Hint != "" {
		fmt.Fprintf(&b, " (%s)", p.Hint)
	}
	return b.String()
}

// text is the problem without its place and its hint.
func (p Problem) text() string {
	var b strings.Builder
	if p.Path != "" {
		b.WriteString(p.Path)
		b.WriteString(": ")
	}
	b.WriteString(p.Message)
	if p.Value != "" {
		fmt.Fprintf(&b, ", got %q", p.Value)
	}
	return b.String()
}

// Problems is every problem found in one run, in order of place. As an error
// it means that there is no usable configuration.
type Problems []Problem

// Error implements error: one problem per line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}
