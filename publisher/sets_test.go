package publisher_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"weir/feed"
	"weir/publisher"
)

// setChannels are the ways in which sets are shown.
var setChannels = []publisher.Channel{
	{ID: "all"},
	{ID: "whole", AllExtensions: true},
	{ID: "brief", Summaries: true, Sort: publisher.ByPublished},
	{ID: "named", TitlePrefix: "[{source}] ", AllExtensions: true, Sort: publisher.ByUpdated},
}

// Nothing that feeds say breaks what is published: of so many sets of hostile
// entries, every document in every format is well-formed and says what was
// meant, read by programs that share nothing with the writers (S22, XD01 to
// XD04, XD12 to XD15, XG09).
func TestSets(t *testing.T) {
	first, n := uint64(0), uint64(2000)
	if testing.Short() {
		n = 200
	}
	if os.Getenv("WEIR_SET") != "" {
		first, n = number(t, "WEIR_SET"), 1
	}
	if os.Getenv("WEIR_SETS") != "" {
		n = number(t, "WEIR_SETS")
	}
	var next, failed, entries, documents, size, twice atomic.Uint64
	next.Store(first)
	begun := time.Now()
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			rig := newRig(t)
			for {
				i := next.Add(1) - 1
				if i >= first+n || failed.Load() >= 10 {
					return
				}
				s := newSet(i)
				want := meanings(s)
				docs, err := rig.publish(s)
				if err == nil {
					err = check(docs, want)
				}
				if err == nil && i%4 == 0 {
					// The publisher has read all of it so, too.
					err = errors.Join(tokens(docs["rss.xml"]), tokens(docs["atom.xml"]))
				}
				if err != nil {
					failed.Add(1)
					t.Errorf("seed %d, set %d (again: WEIR_SET=%d go test -run TestSets ./publisher): %v", setSeed, i, i, err)
				}
				for name, doc := range docs {
					keep(t, i, name, doc)
					size.Add(uint64(len(doc)))
				}
				documents.Add(uint64(len(docs)))
				entries.Add(uint64(len(s.window.Entries)))
				if s.twice {
					twice.Add(1)
				}
			}
		})
	}
	workers.Wait()
	t.Logf("%d sets of %d entries (%d with an id twice) in %d documents of %d bytes: %d failed, %.0f sets a second",
		n, entries.Load(), twice.Load(), documents.Load(), size.Load(), failed.Load(), float64(n)/time.Since(begun).Seconds())
}

func number(t *testing.T, name string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(os.Getenv(name), 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// keep writes a document to where WEIR_SETS_DIR says, for other programs to
// read.
func keep(t *testing.T, i uint64, name string, doc []byte) {
	dir := os.Getenv("WEIR_SETS_DIR")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.%s", i, name)), doc, 0o600); err != nil {
		t.Error(err)
	}
}

// rig publishes sets, one after the other.
type rig struct {
	shelf     *shelf
	publisher *publisher.Publisher
}

func newRig(t testing.TB) *rig {
	opt := options()
	opt.Channels, opt.Site.Tombstones = setChannels, true
	shelf := &shelf{windows: make(map[string]feed.Window), sources: described()}
	return &rig{shelf, newPublisher(t, opt, shelf)}
}

func (r *rig) publish(s *set) (map[string][]byte, error) {
	r.shelf.windows[s.channel], r.shelf.removed = s.window, s.removed
	docs, left, err := r.publisher.Feeds(context.Background(), s.channel)
	if err == nil && len(left) > 0 && !(s.twice && len(left) == 1) {
		err = fmt.Errorf("left out: %+v", left)
	}
	if err == nil && s.twice && len(left) == 0 {
		err = errors.New("an id that stands twice is not noticed")
	}
	return docs, err
}

// meanings is what the documents of a set are to say, by id.
func meanings(s *set) map[string]*meaning {
	var ch *publisher.Channel
	for i := range setChannels {
		if setChannels[i].ID == s.channel {
			ch = &setChannels[i]
		}
	}
	list := s.window.Entries
	if s.twice {
		list = list[1:] // what was there longer has the id
	}
	want := make(map[string]*meaning, len(list))
	for i := range list {
		m := meant(&list[i].Entry, ch)
		want[strings.TrimSpace(m.id)] = &m
	}
	return want
}

// check reads the documents and compares them with what was meant, and with
// each other.
func check(docs map[string][]byte, want map[string]*meaning) error {
	if len(docs) != 3 {
		return fmt.Errorf("%d documents", len(docs))
	}
	titles := make(map[string]string, len(want))
	for name, doc := range docs {
		list, err := sayings(name, string(doc))
		if err == nil && len(list) != len(want) {
			err = fmt.Errorf("%d entries; want %d", len(list), len(want))
		}
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, doc)
		}
		for i := range list {
			s := &list[i]
			id := strings.TrimSpace(s.id)
			m := want[id]
			if m == nil {
				return fmt.Errorf("%s: an entry %q\n%s", name, s.id, doc)
			}
			if err := m.holds(name, s); err != nil {
				return fmt.Errorf("%s, entry %q: %w\n%s", name, s.id, err, doc)
			}
			if title, ok := titles[id]; ok && title != s.title {
				return fmt.Errorf("%s, entry %q: title %q; elsewhere %q\n%s", name, s.id, s.title, title, doc)
			}
			titles[id] = s.title
		}
	}
	return nil
}

// tokens reads a document with encoding/xml.
func tokens(doc []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(doc))
	for {
		if _, err := dec.RawToken(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
