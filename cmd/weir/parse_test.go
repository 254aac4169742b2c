package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"weir/aggregator/parse"
	"weir/feed"
)

// A fault of Weir's own has an exit code of its own, whether it cost the
// document or some items (XC23); a document that is no feed has another.
func TestParseExitCodes(t *testing.T) {
	in := &input{name: "kept.feed"}
	for _, tt := range []struct {
		err  error
		want int
	}{
		{in.refused(&parse.PanicError{Value: "index out of range"}), exitSoftware},
		{fmt.Errorf("parse: %w", errFaults), exitSoftware},
		{in.refused(parse.ErrNotFeed), exitData},
		{in.refused(&parse.LimitError{Limit: "element depth", Value: 65, Max: 64}), exitData},
		{fmt.Errorf("%w: it is away", errUnreachable), exitTryAgain},
		{errors.New("disk"), exitCannotWrite},
	} {
		if got := exitCode(tt.err); got != tt.want {
			t.Errorf("%v: exit code %d, want %d", tt.err, got, tt.want)
		}
	}
}

// Faults are shown among what was read, for people and for scripts.
func TestParseShowsFaults(t *testing.T) {
	s := &sight{input: &input{name: "kept.feed"}, document: &feed.Document{Format: "RSS 2.0", Faults: []string{"nil map (rss.go:1)"}}}
	var text, object bytes.Buffer
	if err := errors.Join(writeSight(&text, s), writeSightJSON(&object, s, nil)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "fault        nil map (rss.go:1)\n") || !strings.Contains(object.String(), `"nil map (rss.go:1)"`) {
		t.Errorf("shown as %s and %s", text.String(), object.String())
	}
}

// A field's lines end at the eightieth column, and nothing in them is obeyed
// by a terminal (XJ14).
func TestFieldFits(t *testing.T) {
	s := &sight{input: &input{}, document: &feed.Document{Format: "x", Warnings: []string{
		strings.Repeat("word ", 100), strings.Repeat("ü", 200) + " \x1b[31mred\u009b \u202eback\nnext",
	}}}
	var text bytes.Buffer
	if err := writeSight(&text, s); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		if n := len([]rune(line)) - 1; n > viewWidth && !strings.Contains(line, strings.Repeat("ü", 200)) {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if strings.ContainsAny(text.String(), "\x1b\u009b\u202e") {
		t.Errorf("controls in %q", text.String())
	}
}
