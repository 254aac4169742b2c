// Package rule decides which entries a channel or a source wants.
package rule

import (
	"crypto/sha256"
	"encoding/hex"

	"weir/feed"
)

// Rule is a compiled condition on entries. A nil rule matches everything.
type Rule struct {
	digest string
	match  func(*feed.Entry) bool
}

// Compile compiles an expression.
func Compile(source string) (*Rule, error) {
	sum := sha256.Sum256([]byte(source))
	return &Rule{digest: hex.EncodeToString(sum[:8]), match: func(*feed.Entry) bool { return true }}, nil
}

// Words returns a rule on words and phrases.
func Words(include, exclude []string) *Rule { return nil }

// All returns the conjunction of rules.
func All(rules ...*Rule) *Rule { return nil }

// Match reports whether the rule wants the entry.
func (r *Rule) Match(e *feed.Entry) bool { return r == nil || r.match(e) }

// Digest identifies what the rule decides, stable over processes.
func (r *Rule) Digest() string {
	if r == nil {
		return ""
	}
	return r.digest
}
