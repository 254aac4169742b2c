package identity

import (
	"fmt"
	"strings"
	"time"

	"weir/feed"
)

// farApart is how long after another a story is published that is another
// story, unless its text is the same.
const farApart = 90 * 24 * time.Hour

// pair is a newcomer beside a holder, with their sketches.
type pair struct {
	n    *Newcomer
	h    *Holder
	a, b *feed.Sketch
}

// against returns what shows that the two are different stories; empty when
// nothing does.
func (p *pair) against() string {
	if la, lb := stated(p.n.Item.Language), stated(p.h.Language); la != "" && lb != "" && !strings.EqualFold(la, lb) {
		return "one is in " + la + ", the other in " + lb
	}
	if p.linksDiffer() {
		return "both links lie on one host and differ"
	}
	if part, samples := share(p.a, p.b); samples >= fewestSamples && part < strangeShare && p.wordy() && !p.summary() {
		return fmt.Sprintf("the texts share only %.0f %%", 100*part)
	}
	if p.apart() > farApart && p.dated() && !textsAlike(p.a, p.b) {
		return "they were published over 90 days apart"
	}
	return ""
}

// wordy reports whether both carry enough words to be judged by.
func (p *pair) wordy() bool { return p.a.Words >= wordyText && p.b.Words >= wordyText }

// summary reports whether one can be the other's summary: much shorter, under
// a like title.
func (p *pair) summary() bool {
	shorter, longer := min(p.a.Words, p.b.Words), max(p.a.Words, p.b.Words)
	return 3*shorter < longer && titlesAlike(p.a, p.b)
}

// dated reports whether both dates are stated ones.
func (p *pair) dated() bool {
	return !p.n.Published.IsZero() && !p.h.Published.IsZero() && !p.n.Undated && !p.h.Undated
}

// apart is the time between the two publications.
func (p *pair) apart() time.Duration { return p.n.Published.Sub(p.h.Published).Abs() }

// linksDiffer reports whether one site tells the two as two pages: it would
// not tell one story twice. Links that several items share are told apart by
// their fragments.
func (p *pair) linksDiffer() bool {
	a, ok := parseAddress(p.n.Item.Link)
	if !ok {
		return false
	}
	b, ok := parseAddress(p.h.Link)
	if !ok || a.host != b.host || a.port != b.port {
		return false
	}
	if a.path != b.path || a.query != b.query {
		return true
	}
	shared := p.n.Item.Traits.Canon == "" && p.h.Traits.Canon == ""
	return shared && a.fragment != b.fragment
}

// stated returns the primary language of a tag, empty when it names none.
func stated(language string) string {
	if i := strings.IndexAny(language, "-_"); i >= 0 {
		language = language[:i]
	}
	switch language {
	case "und", "mul", "zxx", "mis":
		return ""
	}
	return language
}
