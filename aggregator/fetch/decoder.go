package fetch

import (
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds what a zstd frame may make the decoder remember: what RFC
// 9659 §3 allows in HTTP. Brotli's own bound is 16 MiB (RFC 7932 §9.1), gzip's
// 32 KiB.
const maxWindow = 8 << 20

// decoder returns a reader of what src holds in the coding, from the pools, and
// a function that gives it back.
func (c *Client) decoder(coding string, src io.Reader) (io.Reader, func(), error) {
	switch coding {
	case "gzip":
		return c.gunzip(src)
	case "br":
		return c.unbrotli(src)
	case "zstd":
		return c.unzstd(src)
	}
	return src, func() {}, nil
}

func (c *Client) gunzip(src io.Reader) (io.Reader, func(), error) {
	z, ok := c.gzips.Get().(*gzip.Reader)
	if !ok {
		z = new(gzip.Reader)
	}
	done := func() { c.gzips.Put(z) }
	if err := z.Reset(src); err != nil {
		done()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, nil, err
	}
	return z, done, nil
}

func (c *Client) unbrotli(src io.Reader) (io.Reader, func(), error) {
	b, ok := c.brotlis.Get().(*brotli.Reader)
	if !ok {
		b = new(brotli.Reader)
	}
	if err := b.Reset(src); err != nil {
		return nil, nil, err
	}
	return b, func() { c.brotlis.Put(b) }, nil
}

// unzstd makes decoders of one goroutine each, its caller's, which need not be
// closed.
func (c *Client) unzstd(src io.Reader) (io.Reader, func(), error) {
	d, ok := c.zstds.Get().(*zstd.Decoder)
	if !ok {
		var err error
		d, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, err
		}
	}
	if err := d.Reset(src); err != nil {
		return nil, nil, err
	}
	return d, func() { c.zstds.Put(d) }, nil
}
