package config

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lines of source are cut to this many characters around the problem.
const maxLine = 100

// Format writes the problems for people: each with its line of the source, a
// mark under the place, and the way out. The source is what [Parse] was given;
// secrets in it are covered. The first error of w ends the writing.
func (ps Problems) Format(w io.Writer, source []byte) error {
	lines := bytes.Split(bytes.TrimPrefix(source, []byte("\xef\xbb\xbf")), []byte("\n"))
	for i, p := range ps {
		var b strings.Builder
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
		}
		fmt.Fprintf(&b, ": %s\n", printable(p.text()))
		if p.Line > 0 && p.Line <= len(lines) {
			snippet(&b, p, string(lines[p.Line-1]))
		}
		if p.Hint != "" {
			fmt.Fprintf(&b, "       = %s\n", printable(p.Hint))
		}
		if _, err := io.WriteString(w, b.String()); err != nil {
			return fmt.Errorf("write problems: %w", err)
		}
	}
	return nil
}

// snippet writes the line and marks the place in it. The line is covered as a
// whole, because the place may lie within a secret; then the mark moves to
// where the cover begins.
func snippet(b *strings.Builder, p Problem, line string) {
	line = strings.TrimRight(strings.ToValidUTF8(line, "\uFFFD"), "\r\n\t ")
	covered := redactLine(line)
	before := redactLine(string([]rune(line)[:min(max(p.Column-1, 0), utf8.RuneCountInString(line))]))
	for !strings.HasPrefix(covered, before) {
		_, size := utf8.DecodeLastRuneInString(before)
		before = before[:len(before)-size]
	}
	after := head(printable(covered[len(before):]), maxLine)
	before = tail(printable(before), maxLine/2)
	mark := max(utf8.RuneCountInString(after[:extent(after)]), 1)
	fmt.Fprintf(b, "%6d | %s%s\n", p.Line, before, after)
	fmt.Fprintf(b, "       | %s%s\n", strings.Repeat(" ", utf8.RuneCountInString(before)), strings.Repeat("^", mark))
}

// extent is the length in bytes of the word or value that a line goes on with.
func extent(s string) int {
	if s == "" {
		return 0
	}
	if q := s[0]; q == '"' || q == '\'' {
		if i := strings.IndexByte(s[1:], q); i >= 0 {
			return i + 2
		}
		return len(s)
	}
	end := len(s)
	for _, stop := range []string{": ", " #", ", ", "]", "}"} {
		if i := strings.Index(s[:end], stop); i > 0 {
			end = i
		}
	}
	return len(strings.TrimRight(strings.TrimSuffix(s[:end], ":"), " "))
}

// printable keeps what a file says from steering a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return '\uFFFD'
		default:
			return r
		}
	}, s)
}

func head(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func tail(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return "…" + string(r[len(r)-n+1:])
	}
	return s
}
