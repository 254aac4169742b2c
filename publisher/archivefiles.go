package publisher

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"weir/feed"
)

// pageJob is a spot of a channel's history to be written: an archive in all
// formats, or a page.
type pageJob struct {
	chain *chain
	at    spot
	// dir is where its files lie.
	dir string
}

// names are the files that it may come to.
func (j *pageJob) names() (names []string) {
	for _, name := range j.at.names(&j.chain.ch) {
		names = append(names, j.dir+name, j.dir+name+gzipped.suffix())
	}
	return names
}

// planArchives finds which archives and older pages have to be written. One that was
// written from what it would be made from now is left as it is, unread: there
// may be thousands.
func (w *writer) planArchives(s *Snapshot) error {
	roster, err := s.history.roster()
	if err != nil {
		return err
	}
	for _, dir := range slices.Sorted(maps.Keys(s.history.chains)) {
		c := s.history.chains[dir]
		first := c.firstFile()
		known, err := s.history.p.reader.Pages(c.ch.ID, first)
		if err != nil {
			return err
		}
		plan := func(at spot, from feed.Page) error {
			return w.plan(s, pageJob{chain: c, at: at, dir: dir + at.dir()}, c.state(s, roster, at, from, first))
		}
		for _, page := range known {
			if page.Number > c.pages {
				break // It was filled after the snapshot was made.
			}
			if err := errors.Join(plan(spot{page: page.Number}, page), plan(spot{page: page.Number, shown: true}, page)); err != nil {
				return err
			}
		}
		// What is not full yet changes with every entry.
		changing := feed.Page{Revision: c.revision}
		if c.bridge.part > 0 {
			if err := plan(c.bridge, changing); err != nil {
				return err
			}
		}
		if c.shown > c.pages {
			if err := plan(spot{page: c.shown, shown: true}, changing); err != nil {
				return err
			}
		}
	}
	return nil
}

// state stands for all that a spot's documents are made from.
func (c *chain) state(s *Snapshot, roster string, at spot, from feed.Page, first int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s %d %d %t %t", layout, s.digest, roster, from.Entries, from.Revision,
		at.part == 0 && at.page < c.last(at), at.page > first))
	return hex.EncodeToString(sum[:8])
}

// roster stands for what the sources are called and where they are.
func (h *history) roster() (string, error) {
	sum := sha256.New()
	enc := h.p.digests.NewEncoder(sum)
	for _, id := range slices.Sorted(maps.Keys(h.sources.byID)) {
		out := h.sources.byID[id]
		p := &out.Profile
		if err := enc.Encode([]any{out.ID, out.Title, out.Feed, out.Home, out.IRI, p.Authors, p.Rights, p.Subtitle, p.Language, p.Icon, p.Logo}); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

// plan takes a page over, or has it written.
func (w *writer) plan(s *Snapshot, job pageJob, state string) error {
	w.pages[job.dir] = state
	if w.old.Complete && w.old.Pages[job.dir] == state && w.takeOver(&job) {
		return nil
	}
	if at := w.obstacle(path.Clean(job.dir)); at != "" {
		return foreign(at)
	}
	for _, name := range job.names() {
		_, err := w.root.Lstat(name)
		if _, ours := w.old.Files[name]; ours || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		// Whose it is shows only by what it holds.
		files, err := job.files(s)
		if err != nil {
			return err
		}
		if f := files[name]; f == nil || !w.holds(name, f) {
			return foreign(name)
		}
	}
	w.jobs = append(w.jobs, job)
	return nil
}

// takeOver wants the page's files as they are, and reports whether they are
// there.
func (w *writer) takeOver(job *pageJob) bool {
	kept := make(map[string]*file, 6)
	for _, name := range job.names() {
		sum, ours := w.old.Files[name]
		if !ours && strings.HasSuffix(name, gzipped.suffix()) {
			continue // It did not pay.
		}
		raw, err := hex.DecodeString(sum)
		if err != nil || len(raw) != sha256.Size {
			return false
		}
		if info, err := w.root.Lstat(name); err != nil || !info.Mode().IsRegular() {
			return false
		}
		kept[name] = &file{sum: [sha256.Size]byte(raw), done: true}
	}
	maps.Copy(w.wanted, kept)
	return true
}

// files makes a page's documents.
func (j *pageJob) files(s *Snapshot) (map[string]*file, error) {
	docs, err := s.history.archive(j.chain, j.at, j.chain.firstFile(), nil)
	if err != nil {
		return nil, err
	}
	files := make(map[string]*file, 2*len(docs))
	for name, d := range docs {
		files[j.dir+name] = &file{body: d.Body, sum: sha256.Sum256(d.Body)}
		if packed := d.Coded("gzip"); packed != nil {
			files[j.dir+name+gzipped.suffix()] = &file{body: packed, sum: sha256.Sum256(packed)}
		}
	}
	return files, nil
}

// writeArchives writes one spot after the other, so that none of them is kept
// in memory for longer.
func (w *writer) writeArchives(ctx context.Context, s *Snapshot) error {
	for i := range w.jobs {
		files, err := w.jobs[i].files(s)
		if err != nil {
			return err
		}
		maps.Copy(w.wanted, files)
		var names []string
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if !w.holds(name, files[name]) {
				names = append(names, name)
			}
		}
		if _, err := w.writeAll(ctx, names); err != nil {
			return err
		}
		for _, f := range files {
			f.body, f.done = nil, true
		}
	}
	return nil
}
