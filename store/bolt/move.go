package bolt

import (
	"weir/feed"
	"weir/feed/identity"
)

// maxGone bounds how many vanished items of one document are compared.
const maxGone = 1 << 11

// moves recognises items of a source under new keys: their old ones vanished
// from the document in the same poll (I9). Such an item is known from here on,
// as an edit of the entry that it was. Partial documents prove no absence
// (I19).
func (t *teller) moves(r *reading, items []*newcomer) {
	if r.report.Document.Partial || len(r.old.Known) == 0 {
		return
	}
	var news []*identity.Newcomer
	for _, n := range items {
		if _, known := t.ledger.sighting(sightOf(n.src.no, n.Item.Key)); !known {
			news = append(news, &n.Newcomer)
		}
	}
	if len(news) == 0 {
		return
	}
	holders, stories := t.gone(r)
	if len(holders) == 0 {
		return
	}
	for i, g := range identity.Moves(news, holders) {
		if g < 0 {
			continue
		}
		s, key := stories[g], news[i].Item.Key
		t.ledger.sightings[sightOf(r.src.no, key)] = s.seq
		s.owner().Key = key
		s.touch() // keys are published
	}
}

// gone returns the entries of a source whose items vanished from its document.
func (t *teller) gone(r *reading) (holders []identity.Holder, stories []*story) {
	seen := make(map[feed.Key]bool, len(r.report.Document.Seen))
	for _, k := range r.report.Document.Seen {
		seen[k.Key] = true
	}
	for i := range r.report.Document.Items {
		seen[r.report.Document.Items[i].Key] = true
	}
	for _, k := range r.old.Known {
		if seen[k.Key] || len(holders) == maxGone {
			continue
		}
		seq, ok := t.ledger.sighting(sightOf(r.src.no, k.Key))
		if !ok {
			continue
		}
		s, err := t.story(seq)
		if err != nil {
			t.f.skip(number(seq), err)
			continue
		}
		if o := s.owner(); o.Source != r.src.no || o.Key != k.Key {
			continue
		}
		if h, err := t.holder(s); err == nil {
			holders, stories = append(holders, h), append(stories, s)
		}
	}
	return holders, stories
}
