package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// Heads are what a store reads and writes most, and are half of what an entry
// takes beside its text. Their common fields are therefore written by hand, in
// a fixed order: a text that stands in the record already, as the canonical
// link and often the id and the slug do inside the link, is a reference, and
// instants are differences. What few heads have follows as CBOR of the rest,
// so that a new field needs nothing here.

// The bits of a head's first byte; the three above them are the origin of the
// slug.
const (
	headInferred byte = 1 << iota
	headHome
	// headAlone says that the one sighting is the owner's.
	headAlone
	// headRest says that CBOR follows.
	headRest

	// headOrigin is the first of three bits that say where the slug came from.
	headOrigin = 4
	// headMany says that several sightings are written by hand.
	headMany byte = 1 << 7
)

// shortestRef is the length from which on a reference is shorter than a text.
const shortestRef = 4

// encodeHead returns a head's record, not yet sealed.
func (c *codec) encodeHead(r *headRec) ([]byte, error) {
	rest := *r
	rest.Slug, rest.ID, rest.Title, rest.Link, rest.Language = "", "", "", "", ""
	rest.Published, rest.Updated, rest.FirstSeen, rest.Place, rest.Body = 0, 0, 0, 0, 0
	rest.Inferred, rest.Past, rest.Traits = false, pastRec{}, traitsRec{}
	var flags byte
	if r.Origin < 8 {
		flags, rest.Origin = r.Origin<<headOrigin, 0
	}
	var own sightingRec
	if len(r.Sightings) == 1 && r.Sightings[0].plain() {
		flags |= headAlone
		own, rest.Sightings = r.Sightings[0], nil
	} else if len(r.Sightings) > 1 {
		flags |= headMany
		rest.Sightings = nil
	}
	if r.Inferred {
		flags |= headInferred
	}
	if r.Traits.Home {
		flags |= headHome
	}
	if !reflect.ValueOf(&rest).Elem().IsZero() {
		flags |= headRest
	}
	w := headWriter{make([]byte, 0, 768)}
	w.b = append(w.b, formHead, flags)
	w.text(r.Link)
	w.text(r.Title)
	w.text(r.Traits.IRI)
	w.text(r.ID)
	w.text(r.Traits.Canon)
	w.number(uint64(len(r.Traits.Slugs)))
	for _, s := range r.Traits.Slugs {
		telling := uint64(0)
		if s.Telling {
			telling = 1
		}
		w.number(telling)
		w.text(s.Text)
	}
	w.text(r.Slug)
	w.text(r.Language)
	w.number(r.Body)
	w.number(uint64(r.Traits.OwnWords))
	w.instants(r.Published, r.Updated, r.FirstSeen, r.Place,
		r.Past.Stated, r.Past.Published, r.Past.Updated, r.Past.Since)
	w.number(r.Past.Material)
	w.b = append(w.b, r.Past.Changes)
	if flags&headAlone != 0 {
		w.number(uint64(own.Source))
		w.b = append(w.b, own.Key[:]...)
		w.apart(r.FirstSeen, own.Seen)
		w.text(own.Link)
		w.text(own.Title)
		w.text(own.Why)
	} else if flags&headMany != 0 {
		w.number(uint64(len(r.Sightings)))
		for i := range r.Sightings {
			w.sighting(&r.Sightings[i], r.FirstSeen)
		}
	}
	w.sketch(r.Traits.Sketch, r.Title)
	if flags&headRest == 0 {
		return w.b, nil
	}
	buf, err := c.marshal(&rest)
	if err != nil {
		return nil, err
	}
	defer c.buffers.Put(buf)
	return append(w.b, buf.Bytes()...), nil
}

