package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// expectation is one line that says what an entry is like.
type expectation struct {
	title   string
	clauses [][2]string
}

func readExpectation(line string) expectation {
	parts := strings.Split(line, " | ")
	e := expectation{title: strings.TrimSpace(parts[0])}
	for _, c := range parts[1:] {
		name, value, _ := strings.Cut(strings.TrimSpace(c), " ")
		e.clauses = append(e.clauses, [2]string{name, strings.TrimSpace(value)})
	}
	return e
}

func (e expectation) String() string {
	text := e.title
	for _, c := range e.clauses {
		text += " | " + c[0] + " " + c[1]
	}
	return text
}

// seen says of an entry what the expectation says of its own.
func (e expectation) seen(l *listed) (string, error) {
	is := expectation{title: l.Title}
	if e.title == "-" && l.Title == "" {
		is.title = "-"
	}
	for _, c := range e.clauses {
		value, err := l.clause(c[0], c[1])
		if err != nil {
			return "", err
		}
		is.clauses = append(is.clauses, [2]string{c[0], value})
	}
	return is.String(), nil
}

// expect holds what is so against the story.
func (p *play) expect(text string, below []string) error {
	if text == "the same files" {
		return p.sameFiles()
	}
	if rest, ok := strings.CutPrefix(text, "nothing "); ok {
		text, below = rest+":", nil
	} else if number, what, _ := strings.Cut(text, " "); len(below) == 0 {
		if n, err := strconv.Atoi(number); err == nil {
			return p.expectCount(what, n)
		}
	}
	subject, rest, ok := strings.Cut(text, ":")
	if !ok {
		subject, rest, _ = strings.Cut(text, " ")
	}
	if subject, how, ok := strings.Cut(strings.TrimSuffix(text, ":"), " "); ok && (how == "has" || how == "lacks") {
		return p.expectSome(subject, how == "has", below)
	}
	list, err := p.list(subject)
	if err != nil {
		return err
	}
	switch rest = strings.TrimSpace(rest); {
	case rest == "nothing", rest == "" && len(below) == 0:
		return compare(nil, list)
	case strings.HasSuffix(rest, " entries"):
		n, err := strconv.Atoi(strings.TrimSuffix(rest, " entries"))
		if err == nil && n != len(list) {
			err = fmt.Errorf("there are %d:\n%s", len(list), titles(list))
		}
		return err
	case rest != "":
		return fmt.Errorf("%q is not understood", rest)
	}
	return compare(below, list)
}

func (p *play) expectCount(what string, n int) error {
	list, err := p.list(what)
	if err == nil && len(list) != n {
		err = fmt.Errorf("there are %d:\n%s", len(list), titles(list))
	}
	return err
}

// list returns the entries that a word stands for: what a subscriber of all,
// or "new in go", noticed in the last poll, or what a channel holds.
func (p *play) list(subject string) ([]listed, error) {
	what, channel, named := strings.Cut(subject, " in ")
	if !named {
		channel = "all"
	}
	r := p.readers[channel]
	if r == nil {
		r = newSubscriber()
	}
	switch what {
	case "new":
		return r.fresh, nil
	case "changed":
		return r.changed, nil
	case "gone":
		return r.gone, nil
	case "back":
		r.excused = true
		return r.back, nil
	case "repeated":
		r.excused = true
		return r.repeated, nil
	}
	dirs, err := channelsIn(p.output())
	if err != nil {
		return nil, err
	}
	dir, ok := dirs[subject]
	if !ok {
		return nil, fmt.Errorf("no channel %q is published; there are %q", subject, slices.Sorted(maps.Keys(dirs)))
	}
	return readChannel(dir)
}

// compare holds a list against expectations, in order.
func compare(below []string, list []listed) error {
	var want, got []string
	for _, line := range below {
		want = append(want, readExpectation(line).String())
	}
	for i := range list {
		e := expectation{clauses: [][2]string{{"slug", ""}, {"from", ""}}}
		if i < len(below) {
			e = readExpectation(below[i])
		}
		text, err := e.seen(&list[i])
		if err != nil {
			return err
		}
		got = append(got, text)
	}
	if slices.Equal(want, got) {
		return nil
	}
	return fmt.Errorf("it is not so (- expected, + is):\n%s", sideBySide(want, got))
}

// sideBySide shows two lists, line by line.
func sideBySide(want, got []string) string {
	var b strings.Builder
	for i := range max(len(want), len(got)) {
		switch {
		case i < len(want) && i < len(got) && want[i] == got[i]:
			b.WriteString("    " + want[i] + "\n")
			continue
		case i < len(want):
			b.WriteString("  - " + want[i] + "\n")
		}
		if i < len(got) {
			b.WriteString("  + " + got[i] + "\n")
		}
	}
	return b.String()
}

// expectSome looks for entries among others.
func (p *play) expectSome(subject string, has bool, below []string) error {
	list, err := p.list(subject)
	if err != nil {
		return err
	}
	for _, line := range below {
		e, found := readExpectation(line), false
		for i := range list {
			text, err := e.seen(&list[i])
			if err != nil {
				return err
			}
			found = found || text == e.String()
		}
		if found != has {
			return fmt.Errorf("%q: there is\n%s", line, titles(list))
		}
	}
	return nil
}

// sameFiles reports published files that the last poll changed.
func (p *play) sameFiles() error {
	if diff := cmp.Diff(p.before, p.after); diff != "" {
		var names []string
		for name := range maps.Keys(p.after) {
			if p.before[name] != p.after[name] {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		if len(names) == 0 {
			return errors.New("files are gone")
		}
		name := names[0]
		if i := slices.IndexFunc(names, func(n string) bool { return strings.HasSuffix(n, ".json") }); i >= 0 {
			name = names[i]
		}
		return fmt.Errorf("changed: %q; %s (-before +after):\n%s", names, name, cmp.Diff(p.before[name], p.after[name]))
	}
	return nil
}
