package identity

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
)

// The bounds of what an index holds of one item.
const (
	maxNames = 8
	// maxName is the longest name written out; of longer ones the beginning
	// and a hash stand in the index. Decide compares the traits themselves, so
	// that a collision only costs a comparison.
	maxName = 160
)

// Names lists the names under which an item looks for its story and an entry
// is found: its canonical link ("l:"), its absolute IRI ("i:") and its slug
// candidates ("s:"), the surest first. There are at most 8, each at most 160
// bytes.
func Names(t *feed.Traits) []string {
	names := make([]string, 0, 5)
	add := func(kind, value string) {
		if value == "" || len(names) == maxNames {
			return
		}
		name := kind + value
		if len(name) > maxName {
			sum := strconv.FormatUint(xxhash.Sum64String(name), 16)
			name = name[:maxName-len(sum)-1] + "~" + sum
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	add("l:", t.Canon)
	add("i:", t.IRI)
	for i := range t.Slugs {
		add("s:", t.Slugs[i].Text)
	}
	return names
}

// Lookup lists the names that an operator may mean by a link, an id or a slug.
func Lookup(name string) []string {
	return Names(&feed.Traits{
		Canon: Canonical(name),
		IRI:   absoluteIRI(name),
		Slugs: []feed.SlugCandidate{{Text: slugify(name).text}},
	})
}

// entryDigits is how many hex digits of its key name an entry that has no
// other slug.
const entryDigits = 12

// mostSlugs bounds the search for a free slug where the counter fails.
const mostSlugs = 1000

// Slug returns the slug of a new entry: the item's first candidate, or entry-
// and digits of its key. One that is taken gets the source's id behind it if
// another source owns the holder, a number if the same source does (XF01).
// Taken tells the owner of a slug; count returns the next number to try for a
// base, from 2. The result is valid by [feed.ValidSlug], and free unless taken
// refuses everything.
func Slug(it *feed.Item, source string, taken func(slug string) (owner string, ok bool), count func(base string) int) string {
	base, _ := Base(it)
	owner, ok := taken(base)
	if !ok {
		return base
	}
	if owner != source {
		base = join(base, source)
		if _, ok = taken(base); !ok {
			return base
		}
	}
	for n := max(count(base), 2); n < mostSlugs; n++ {
		slug := join(base, strconv.Itoa(n))
		if _, ok = taken(slug); !ok {
			return slug
		}
	}
	return "entry-" + it.Key.String()
}

// Base returns the slug that an item would have if nobody had it, and where
// that comes from.
func Base(it *feed.Item) (string, feed.SlugOrigin) {
	if len(it.Traits.Slugs) == 0 {
		return "entry-" + it.Key.String()[:entryDigits], feed.SlugKey
	}
	base := it.Traits.Slugs[0].Text
	if it.Slug != "" && slugify(it.Slug).text == base {
		return base, cmp.Or(it.SlugFrom, feed.SlugExplicit)
	}
	if a, ok := parseAddress(it.Link); ok && linkSlug(&a).text == base {
		return base, feed.SlugLink
	}
	return base, feed.SlugTitle
}

// join puts a suffix behind a slug, which is cut where both are too long.
func join(base, suffix string) string {
	return cutSlug(base, feed.MaxSlug-len(suffix)-1) + "-" + suffix
}