// decodeHead is the inverse; raw is what follows the form byte.
func (c *codec) decodeHead(raw []byte, r *headRec) error {
	// One copy serves all texts: they live and die together.
	p := headReader{b: raw, s: string(raw), at: 1}
	if len(raw) == 0 {
		return fmt.Errorf("head: %w: it is empty", store.ErrCorrupt)
	}
	flags := raw[0]
	*r = headRec{Inferred: flags&headInferred != 0, Origin: flags >> headOrigin & 7}
	r.Traits.Home = flags&headHome != 0
	r.Link, r.Title = p.text(), p.text()
	r.Traits.IRI, r.ID, r.Traits.Canon = p.text(), p.text(), p.text()
	if n := p.length(); n > 0 {
		r.Traits.Slugs = make([]slugRec, n)
		for i := range r.Traits.Slugs {
			r.Traits.Slugs[i].Telling = p.number() == 1
			r.Traits.Slugs[i].Text = p.text()
		}
	}
	r.Slug, r.Language = p.text(), p.text()
	r.Body, r.Traits.OwnWords = p.number(), int(p.number())
	p.instants(&r.Published, &r.Updated, &r.FirstSeen, &r.Place,
		&r.Past.Stated, &r.Past.Published, &r.Past.Updated, &r.Past.Since)
	r.Past.Material = p.number()
	r.Past.Changes = p.byte()
	if flags&headAlone != 0 {
		own := sightingRec{Source: uint32(p.number())}
		copy(own.Key[:], p.take(len(feed.Key{})))
		own.Seen = p.apart(r.FirstSeen)
		own.Link, own.Title, own.Why = p.text(), p.text(), p.text()
		r.Sightings = []sightingRec{own}
	} else if flags&headMany != 0 {
		r.Sightings = make([]sightingRec, p.length())
		for i := range r.Sightings {
			r.Sightings[i] = p.sighting(r.FirstSeen)
		}
	}
	r.Traits.Sketch = p.sketch(r.Title)
	if p.bad {
		return fmt.Errorf("head: %w: it does not read", store.ErrCorrupt)
	}
	if flags&headRest == 0 {
		return nil
	}
	return c.decodeRest(raw[p.at:], r)
}

// decodeRest adds what encodeHead left to CBOR: fields that are zero in one of
// the two records.
func (c *codec) decodeRest(raw []byte, r *headRec) error {
	var rest headRec
	if err := c.dec.Unmarshal(raw, &rest); err != nil {
		return err
	}
	to, from := reflect.ValueOf(r).Elem(), reflect.ValueOf(&rest).Elem()
	for i := range to.NumField() {
		if !from.Field(i).IsZero() {
			to.Field(i).Set(from.Field(i))
		}
	}
	return nil
}

// headWriter appends to a record.
type headWriter struct{ b []byte }

func (w *headWriter) number(n uint64) { w.b = binary.AppendUvarint(w.b, n) }

// text writes a string: its length twice, plus one where the position of an
// earlier appearance follows instead of its bytes.
func (w *headWriter) text(s string) {
	if len(s) >= shortestRef {
		// Positions count from behind the form byte.
		if at := bytes.Index(w.b[1:], []byte(s)); at >= 0 {
			w.number(uint64(len(s))<<1 | 1)
			w.number(uint64(at))
			return
		}
	}
	w.number(uint64(len(s)) << 1)
	w.b = append(w.b, s...)
}

func (w *headWriter) sighting(sg *sightingRec, first int64) {
	home := byte(0)
	if sg.Home {
		home = 1
	}
	w.b = append(w.b, home)
	w.number(uint64(sg.Source))
	w.b = append(w.b, sg.Key[:]...)
	w.apart(first, sg.Seen)
	w.number(uint64(sg.Behind))
	w.text(sg.Link)
	w.text(sg.Title)
	w.text(sg.Why)
	w.number(uint64(len(sg.Tags)))
	for _, t := range sg.Tags {
		w.text(t.Term)
		w.text(t.Scheme)
		w.text(t.Label)
	}
}

