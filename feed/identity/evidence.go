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
	if la, lb := stated(p.n.Item.Language), stated(p.h.Language); la != "" && lb != "" && la != lb {
		return "one is in " + la + ", the other in " + lb
	}
	if p.linksDiffer() {
		return "both links lie on one host and differ"
	}
	if part, strange := p.strange(); strange {
		return fmt.Sprintf("the texts share only %.0f %%", 100*part)
	}
	if p.apart() > farApart && p.dated() && !textsAlike(p.a, p.b) {
		return "they were published over 90 days apart"
	}
	return ""
}

// strange reports whether the texts show two stories, and which part of the
// shorter one they share.
func (p *pair) strange() (part float64, yes bool) {
	part, samples := share(p.a, p.b)
	return part, samples >= fewestSamples && part < strangeShare && p.wordy() && !p.summary()
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
	if p.n.Source == p.h.Source && a.fragment != "" && b.fragment != "" {
		return a.fragment != b.fragment // two headings of a page, one at a time
	}
	shared := p.n.Item.Traits.Canon == "" && p.h.Traits.Canon == ""
	return shared && a.fragment != b.fragment
}

// stated returns the primary language of a tag in lower case, empty when it
// names none (RFC 5646 §2.2.1). Tags that mean one language are one.
func stated(language string) string {
	if i := strings.IndexAny(language, "-_"); i >= 0 {
		language = language[:i]
	}
	if len(language) != 2 && len(language) != 3 {
		return ""
	}
	switch language = strings.ToLower(language); language {
	case "und", "mul", "zxx", "mis":
		return ""
	case "nb", "nn":
		return "no"
	case "iw":
		return "he"
	case "in":
		return "id"
	case "ji":
		return "yi"
	}
	return language
}
