package bolt

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"go.etcd.io/bbolt"
)

// The layout of bbolt's pages, in the machine's byte order. A page begins with
// its number, kind, count of elements and count of pages that continue it; a
// branch's element ends with the page it leads to, and a leaf's element says
// whether its value is the head of a bucket, which begins with its root.
const (
	pageKind     = 8
	pageLength   = 10
	pageOverflow = 12
	pageHead     = 16
	element      = 16
	branchChild  = 8
	leafPos      = 4
	leafKey      = 8
	bucketHead   = 16

	branchPage = 0x01
	leafPage   = 0x02
	bucketLeaf = 0x01
)

// pages checks the file's structure. bbolt does so in a goroutine of its own,
// where a fault ends the process and a page that claims to be billions of
// pages long, or that leads back to itself, ends the memory (XK10, XK11, XK14):
// therefore everything is walked through before, where it is an error.
func (c *checker) pages() {
	high := int(c.tx.Size()) / c.tx.DB().Info().PageSize
	for id := 0; id < high; id++ {
		info, err := c.tx.Page(id)
		if err != nil {
			c.found("page %d: %v", id, err)
			return
		}
		if info.Type == "free" {
			continue
		}
		if info.OverflowCount < 0 || info.OverflowCount >= high-id {
			c.found("page %d: it ends behind the file", id)
			return
		}
		id += info.OverflowCount
	}
	if err := walkPages(c.f.path, c.tx.ID()); err != nil {
		c.found("%v", err)
		return
	}
	var touched byte
	err := c.tx.ForEach(func(_ []byte, b *bbolt.Bucket) error { return touch(b, &touched) })
	if err != nil {
		c.found("pages: %v", err)
		return
	}
	for err := range c.tx.Check() {
		c.found("pages: %v", err)
	}
}

// touch reads every key and value below a bucket.
func touch(b *bbolt.Bucket, touched *byte) error {
	return b.ForEach(func(k, v []byte) error {
		if v == nil {
			return touch(b.Bucket(k), touched)
		}
		for _, part := range [][]byte{k, v} {
			if len(part) > 0 {
				*touched ^= part[0] ^ part[len(part)-1]
			}
		}
		return nil
	})
}

// walkPages follows every page from the root of the file's newest transaction,
// which must be txid, and finds those that are reached twice: a cursor on a
// page that leads back to itself never ends.
func walkPages(path string, txid int) error {
	f, err := os.Open(path)
	if err != nil {
		return unnamed(err)
	}
	defer f.Close()
	newest, err := newestMeta(f)
	if err != nil {
		return err
	}
	if newest.txid != uint64(txid) {
		return fmt.Errorf("transaction %d is read while the file holds %d", txid, newest.txid)
	}
	w := pageWalk{f: f, size: newest.pageSize, high: newest.high, seen: make([]bool, newest.high), open: []uint64{newest.root}}
	for len(w.open) > 0 {
		id := w.open[len(w.open)-1]
		w.open = w.open[:len(w.open)-1]
		if err := w.page(id); err != nil {
			return fmt.Errorf("page %d: %w", id, err)
		}
	}
	return nil
}

// pageWalk is a walk over all pages that are reached.
type pageWalk struct {
	f    io.ReaderAt
	size int64
	high uint64
	seen []bool
	open []uint64
	room []byte
}

// page reads one page and puts those that it leads to on the list.
func (w *pageWalk) page(id uint64) error {
	if id < 2 || id >= w.high {
		return fmt.Errorf("it is none of the file's %d pages", w.high)
	}
	p, err := w.read(id, 1)
	if err != nil {
		return err
	}
	order := binary.NativeEndian
	long := uint64(order.Uint32(p[pageOverflow:])) + 1
	if long > w.high-id {
		return fmt.Errorf("it ends behind the file")
	}
	for i := range long {
		if w.seen[id+i] {
			return fmt.Errorf("it is reached twice")
		}
		w.seen[id+i] = true
	}
	kind, count := order.Uint16(p[pageKind:]), int64(order.Uint16(p[pageLength:]))
	if kind != branchPage && kind != leafPage {
		return fmt.Errorf("it is neither a branch nor a leaf")
	}
	if long > 1 {
		if p, err = w.read(id, int64(long)); err != nil {
			return err
		}
	}
	if pageHead+count*element > int64(len(p)) {
		return fmt.Errorf("it has no room for %d elements", count)
	}
	for i := range count {
		e := p[pageHead+i*element:]
		if kind == branchPage {
			w.open = append(w.open, order.Uint64(e[branchChild:]))
		} else if err := w.leaf(e); err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	return nil
}

// leaf follows an element that is a bucket of its own; e reaches to the end of
// the page. A bucket without a root page lies in the value and holds no other.
func (w *pageWalk) leaf(e []byte) error {
	order := binary.NativeEndian
	if order.Uint32(e)&bucketLeaf == 0 {
		return nil
	}
	at := int64(order.Uint32(e[leafPos:])) + int64(order.Uint32(e[leafKey:]))
	if at+bucketHead > int64(len(e)) {
		return fmt.Errorf("its bucket lies behind the page")
	}
	if root := order.Uint64(e[at:]); root != 0 {
		w.open = append(w.open, root)
	}
	return nil
}

// read reads so many pages, valid until the next read.
func (w *pageWalk) read(id uint64, n int64) ([]byte, error) {
	if need := n * w.size; int64(cap(w.room)) < need {
		w.room = make([]byte, need)
	}
	p := w.room[:n*w.size]
	_, err := w.f.ReadAt(p, int64(id)*w.size)
	return p, err
}
