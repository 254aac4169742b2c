package publisher

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// before is the document that a path had, nil if it had none.
func (p *Publisher) before(path string) *Document {
	if p.last == nil {
		return nil
	}
	return p.last.docs[path]
}

// document makes the document of a path. Where its bytes are the previous
// one's it is the previous one, tag and date included; where they are not, its
// date is later than the previous one's, for subscribers who go by the date
// alone (S8).
func (p *Publisher) document(path string, kind kind, media string, body []byte, revision uint64, modified time.Time) *Document {
	old := p.before(path)
	if old.is(media, body) {
		return old
	}
	return newDocument(old, kind, media, body, revision, modified)
}

// is reports whether a document, if there is one, has these bytes.
func (d *Document) is(media string, body []byte) bool {
	return d != nil && bytes.Equal(d.Body, body) && d.Type == media
}

// newDocument makes a document that takes the place of an old one, if there is
// one. Without a date it has none.
func newDocument(old *Document, kind kind, media string, body []byte, revision uint64, modified time.Time) *Document {
	modified = modified.UTC().Truncate(time.Second)
	if old != nil && !modified.IsZero() && !modified.After(old.Modified) {
		modified = old.Modified.Add(time.Second)
	}
	sum := sha256.Sum256(body)
	return &Document{
		Type: media, Body: body, Modified: modified, kind: kind,
		ETag: fmt.Sprintf(`"%d-%s"`, revision, hex.EncodeToString(sum[:8])),
	}
}
