package feed

// SlugOrigin says where a slug came from. Its values are stored: append only.
type SlugOrigin uint8

// The origins of a slug.
const (
	// SlugUnknown slugs were assigned before origins were kept.
	SlugUnknown SlugOrigin = iota
	// SlugExplicit slugs were written into a local article, or come with one
	// that an earlier version read.
	SlugExplicit
	// SlugLink slugs are the last part of the link's path, SlugTitle ones were
	// made of the title.
	SlugLink
	SlugTitle
	// SlugKey slugs were made of the item key: neither link nor title gave one.
	SlugKey
	// SlugFile slugs are the name of a local article's file or folder.
	SlugFile
)

// String returns the word for people.
func (o SlugOrigin) String() string {
	names := [...]string{"unknown", "explicit", "link", "title", "key", "file"}
	if int(o) < len(names) {
		return names[o]
	}
	return names[0]
}

// Naming is how an entry's slug came about.
type Naming struct {
	Origin SlugOrigin
	// Base is the slug that was wanted and taken, empty when the entry has
	// the one that was wanted.
	Base string
}
