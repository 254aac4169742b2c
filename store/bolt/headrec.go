package bolt

import (
	"fmt"

	"weir/feed"
	"weir/feed/identity"
)

// headRec is what identity and channels need of an entry. It is also the form
// in which an entry is worked on inside a transaction.
type headRec struct {
	Slug      string        `cbor:"1,keyasint,omitempty"`
	ID        string        `cbor:"2,keyasint,omitempty"`
	Published int64         `cbor:"3,keyasint,omitempty"`
	Inferred  bool          `cbor:"4,keyasint,omitempty"`
	Updated   int64         `cbor:"5,keyasint,omitempty"`
	FirstSeen int64         `cbor:"6,keyasint,omitempty"`
	Place     int64         `cbor:"7,keyasint,omitempty"`
	Body      uint64        `cbor:"8,keyasint,omitempty"`
	Title     string        `cbor:"9,keyasint,omitempty"`
	Link      string        `cbor:"10,keyasint,omitempty"`
	Language  string        `cbor:"11,keyasint,omitempty"`
	Sightings []sightingRec `cbor:"12,keyasint,omitempty"`
	Past      pastRec       `cbor:"13,keyasint,omitempty"`
	Traits    traitsRec     `cbor:"14,keyasint,omitempty"`
	State     uint8         `cbor:"15,keyasint,omitempty"`
	Since     int64         `cbor:"16,keyasint,omitempty"`
	Origin    uint8         `cbor:"17,keyasint,omitempty"`
	Base      string        `cbor:"18,keyasint,omitempty"`
	// Was is the state that a retired, withdrawn or blocked entry comes back to.
	Was uint8 `cbor:"24,keyasint,omitempty"`
	// Block is by which element an item forbids that its entry is published,
	// while it is blocked; empty where its feed as a whole does.
	Block string `cbor:"30,keyasint,omitempty"`
	// Bare says that the content is only what the owner's sighting said: the
	// next telling replaces it.
	Bare bool `cbor:"25,keyasint,omitempty"`
	// Leads is the entry that a joined one became a part of, Joined are those
	// that lead here.
	Leads  uint64   `cbor:"29,keyasint,omitempty"`
	Joined []uint64 `cbor:"27,keyasint,omitempty"`
	// Parted are sources of which the operator said that they do not tell this
	// story.
	Parted []uint32 `cbor:"28,keyasint,omitempty"`
	// Keys is how many keys the owner's item had before the present one.
	Keys uint8 `cbor:"26,keyasint,omitempty"`
}

// state returns the entry's state.
func (r *headRec) state() feed.EntryState { return feed.EntryState(r.State) }

// sightingRec is one source telling the story; the owner's own link, title and
// tags are those of the content and are not repeated.
type sightingRec struct {
	Source uint32   `cbor:"1,keyasint"`
	Key    feed.Key `cbor:"2,keyasint"`
	Seen   int64    `cbor:"3,keyasint"`
	Link   string   `cbor:"4,keyasint,omitempty"`
	Title  string   `cbor:"5,keyasint,omitempty"`
	Tags   []tagRec `cbor:"6,keyasint,omitempty"`
	Why    string   `cbor:"7,keyasint,omitempty"`
	// Home says that the link is at home with the source.
	Home bool `cbor:"8,keyasint,omitempty"`
	// Behind, of an owner that only stands in for sources that were away, says
	// how many of the sightings right behind it told the story before it.
	Behind int `cbor:"9,keyasint,omitempty"`
}

// plain reports whether a sole sighting is what heads write by hand.
func (r *sightingRec) plain() bool { return len(r.Tags) == 0 && !r.Home && r.Behind == 0 }

type pastRec struct {
	Material  uint64 `cbor:"1,keyasint,omitempty"`
	Stated    int64  `cbor:"2,keyasint,omitempty"`
	Published int64  `cbor:"3,keyasint,omitempty"`
	Updated   int64  `cbor:"4,keyasint,omitempty"`
	Changes   uint8  `cbor:"5,keyasint,omitempty"`
	Since     int64  `cbor:"6,keyasint,omitempty"`
}

func pastRecord(p identity.Past) pastRec {
	return pastRec{
		Material: p.Material, Stated: micros(p.Stated), Published: micros(p.Published),
		Updated: micros(p.Updated), Changes: p.Changes, Since: micros(p.Since),
	}
}

func (r pastRec) past() identity.Past {
	return identity.Past{
		Material: r.Material, Stated: instant(r.Stated), Published: instant(r.Published),
		Updated: instant(r.Updated), Changes: r.Changes, Since: instant(r.Since),
	}
}

type traitsRec struct {
	Canon    string    `cbor:"1,keyasint,omitempty"`
	IRI      string    `cbor:"2,keyasint,omitempty"`
	Slugs    []slugRec `cbor:"3,keyasint,omitempty"`
	Sketch   []byte    `cbor:"4,keyasint,omitempty"`
	Home     bool      `cbor:"5,keyasint,omitempty"`
	OwnWords int       `cbor:"6,keyasint,omitempty"`
}

type slugRec struct {
	Text    string `cbor:"1,keyasint"`
	Telling bool   `cbor:"2,keyasint,omitempty"`
}

func slugRecord(s feed.SlugCandidate) slugRec   { return slugRec(s) }
func (r slugRec) candidate() feed.SlugCandidate { return feed.SlugCandidate(r) }
func traitsRecord(t *feed.Traits) traitsRec {
	return traitsRec{
		Canon: t.Canon, IRI: t.IRI, Slugs: each(t.Slugs, slugRecord),
		Sketch: packSketch(&t.Sketch), Home: t.Home, OwnWords: t.OwnWords,
	}
}

func (r *traitsRec) traits() (feed.Traits, error) {
	t := r.names()
	var err error
	t.Sketch, err = unpackSketch(r.Sketch)
	return t, err
}

// names returns the traits without the sketch: enough to be found by.
func (r *traitsRec) names() feed.Traits {
	return feed.Traits{
		Canon: r.Canon, IRI: r.IRI, Slugs: each(r.Slugs, slugRec.candidate),
		Home: r.Home, OwnWords: r.OwnWords,
	}
}

// entry assembles what readers see of an entry.
func (r *headRec) entry(content *feed.Content, set *setup) (feed.Entry, error) {
	traits, err := r.Traits.traits()
	if err != nil {
		return feed.Entry{}, fmt.Errorf("entry %s: %w", r.Slug, err)
	}
	e := feed.Entry{
		Slug: r.Slug, Named: feed.Naming{Origin: feed.SlugOrigin(r.Origin), Base: r.Base}, ID: r.ID,
		Published: instant(r.Published), Inferred: r.Inferred, Updated: instant(r.Updated),
		FirstSeen: instant(r.FirstSeen), Place: instant(r.Place),
		State: r.state(), StateSince: instant(r.Since), Block: r.Block,
		Sightings: make([]feed.Sighting, 0, len(r.Sightings)),
		Content:   *content, Traits: traits,
	}
	for i := range r.Sightings {
		sg := &r.Sightings[i]
		src := set.source(sg.Source)
		if i > 0 && !src.listed {
			continue // it left: nothing of it is shown
		}
		e.Sightings = append(e.Sightings, feed.Sighting{
			Source: src.ID, Key: sg.Key, Seen: instant(sg.Seen),
			Link: sg.Link, Title: sg.Title, Tags: each(sg.Tags, tagRec.tag), Why: sg.Why,
		})
	}
	if len(e.Sightings) > 0 {
		own := &e.Sightings[0]
		own.Link, own.Title, own.Tags = content.Link, content.Title, content.Tags
	}
	return e, nil
}
