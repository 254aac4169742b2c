// Package feed is Weir's vocabulary: the values that travel between its rooms.
//
// A [Source] is where entries come from: an external feed or a folder of local
// articles. Reading it gives a [Document] of [Item] values, each with a [Key]
// that identifies it inside its source and [Traits] by which the same story is
// recognised elsewhere. The store turns items into [Entry] values, one per
// story, under a slug that never changes, and hands them out again as a
// [Window] of a [Channel].
//
// The package holds data and pure functions on data. It imports the standard
// library only, does no I/O, reads no clock, and knows no feed format: whoever
// can read this package can read every signature in the rest of the program.
//
// All times are UTC with microsecond precision once they have passed [Micro];
// the zero time means "not known". All strings that came from outside are
// valid UTF-8 of XML 1.0 characters once they have passed the markup package.
package feed
