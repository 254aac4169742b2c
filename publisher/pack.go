package publisher

import (
	"bytes"
	"context"
	"fmt"
	"runtime"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"
)

const (
	// gzipLevel costs about a millisecond per 100 KB and is within a few per
	// cent of what the highest level gives.
	gzipLevel = 6
	// brotliLevel gives a tenth less than gzip for three times as long; higher
	// levels cost more than they save.
	brotliLevel = 5
	// zstdWindow is how far back a client must remember: RFC 9659 allows 8 MiB.
	zstdWindow = 8 << 20
	// packFloor is the size under which compressing does not pay.
	packFloor = 1 << 10
)

// packs is a body by coding; nil where that does not pay.
type packs [codings][]byte

// Coded returns the body in a content coding, "gzip", "br" or "zstd": nil where
// that does not pay, and until [Snapshot.Pack] has come to it.
func (d *Document) Coded(name string) []byte {
	done := d.packed.Load()
	if done == nil {
		return nil
	}
	for c := gzipped; c < codings; c++ {
		if c.name() == name {
			return done[c]
		}
	}
	return nil
}

// Pack compresses every document that is not compressed yet, and reports whether
// there was one. A snapshot can be served without; once it is packed it is to be
// handed to [Handler.Swap] again. It may be called more than once, and after an
// error, which is that of the context, goes on where it ended.
func (s *Snapshot) Pack(ctx context.Context) (news bool, err error) {
	var left []*Document
	for _, d := range s.All() {
		if d.Asset == nil && d.packed.Load() == nil {
			left = append(left, d)
		}
	}
	if len(left) == 0 {
		return false, nil
	}
	hands, ctx := errgroup.WithContext(ctx)
	work := make(chan *Document)
	for range min(len(left), runtime.GOMAXPROCS(0)) {
		hands.Go(func() error { return packAll(ctx, work) })
	}
	hands.Go(func() error {
		defer close(work)
		for _, d := range left {
			select {
			case work <- d:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	if err := hands.Wait(); err != nil {
		return false, fmt.Errorf("compress documents: %w", err)
	}
	return true, nil
}

func packAll(ctx context.Context, work <-chan *Document) error {
	var p press
	for d := range work {
		if err := ctx.Err(); err != nil {
			return err
		}
		done, err := p.pack(d.Body, d.kind.codings())
		if err != nil {
			return err
		}
		d.packed.Store(done)
	}
	return nil
}

// codings are those that documents of a kind are compressed to: whatever is
// asked for seldom has gzip alone.
func (k kind) codings() []coding {
	if k == kindArchive {
		return []coding{gzipped}
	}
	return []coding{gzipped, brotlied, zstded}
}

// press compresses. The same bytes always give the same bytes: no header
// carries a name or a time. The zero value is ready for use.
type press struct {
	buf    bytes.Buffer
	gzip   *gzip.Writer
	brotli *brotli.Writer
	zstd   *zstd.Encoder
}

// pack returns a body in the given codings.
func (p *press) pack(body []byte, list []coding) (*packs, error) {
	var out packs
	if len(body) < packFloor {
		return &out, nil
	}
	for _, c := range list {
		packed, err := p.squeeze(body, c)
		if err != nil {
			return nil, err
		}
		if len(packed) < len(body) {
			out[c] = packed
		}
	}
	return &out, nil
}

func (p *press) squeeze(body []byte, c coding) (packed []byte, err error) {
	p.buf.Reset()
	switch c {
	case gzipped:
		if p.gzip == nil {
			if p.gzip, err = gzip.NewWriterLevel(&p.buf, gzipLevel); err != nil {
				return nil, err
			}
		}
		p.gzip.Reset(&p.buf)
		if _, err = p.gzip.Write(body); err == nil {
			err = p.gzip.Close()
		}
	case brotlied:
		if p.brotli == nil {
			p.brotli = brotli.NewWriterLevel(&p.buf, brotliLevel)
		}
		p.brotli.Reset(&p.buf)
		if _, err = p.brotli.Write(body); err == nil {
			err = p.brotli.Close()
		}
	case zstded:
		if p.zstd == nil {
			p.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow))
			if err != nil {
				return nil, err
			}
		}
		return p.zstd.EncodeAll(body, nil), nil
	}
	if err != nil {
		return nil, err
	}
	return bytes.Clone(p.buf.Bytes()), nil
}
