// Package parse reads documents: the bytes of one RSS, Atom or JSON feed in,
// a [feed.Document] out. Call [Read]; nothing else is needed.
//
// Read is pure and never panics: the same bytes and [Options] give the same
// document, and whatever a stranger sends ends as a document, an error that
// wraps [ErrNotFeed], a [*LimitError], a [*SyntaxError] or a [*PanicError], in
// time linear in the body. Every item of a document ends in Items, as known, or in Rejected.
//
// A document goes through four hands. It is decoded to clean UTF-8. One pass
// of our own, the scan, finds the head and the items, checks the limits, and
// hashes each item. Items whose hash is known are done. Of the others, what
// the format's own elements say plainly is read where it stands;
// those that take lenience to read, and the head, are written out plainly,
// without namespaces, foreign elements or anything else that was not looked
// at, and gofeed reads that rendition. What gofeed does not keep (ids as they
// were sent, types of text, languages, bases, namespaced extensions) is taken
// from the scan's own outline of the item.
//
// Whoever reads many documents keeps a [Reader], which uses its memory again.
package parse
