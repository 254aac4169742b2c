package parse

import (
	"net/url"

	"weir/aggregator/parse/charset"
	"weir/feed/markup"
)

// Trace says how a document was read, for people who ask why an entry is as it
// is. A nil one costs nothing.
type Trace struct {
	// Encoding is what the document was read as, and DecidedBy by what (P80).
	Encoding, DecidedBy string
	// Texts are the pieces of HTML that were cleaned, in document order.
	Texts []Text
}

// Text is a piece of HTML of an item.
type Text struct {
	// Position is the item's.
	Position int
	// Raw is the HTML as it was sent, Clean what remained of it.
	Raw, Clean string
}

// decoded notes how the document was decoded. A document may be read more than
// once; what counts is the last time.
func (t *Trace) decoded(d *charset.Text) {
	if t != nil {
		t.Encoding, t.DecidedBy = d.Encoding, d.DecidedBy
	}
}

// clean cleans a text of the item.
func (d *draft) clean(cleaner *markup.Cleaner, raw string, base *url.URL) string {
	if raw == "" {
		return ""
	}
	clean := cleaner.Clean(raw, base)
	if d.trace != nil {
		d.trace.Texts = append(d.trace.Texts, Text{Position: d.Position, Raw: raw, Clean: clean})
	}
	return clean
}
