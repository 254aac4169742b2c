package identity

import (
	"crypto/sha256"
	"strconv"

	"weir/feed"
)

// keyVersion is hashed into every key. A new way to make keys needs a new one,
// and a migration: with other keys every item is new.
const keyVersion = "v1"

// keys chooses the key of every parsed item: the first kind that identifies it
// within the document. An item whose key under another kind is remembered from
// the last document keeps that one, so that a rule once chosen stays chosen
// when ids begin or cease to repeat (I7). An id that wanders from one item to
// another, as numbers of positions do, identifies neither.
func (p *preparer) keys(prior []feed.Known) {
	held, past := p.heldKeys(), pastKeys(prior)
	w := p.newWanderings(prior)
	for i := range p.doc.Items {
		it, d := &p.doc.Items[i], &p.drafts[i]
		it.Key, it.KeyKind = p.remembered(it, d, held, past)
		if it.KeyKind == feed.KeyNone && w.wandered(d) {
			it.Key, it.KeyKind = w.key(p, it, d, held)
		}
		if it.KeyKind == feed.KeyNone {
			it.Key, it.KeyKind = p.chosen(it, d, held)
		}
	}
	p.partDates()
	for i := range p.doc.Items {
		it := &p.doc.Items[i]
		if at := it.Position; at >= 0 && at < len(p.doc.Seen) {
			p.doc.Seen[at].Key = it.Key
		}
	}
}

// partDates gives items that share title and date keys of their content.
func (p *preparer) partDates() {
	first := make(map[feed.Key]int)
	for i := range p.doc.Items {
		it := &p.doc.Items[i]
		if it.KeyKind != feed.KeyTitleDate {
			continue
		}
		j, shared := first[it.Key]
		if !shared {
			first[it.Key] = i
			continue
		}
		for _, n := range [...]int{i, j} {
			it := &p.doc.Items[n]
			it.Key, _ = p.key(feed.KeyContent, it, &p.drafts[n])
			it.KeyKind = feed.KeyContent
		}
	}
}

// heldKeys maps the keys of the items that were not parsed to their hashes.
func (p *preparer) heldKeys() map[feed.Key]uint64 {
	var held map[feed.Key]uint64
	for at := range p.doc.Seen {
		if k := &p.doc.Seen[at]; !p.parsed[at] && !k.Key.IsZero() {
			if held == nil {
				held = make(map[feed.Key]uint64, len(p.doc.Seen))
			}
			held[k.Key] = k.Hash
		}
	}
	return held
}

// pastKeys finds what the last document held by its keys.
func pastKeys(prior []feed.Known) map[feed.Key]feed.Known {
	past := make(map[feed.Key]feed.Known, len(prior))
	for i := range prior {
		past[prior[i].Key] = prior[i]
	}
	return past
}

// remembered returns the key by which the last document knew this item: that
// one had the same link, and the same id unless the link alone is enough, and
// no other item of this document can be meant.
func (p *preparer) remembered(it *feed.Item, d *draft, held map[feed.Key]uint64, past map[feed.Key]feed.Known) (feed.Key, feed.KeyKind) {
	if len(past) == 0 {
		return feed.Key{}, feed.KeyNone
	}
	ownID := d.seen.ID != 0 && !p.repeated.id[d.seen.ID]
	ownLink := d.seen.Link != 0 && !p.repeated.link[d.seen.Link]
	for kind := feed.KeyID; kind <= feed.KeyContent; kind++ {
		if !ownID && !ownLink && kind <= feed.KeyLink {
			continue
		}
		key, ok := p.key(kind, it, d)
		if !ok {
			continue
		}
		k, known := past[key]
		if _, taken := held[key]; !known || taken {
			continue
		}
		if k.Link == d.seen.Link && (k.ID == d.seen.ID || ownLink) {
			return key, kind
		}
	}
	return feed.Key{}, feed.KeyNone
}

// chosen returns the key of the first kind that tells the item from the others
// of its document.
func (p *preparer) chosen(it *feed.Item, d *draft, held map[feed.Key]uint64) (feed.Key, feed.KeyKind) {
	for kind := feed.KeyID; kind < feed.KeyContent; kind++ {
		if kind == feed.KeyID && p.repeated.id[d.seen.ID] || kind == feed.KeyLink && p.repeated.link[d.seen.Link] {
			continue
		}
		key, ok := p.key(kind, it, d)
		if !ok {
			continue
		}
		if hash, taken := held[key]; taken && hash != it.Hash {
			continue
		}
		return key, kind
	}
	key, _ := p.key(feed.KeyContent, it, d)
	return key, feed.KeyContent
}

// key makes the item's key of one kind, if the item has what it takes. Dates
// are no part of a link's key: an edited one must not make a new item (I5).
func (p *preparer) key(kind feed.KeyKind, it *feed.Item, d *draft) (feed.Key, bool) {
	p.buf = append(p.buf[:0], keyVersion...)
	p.buf = append(p.buf, 0)
	switch kind {
	case feed.KeyID:
		if it.RawID == "" {
			return feed.Key{}, false
		}
		p.buf = append(p.buf, "id\x00"...)
		p.buf = append(p.buf, it.RawID...)
	case feed.KeyLink:
		if d.canon == "" {
			return feed.Key{}, false
		}
		p.buf = append(p.buf, "link\x00"...)
		p.buf = append(p.buf, d.canon...)
	case feed.KeyTitleDate:
		if it.Title == "" || it.Published.IsZero() {
			return feed.Key{}, false
		}
		p.buf = append(p.buf, "title-date\x00"...)
		p.buf = append(p.buf, it.Title...)
		p.buf = append(p.buf, 0)
		p.buf = strconv.AppendInt(p.buf, it.Published.UnixMicro(), 10)
	default:
		p.buf = append(p.buf, "content\x00"...)
		p.buf = appendContent(p.buf, &it.Content)
	}
	sum := sha256.Sum256(p.buf)
	return feed.Key(sum[:len(feed.Key{})]), true
}
