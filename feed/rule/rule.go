// Package rule decides which entries a channel or a source wants: compiled
// once, asked for every entry.
//
// Call [Compile] on an expression or [Words] on lists of words, join several
// with [All], and hand Match and Digest to whoever indexes entries. A nil
// *[Rule] wants everything, so that "no rule" needs no special case.
//
// An expression (https://expr-lang.org) sees of an entry:
//
//	title, summary, text, link, language   string; text is the body without markup
//	tags, authors, sources                 lists; tags are folded, of all sources
//	source                                 the id of the source that owns the entry
//	published, updated                     time; compare with date("2026-01-31")
//	words                                  how many words the text has
//	has_audio, has_image                   bool
//
// What is promised: a rule that compiled answers the same for the same entry,
// on any machine and at any time; it does no I/O, reads no clock, never panics,
// and needs memory and time in proportion to the entry. It may be asked by any
// number of goroutines at once.
package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"weir/feed"
)

// version moves whenever the same rule may answer differently than before, so
// that what was indexed by it is indexed anew.
const version = "1"

// Rule is a compiled condition on entries. A nil Rule wants everything.
type Rule struct {
	match  func(*feed.Entry) bool
	digest string
}

// Match reports whether the rule wants the entry. An expression that fails on
// an entry, such as an index out of range, does not want it.
func (r *Rule) Match(e *feed.Entry) bool { return r == nil || r.match(e) }

// Digest changes whenever Match may answer differently. It is the same in every
// process, and empty for a nil Rule.
func (r *Rule) Digest() string {
	if r == nil {
		return ""
	}
	return r.digest
}

// All returns the rule that wants what all rules want, asking them in order; nil
// rules are left out, and nil is returned when none is left.
func All(rules ...*Rule) *Rule {
	kept := make([]*Rule, 0, len(rules))
	for _, r := range rules {
		if r != nil {
			kept = append(kept, r)
		}
	}
	switch len(kept) {
	case 0:
		return nil
	case 1:
		return kept[0]
	}
	digests := make([]string, len(kept))
	for i, r := range kept {
		digests[i] = r.digest
	}
	match := func(e *feed.Entry) bool {
		for _, r := range kept {
			if !r.match(e) {
				return false
			}
		}
		return true
	}
	return &Rule{match: match, digest: digest("all", digests...)}
}

// digest hashes what a rule says, each part with its length, so that no two
// lists of parts look alike.
func digest(kind string, parts ...string) string {
	h := sha256.New()
	for _, part := range append([]string{version, kind}, parts...) {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