// sketch writes a packed sketch, without its title where that is the folded
// title of the entry, as it nearly always is.
func (w *headWriter) sketch(packed []byte, title string) {
	if at, end := sketchTitle(packed); end > at && string(packed[at:end]) == identity.FoldTitle(title) {
		before := packed[:at-1] // a folded title is shorter than 128 bytes
		w.number(uint64(len(packed) - (end - at)))
		w.b = append(w.b, before[0]|sketchTitled)
		w.b = append(w.b, before[1:]...)
		w.b = append(w.b, 0)
		w.b = append(w.b, packed[end:]...)
		return
	}
	w.number(uint64(len(packed)))
	w.b = append(w.b, packed...)
}

// instants writes the first as it is and the others as differences from it,
// 0 where there is none.
func (w *headWriter) instants(first int64, others ...int64) {
	w.b = binary.AppendVarint(w.b, first)
	for _, o := range others {
		w.apart(first, o)
	}
}

func (w *headWriter) apart(first, other int64) {
	d := other - first
	switch {
	case other == 0:
		w.number(0)
	case d < 0:
		w.number(uint64(-d) << 1)
	default:
		w.number(uint64(d)<<1 | 1)
	}
}

// headReader reads a record; after anything that does not read it is bad and
// gives zeroes.
type headReader struct {
	b   []byte
	s   string
	at  int
	bad bool
}

func (p *headReader) number() uint64 {
	n, size := binary.Uvarint(p.b[p.at:])
	if size <= 0 {
		p.bad = true
		return 0
	}
	p.at += size
	return n
}

// length reads a number of things that are all still to come.
func (p *headReader) length() int {
	n := p.number()
	if n > uint64(len(p.b)-p.at) {
		p.bad = true
		return 0
	}
	return int(n)
}

func (p *headReader) byte() byte {
	if b := p.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (p *headReader) take(n int) []byte {
	if n > len(p.b)-p.at {
		p.bad = true
		return nil
	}
	p.at += n
	return p.b[p.at-n : p.at]
}

func (p *headReader) text() string {
	n := p.number()
	size := n >> 1
	from := uint64(p.at)
	if n&1 == 1 {
		from = p.number()
	}
	if from > uint64(len(p.s)) || size > uint64(len(p.s))-from {
		p.bad = true
		return ""
	}
	if n&1 == 0 {
		p.at += int(size)
	}
	return p.s[from : from+size]
}

func (p *headReader) sighting(first int64) sightingRec {
	sg := sightingRec{Home: p.byte() == 1, Source: uint32(p.number())}
	copy(sg.Key[:], p.take(len(feed.Key{})))
	sg.Seen, sg.Behind = p.apart(first), int(p.number())
	sg.Link, sg.Title, sg.Why = p.text(), p.text(), p.text()
	if n := p.length(); n > 0 {
		sg.Tags = make([]tagRec, n)
		for i := range sg.Tags {
			sg.Tags[i] = tagRec{Term: p.text(), Scheme: p.text(), Label: p.text()}
		}
	}
	return sg
}

// sketch reads a packed sketch, copying it.
func (p *headReader) sketch(title string) []byte {
	packed := p.take(p.length())
	if len(packed) == 0 {
		return nil
	}
	at, _ := sketchTitle(packed)
	if packed[0]&sketchTitled == 0 || at == 0 {
		return bytes.Clone(packed)
	}
	folded := identity.FoldTitle(title)
	whole := make([]byte, 0, len(packed)+len(folded))
	whole = append(whole, packed[0]&^sketchTitled)
	whole = append(whole, packed[1:at-1]...)
	whole = append(whole, byte(len(folded)))
	whole = append(whole, folded...)
	return append(whole, packed[at:]...)
}

func (p *headReader) instants(first *int64, others ...*int64) {
	*first = p.signed()
	for _, o := range others {
		*o = p.apart(*first)
	}
}

func (p *headReader) apart(first int64) int64 {
	switch n := p.number(); {
	case n == 0:
		return 0
	case n&1 == 0:
		return first - int64(n>>1)
	default:
		return first + int64(n>>1)
	}
}

func (p *headReader) signed() int64 {
	n, size := binary.Varint(p.b[p.at:])
	if size <= 0 {
		p.bad = true
		return 0
	}
	p.at += size
	return n
}
