package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// mostLost is how many losses of a namespace are told one by one.
const mostLost = 5

func (f *fidelity) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(f)
}

// write is the account for people: a line for each namespace, and under it what
// is left out and what is lost.
func (f *fidelity) write(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s", count(f.Items, "item"))
	if f.Untaken > 0 {
		fmt.Fprintf(b, ", %d of them not taken", f.Untaken)
	}
	width := len("namespace")
	for i := range f.Namespaces {
		width = max(width, utf8.RuneCountInString(f.Namespaces[i].title()))
	}
	fmt.Fprintf(b, "\n\n%-*s %8s %8s %8s %8s %8s %8s\n", width, "namespace", "in", "rss", "atom", "json", "left out", "lost")
	for i := range f.Namespaces {
		t := &f.Namespaces[i]
		left := 0
		for _, l := range t.Left {
			left += l.Count
		}
		fmt.Fprintf(b, "%-*s %8d %8d %8d %8d %8d %8d\n", width, t.title(), t.In, t.Out["rss"], t.Out["atom"], t.Out["json"], left, len(t.Lost))
	}
	for i := range f.Namespaces {
		t := &f.Namespaces[i]
		if len(t.Left)+len(t.Lost) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n%s\n", t.title())
		for _, l := range t.Left {
			fmt.Fprintf(b, "  %5d %s: %s\n", l.Count, printable(l.Name), l.Reason)
		}
		for _, l := range t.Lost[:min(len(t.Lost), mostLost)] {
			fmt.Fprintf(b, "   LOST %s in %s, item %s: %s\n", printable(l.Name), l.Format, printable(l.Item), printable(l.Text))
		}
	}
	return b.Flush()
}

// title names a namespace for people.
func (t *spaceAccount) title() string {
	name := t.Namespace
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name = rest
	}
	return cutRunes(printable(cmp.Or(strings.TrimRight(name, "/#"), "(the format's own)")), 48)
}
