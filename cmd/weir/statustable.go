package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"weir/feed"
)

// health is one word for a source's state.
func health(s *feed.SourceStatus) string {
	switch p := &s.State.Poll; {
	case p.Failing():
		return ailment(p)
	case p.Succeeded.IsZero():
		return "new"
	case s.Hold.Entries > 0:
		return "held"
	case len(s.State.Doc.Warnings) > 0:
		return "warnings"
	default:
		return "ok"
	}
}

// ailment is one word for how a source fails, where there is more to say than
// that it does.
func ailment(p *feed.PollState) string {
	switch p.Problem.Kind {
	case "challenge":
		return "challenged"
	case "login", "parked":
		return p.Problem.Kind
	}
	switch p.Status {
	case 401, 403:
		return "refused"
	case 404:
		return "missing"
	case 410:
		return "gone"
	case 429:
		return "throttled"
	}
	return "failing"
}

// remark says what is wrong with a source, empty where nothing is.
func remark(s *feed.SourceStatus, now time.Time) string {
	p, warnings := &s.State.Poll, s.State.Doc.Warnings
	switch {
	case p.Failing() && p.Failures > 1:
		return fmt.Sprintf("%s (%d times in a row, since %s)", p.Problem.Text, p.Failures, ago(p.Since, now))
	case p.Failing():
		return p.Problem.Text
	case s.Hold.Entries > 0:
		return fmt.Sprintf("%s: %s", waiting(s.Hold), s.Hold.Why)
	case len(warnings) > 1:
		return fmt.Sprintf("%s (and %d more)", warnings[0], len(warnings)-1)
	case len(warnings) == 1:
		return warnings[0]
	}
	return ""
}

// screen is what a table is drawn on.
type screen struct {
	// width is 0 where nobody watches: then every source is one line.
	width  int
	colour bool
}

// screenOf is the terminal that w is, if it is one.
func screenOf(w io.Writer) screen {
	f, ok := w.(*os.File)
	if !ok || !isTerminal(w) {
		return screen{}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 40 {
		width = 80
	}
	return screen{width: width, colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// row is a line of the table; what is too long for it stands below.
type row struct {
	cells       []string
	why, remark string
	// alarm is 2 for what fails, 1 for what is worth a look.
	alarm int
}

// writeStatusTable writes a line for every source. Whys are the reasons for
// their next polls.
func writeStatusTable(w io.Writer, on screen, list []feed.SourceStatus, whys []string, now time.Time) error {
	head := []string{"SOURCE", "STATE", "ENTRIES", "LAST NEW", "LAST READ", "NEXT"}
	rows := make([]row, 0, len(list))
	for i := range list {
		s := &list[i]
		r := row{why: whys[i], remark: printable(remark(s, now)), cells: []string{
			s.Source.ID, health(s), fmt.Sprint(s.State.Doc.Entries), ago(s.State.Poll.Fresh, now),
			ago(s.State.Poll.Succeeded, now), until(s.State.Poll.Due, now),
		}}
		switch {
		case s.State.Poll.Failing():
			r.alarm = 2
		case r.remark != "":
			r.alarm = 1
		}
		rows = append(rows, r)
	}
	_, err := io.WriteString(w, on.table(head, "WHY THEN", rows))
	return err
}

// table draws rows in columns. Where nobody watches a line tells all; on a
// terminal what does not fit stands below, wrapped.
func (o screen) table(head []string, last string, rows []row) string {
	widths := make([]int, len(head))
	for _, r := range append([]row{{cells: head}}, rows...) {
		for i, c := range r.cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(c)+2)
		}
	}
	used := 0
	for _, w := range widths {
		used += w
	}
	if o.width > 0 && used+utf8.RuneCountInString(last) > o.width {
		last = ""
	}
	var b strings.Builder
	for _, r := range append([]row{{cells: head, why: last}}, rows...) {
		var line strings.Builder
		for i, c := range r.cells {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if i == 1 {
				c = o.paint(c, r.alarm)
			}
			line.WriteString(c + pad)
		}
		if o.width > 0 && used+utf8.RuneCountInString(r.why) > o.width {
			b.WriteString(strings.TrimRight(line.String(), " ") + "\n" + o.below("next: "+r.why, r.remark))
			continue
		}
		b.WriteString(strings.TrimRight(line.String()+r.why, " "))
		if o.width == 0 && r.remark != "" {
			b.WriteString(". " + r.remark)
		}
		b.WriteString("\n" + o.below(r.remark))
	}
	return b.String()
}

// below writes texts under a row, wrapped, and nothing where nobody watches.
func (o screen) below(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		if text == "" || o.width == 0 {
			continue
		}
		for _, part := range wrapped(text, o.width-4) {
			b.WriteString("    " + part + "\n")
		}
	}
	return b.String()
}

// paint colours a word by how much it matters.
func (o screen) paint(word string, alarm int) string {
	if !o.colour || alarm == 0 {
		return word
	}
	return []string{1: "\x1b[33m", 2: "\x1b[31m"}[alarm] + word + "\x1b[0m"
}

// wrapped breaks a text between words into lines of at most width characters; a
// longer word has a line of its own.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
