package publisher

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/andybalholm/brotli"
	"github.com/andybalholm/brotli/matchfinder"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"
)

const (
	// gzipLevel costs about a millisecond per 100 KB and is within a few per
	// cent of what the highest level gives.
	gzipLevel = 6
	// brotliLevel, of the writer's second kind, gives a twentieth less than gzip for
	// a third more time. The first kind takes thrice as long for 3 % less, which is
	// most of what a story costs that enters many channels.
	brotliLevel = 4
	// zstdWindow is how far back a client must remember: RFC 9659 allows 8 MiB.
	zstdWindow = 8 << 20
	// packFloor is the size under which compressing does not pay.
	packFloor = 1 << 10
	// morsel is how much is compressed before anybody can end it.
	morsel = 64 << 10
)

// packs is a body by coding; nil where that does not pay.
type packs [codings][]byte

// Coded returns the body in a content coding, "gzip", "br" or "zstd": nil where
// that does not pay, and until [Snapshot.Pack] has come to it.
func (d *Document) Coded(name string) []byte {
	done := d.coded()
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

// coded is the body compressed as far as that has come, nil at first.
func (d *Document) coded() *packs {
	if done := d.packed.Load(); done != nil {
		return done
	}
	return d.begun.Load()
}

// Pack compresses every document that is not compressed yet: all of them with
// gzip, which every client takes, and then with what takes longer. After each of
// the two, if there was something to do, it calls ready, which may be nil: more
// is there to be served, so the snapshot is to be handed to [Handler.Swap] again.
// A snapshot can be served without. Pack may be called more than once, and after
// an error, which is that of the context, goes on where it ended.
func (s *Snapshot) Pack(ctx context.Context, ready func()) error {
	for _, turn := range []struct {
		left func(*Document) bool
		pack func(*press, context.Context, *Document) error
	}{
		{func(d *Document) bool { return d.coded() == nil }, (*press).begin},
		{func(d *Document) bool { return d.packed.Load() == nil }, (*press).finish},
	} {
		var left []*Document
		for _, d := range s.All() {
			if d.Asset == nil && turn.left(d) {
				left = append(left, d)
			}
		}
		if len(left) == 0 {
			continue
		}
		if err := packAll(ctx, left, turn.pack); err != nil {
			return fmt.Errorf("compress documents: %w", err)
		}
		if ready != nil {
			ready()
		}
	}
	return nil
}

// packAll has as many hands compress as there are processors.
func packAll(ctx context.Context, list []*Document, pack func(*press, context.Context, *Document) error) error {
	hands, ctx := errgroup.WithContext(ctx)
	work := make(chan *Document)
	for range min(len(list), runtime.GOMAXPROCS(0)) {
		hands.Go(func() error {
			var p press
			for d := range work {
				if err := pack(&p, ctx, d); err != nil {
					return err
				}
			}
			return nil
		})
	}
	hands.Go(func() error {
		defer close(work)
		for _, d := range list {
			if err := ctx.Err(); err != nil {
				return err
			}
			select {
			case work <- d:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return hands.Wait()
}

// begin compresses a document with gzip.
func (p *press) begin(ctx context.Context, d *Document) error {
	done, err := p.pack(ctx, d.Body, []coding{gzipped})
	if err == nil {
		d.begun.Store(done)
	}
	return err
}

// finish compresses it in the other codings of its kind.
func (p *press) finish(ctx context.Context, d *Document) error {
	var others []coding
	for _, c := range d.kind.codings() {
		if c != gzipped {
			others = append(others, c)
		}
	}
	done, err := p.pack(ctx, d.Body, others)
	if err == nil {
		done[gzipped] = d.begun.Load()[gzipped]
		d.packed.Store(done)
	}
	return err
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
	brotli *matchfinder.Writer
	zstd   *zstd.Encoder
}

// pack returns a body in the given codings. An error is that of the context.
func (p *press) pack(ctx context.Context, body []byte, list []coding) (*packs, error) {
	var out packs
	if len(body) < packFloor {
		return &out, nil
	}
	for _, c := range list {
		packed, err := p.squeeze(ctx, body, c)
		if err != nil {
			return nil, err
		}
		if len(packed) < len(body) {
			out[c] = packed
		}
	}
	return &out, nil
}

func (p *press) squeeze(ctx context.Context, body []byte, c coding) (packed []byte, err error) {
	p.buf.Reset()
	switch c {
	case gzipped:
		if p.gzip == nil {
			if p.gzip, err = gzip.NewWriterLevel(&p.buf, gzipLevel); err != nil {
				return nil, err
			}
		}
		p.gzip.Reset(&p.buf)
		err = feedAll(ctx, p.gzip, body)
	case brotlied:
		if p.brotli == nil {
			p.brotli = brotli.NewWriterV2(&p.buf, brotliLevel)
		}
		p.brotli.Reset(&p.buf)
		err = feedAll(ctx, p.brotli, body)
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

// feedAll writes a body in morsels and closes the writer, unless ctx ends.
func feedAll(ctx context.Context, w io.WriteCloser, body []byte) error {
	for piece := range slices.Chunk(body, morsel) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	return w.Close()
}
