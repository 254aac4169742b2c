package identity

import (
	"time"

	"weir/feed"
)

func Prepare(src feed.Source, doc *feed.Document, prior []feed.Known) {}
func Canonical(link string) string                                   { return link }
func Order(a, b *Newcomer) int                                       { return 0 }
func Names(t *feed.Traits) []string                                  { return nil }
func Decide(n *Newcomer, holders []Holder, rules Rules) Verdict      { return Verdict{Holder: -1} }
func Slug(it *feed.Item, source string, taken func(slug string) (owner string, ok bool), count func(base string) int) string {
	return ""
}
func PublishedID(site Site, source string, it *feed.Item, used func(id string) bool) string {
	return ""
}
func Dates(it *feed.Item, first bool, modified, now time.Time) (published time.Time, inferred bool) {
	return now, true
}
func Place(published, now time.Time, first bool) time.Time { return published }
func Material(c *feed.Content) uint64                      { return 0 }

type Past struct {
	Material                   uint64
	Stated, Published, Updated time.Time
	Changes                    uint8
	Since                      time.Time
}
type Edit struct {
	Replace bool
	Past    Past
}

func Revise(p Past, it *feed.Item, now time.Time) Edit { return Edit{} }
