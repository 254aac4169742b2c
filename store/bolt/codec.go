package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"sync"

	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"go.etcd.io/bbolt"

	"weir/store"
)

// The first byte of every record says how the rest is written. Append only.
const (
	formCBOR byte = 1
	formZstd byte = 2
	formS2   byte = 3
	formHead byte = 4
	// formMerge is a staged entry that is none (see merge).
	formMerge byte = 5
)

// packFrom is the length from which on a record is compressed, by zstd: S2 takes
// a third of the time and leaves a third more, which is too much of a store of
// millions. What S2 packed is still read.
const packFrom = 1 << 9

// maxUnpacked bounds what one record may unpack to: far above the limits on
// what is read from outside, far below what would hurt.
const maxUnpacked = 64 << 20

// sumSize is the length of the checksum that ends every record.
const sumSize = 4

// codec writes and reads records: a form byte, CBOR with integer keys, perhaps
// compressed, and a CRC32C over record and key, because bbolt itself notices
// only one flipped bit in two hundred (XK15). A record that was written under
// another key fails as well.
type codec struct {
	enc     cbor.UserBufferEncMode
	dec     cbor.DecMode
	sums    *crc32.Table
	pack    func() (*zstd.Encoder, error)
	unpack  func() (*zstd.Decoder, error)
	buffers sync.Pool
}

func newCodec() (*codec, error) {
	enc, err := cbor.EncOptions{}.UserBufferEncMode()
	if err != nil {
		return nil, fmt.Errorf("record encoder: %w", err)
	}
	dec, err := cbor.DecOptions{
		MaxNestedLevels:  512,
		MaxArrayElements: 1 << 24,
		UTF8:             cbor.UTF8DecodeInvalid,
	}.DecMode()
	if err != nil {
		return nil, fmt.Errorf("record decoder: %w", err)
	}
	return &codec{
		enc:  enc,
		dec:  dec,
		sums: crc32.MakeTable(crc32.Castagnoli),
		// An idle poll compresses nothing, so neither is made before its use.
		pack: sync.OnceValues(func() (*zstd.Encoder, error) {
			return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
				zstd.WithEncoderCRC(false))
		}),
		unpack: sync.OnceValues(func() (*zstd.Decoder, error) {
			return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0),
				zstd.WithDecoderMaxMemory(maxUnpacked))
		}),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}, nil
}

// encode returns a record that is not yet sealed, in memory of its own.
func (c *codec) encode(v any) ([]byte, error) {
	buf, err := c.marshal(v)
	if err != nil {
		return nil, err
	}
	defer c.buffers.Put(buf)
	return c.plain(buf.Bytes()), nil
}

// encodePacked is encode for records that may be large.
func (c *codec) encodePacked(v any) ([]byte, error) {
	buf, err := c.marshal(v)
	if err != nil {
		return nil, err
	}
	defer c.buffers.Put(buf)
	form, packed, err := c.squeeze(buf)
	if err != nil {
		return nil, err
	}
	record := make([]byte, 1, 1+len(packed)+sumSize)
	record[0] = form
	return append(record, packed...), nil
}

// squeeze compresses what is in the buffer, as far as it pays. The result lies
// behind it in the same memory, so that the record is no longer than it must
// be.
func (c *codec) squeeze(buf *bytes.Buffer) (form byte, packed []byte, err error) {
	size := buf.Len()
	if size < packFrom {
		return formCBOR, buf.Bytes(), nil
	}
	pack, err := c.pack()
	if err != nil {
		return 0, nil, fmt.Errorf("compress record: %w", err)
	}
	buf.Grow(size)
	packed = pack.EncodeAll(buf.Bytes(), buf.AvailableBuffer())
	if len(packed) >= size {
		return formCBOR, buf.Bytes(), nil
	}
	return formZstd, packed, nil
}

func (c *codec) marshal(v any) (*bytes.Buffer, error) {
	buf := c.buffers.Get().(*bytes.Buffer)
	buf.Reset()
	if err := c.enc.MarshalToBuffer(v, buf); err != nil {
		return nil, fmt.Errorf("encode record: %w", err)
	}
	return buf, nil
}

func (c *codec) plain(raw []byte) []byte {
	record := make([]byte, 1, 1+len(raw)+sumSize)
	record[0] = formCBOR
	return append(record, raw...)
}

// put seals a record and writes it.
func (c *codec) put(b *bbolt.Bucket, key, record []byte) error {
	return b.Put(key, c.seal(key, record))
}

// seal appends the checksum.
func (c *codec) seal(key, record []byte) []byte {
	return binary.BigEndian.AppendUint32(record, c.sum(key, record))
}

func (c *codec) sum(key, record []byte) uint32 {
	return crc32.Update(crc32.Update(0, c.sums, record), c.sums, key)
}

// verify returns a sealed value's record, which lives as long as the value.
func (c *codec) verify(key, value []byte) ([]byte, error) {
	if len(value) < 1+sumSize {
		return nil, fmt.Errorf("record %x: %w: too short", key, store.ErrCorrupt)
	}
	record := value[:len(value)-sumSize]
	if c.sum(key, record) != binary.BigEndian.Uint32(value[len(record):]) {
		return nil, fmt.Errorf("record %x: %w: checksum does not match", key, store.ErrCorrupt)
	}
	return record, nil
}

// decode verifies a value and reads it into v, copying everything.
func (c *codec) decode(key, value []byte, v any) error {
	record, err := c.verify(key, value)
	if err != nil {
		return err
	}
	raw := record[1:]
	if head, ok := v.(*headRec); ok && record[0] == formHead {
		if err := c.decodeHead(raw, head); err != nil {
			return fmt.Errorf("record %x: %w", key, err)
		}
		return nil
	}
	if record[0] != formCBOR {
		buf := c.buffers.Get().(*bytes.Buffer)
		defer c.buffers.Put(buf)
		if raw, err = c.expand(record[0], raw, buf); err != nil {
			return fmt.Errorf("record %x: %w: %w", key, store.ErrCorrupt, err)
		}
	}
	if err := c.dec.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("record %x: %w: %w", key, store.ErrCorrupt, err)
	}
	return nil
}

// recordError is a damaged record and where it lies.
type recordError struct {
	where damaged
	err   error
}

func (e *recordError) Error() string { return e.err.Error() }
func (e *recordError) Unwrap() error { return e.err }

// damaged says where a record lies: under a key of a top-level bucket. A body
// is named by its entry, which says who can send it again.
type damaged struct{ bucket, key string }

// decodeAt is decode for a record of a bucket: the error says which it is.
func (c *codec) decodeAt(bucket, key, value []byte, v any) error {
	if err := c.decode(key, value, v); err != nil {
		return &recordError{damaged{string(bucket), string(key)}, err}
	}
	return nil
}

// expand decompresses into the memory of a buffer, which keeps what grew for
// the next record.
func (c *codec) expand(form byte, packed []byte, buf *bytes.Buffer) ([]byte, error) {
	buf.Reset()
	switch form {
	case formS2:
		size, err := s2.DecodedLen(packed)
		if err != nil || size > maxUnpacked {
			return nil, fmt.Errorf("length %d: %w", size, err)
		}
		buf.Grow(size)
		room := buf.AvailableBuffer()
		return s2.Decode(room[:cap(room)], packed)
	case formZstd:
		unpack, err := c.unpack()
		if err != nil {
			return nil, err
		}
		raw, err := unpack.DecodeAll(packed, buf.AvailableBuffer())
		buf.Write(raw)
		return raw, err
	}
	return nil, fmt.Errorf("unknown form %d", form)
}
