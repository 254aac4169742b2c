package publisher

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/klauspost/compress/gzip"
)

const (
	// gzipLevel costs about a millisecond per 100 KB and is within a few per
	// cent of what the highest level gives.
	gzipLevel = 6
	// gzipFloor is the size under which compressing does not pay.
	gzipFloor = 1 << 10
)

// press compresses documents. The same bytes always give the same bytes: the
// header carries neither a name nor a time.
type press struct {
	buf bytes.Buffer
	zip *gzip.Writer
}

// gzip returns the body compressed, or nil where that does not pay.
func (p *press) gzip(body []byte) ([]byte, error) {
	if len(body) < gzipFloor {
		return nil, nil
	}
	p.buf.Reset()
	if p.zip == nil {
		zip, err := gzip.NewWriterLevel(&p.buf, gzipLevel)
		if err != nil {
			return nil, err
		}
		p.zip = zip
	} else {
		p.zip.Reset(&p.buf)
	}
	if _, err := p.zip.Write(body); err != nil {
		return nil, err
	}
	if err := p.zip.Close(); err != nil {
		return nil, err
	}
	if p.buf.Len() >= len(body) {
		return nil, nil
	}
	return bytes.Clone(p.buf.Bytes()), nil
}

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
func (p *Publisher) document(path string, kind kind, media string, body []byte, revision uint64, modified time.Time) (*Document, error) {
	old := p.before(path)
	if old != nil && bytes.Equal(old.Body, body) && old.Type == media {
		return old, nil
	}
	zipped, err := p.press.gzip(body)
	if err != nil {
		return nil, fmt.Errorf("compress %s: %w", path, err)
	}
	modified = modified.UTC().Truncate(time.Second)
	if old != nil && !modified.After(old.Modified) {
		modified = old.Modified.Add(time.Second)
	}
	sum := sha256.Sum256(body)
	return &Document{
		Type: media, Body: body, Gzip: zipped, Modified: modified, kind: kind,
		ETag: fmt.Sprintf(`"%d-%s"`, revision, hex.EncodeToString(sum[:8])),
	}, nil
}
