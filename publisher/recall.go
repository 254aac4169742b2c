package publisher

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"time"

	"weir/feed"
)

// Bounds on what is read of an output folder.
const (
	maxRecalled = 1 << 30   // bytes of all documents together
	maxDocument = 128 << 20 // bytes of one
)

// Recall reads back what the JSON documents in dir, which an earlier run wrote
// there, remember of their entries, so that a store that was lost repeats
// nothing (J10), and the manifest of what was removed, so that it stays away. There is nothing where no run wrote. From its return on the
// folder counts as unfinished, so that [Current] does not take the documents of
// the lost store for those of its successor.
//
// Documents that are not as they were written tell nothing, and neither does
// an item that no entry could have been.
func Recall(dir string) ([]feed.Seed, error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil, nil // nobody published here
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("recall %s: %w", dir, err)
	}
	defer root.Close()
	m, err := readManifest(root)
	if err != nil {
		return nil, fmt.Errorf("recall %s: %w", dir, err)
	}
	r := recollection{root: root, manifest: m, left: maxRecalled, slugs: make(map[string]bool), ids: make(map[string]bool), gone: make(map[feed.Telling]bool)}
	r.removals()
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		// What only archives hold is left to them: some of it was never anywhere
		// else, and would be news.
		if path.Base(name) == "feed.json" && path.Base(path.Dir(path.Dir(name))) != "archive" {
			r.document(name)
		}
	}
	if m.Complete {
		if err := distrust(root, dir, m); err != nil {
			return nil, fmt.Errorf("recall %s: %w", dir, err)
		}
	}
	return r.seeds, nil
}

// distrust has the manifest say that what the files hold is not known.
func distrust(root *os.Root, dir string, m *manifest) error {
	m.Complete = false
	body, err := m.bytes()
	if err != nil {
		return err
	}
	w := &writer{root: root, dir: dir, touched: make(map[string]bool)}
	if err := w.write(manifestName, &file{body: body}); err != nil {
		return err
	}
	return w.syncDirs()
}

// recollection gathers seeds of several documents, which list the same entry
// again.
type recollection struct {
	root       *os.Root
	manifest   *manifest
	left       int64
	seeds      []feed.Seed
	slugs, ids map[string]bool
	// gone are the tellings of what the operator removed.
	gone map[feed.Telling]bool
}

// removals reads what the manifest remembers to have been removed.
func (r *recollection) removals() {
	for i := range r.manifest.Removed[:min(len(r.manifest.Removed), maxRemembered)] {
		seed := r.manifest.Removed[i].seed()
		if !seed.Valid() {
			continue
		}
		r.seeds = append(r.seeds, seed)
		for _, t := range seed.Tellings {
			r.gone[t] = true
		}
	}
}

// document reads one document. What ails it costs what it would have told.
func (r *recollection) document(name string) {
	in, err := r.root.Open(name)
	if err != nil {
		return
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > min(r.left, maxDocument) || !r.ours(in, name) {
		return
	}
	r.left -= info.Size()
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return
	}
	d := json.NewDecoder(io.LimitReader(in, maxDocument))
	for depth := 0; ; {
		token, err := d.Token()
		switch {
		case err != nil:
			return
		case token == json.Delim('{'), token == json.Delim('['):
			depth++
		case token == json.Delim('}'), token == json.Delim(']'):
			depth--
		case token == "items" && depth == 1:
			r.items(d)
			return
		}
	}
}

// ours reports whether a document is as an earlier run wrote it. While files
// are being written nobody knows which of two it is.
func (r *recollection) ours(in io.Reader, name string) bool {
	if !r.manifest.Complete {
		return true
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(in, maxDocument)); err != nil {
		return false
	}
	return hex.EncodeToString(h.Sum(nil)) == r.manifest.Files[name]
}

// items reads the items of a document one by one.
func (r *recollection) items(d *json.Decoder) {
	if token, err := d.Token(); err != nil || token != json.Delim('[') {
		return
	}
	for d.More() && len(r.seeds) < feed.MaxSeeds {
		var it recalled
		if err := d.Decode(&it); err != nil {
			return
		}
		seed := it.seed()
		if !seed.Valid() || r.slugs[seed.Slug] || r.ids[seed.ID] {
			continue
		}
		if slices.ContainsFunc(seed.Tellings, func(t feed.Telling) bool { return r.gone[t] }) {
			continue // it was being taken out when the writing ended
		}
		r.slugs[seed.Slug], r.ids[seed.ID] = true, true
		r.seeds = append(r.seeds, seed)
	}
}

// recalled is what matters of a jsonItem.
type recalled struct {
	ID        string    `json:"id"`
	Published time.Time `json:"date_published"`
	Modified  time.Time `json:"date_modified"`
	Mark      struct {
		Slug      string     `json:"slug"`
		Source    jsonSource `json:"source"`
		Key       string     `json:"key"`
		FirstSeen time.Time  `json:"first_seen"`
		Place     time.Time  `json:"place"`
		Also      []jsonAlso `json:"also"`
	} `json:"_weir"`
}

func (it *recalled) seed() feed.Seed {
	s := feed.Seed{
		Slug: it.Mark.Slug, ID: it.ID, Published: feed.Micro(it.Published), Updated: feed.Micro(it.Modified),
		FirstSeen: feed.Micro(it.Mark.FirstSeen), Place: feed.Micro(it.Mark.Place),
	}
	if s.Updated.IsZero() {
		s.Updated = s.Published
	}
	if s.Place.IsZero() {
		s.Place = s.Published
	}
	tell := func(source, key string) {
		if k, ok := parseKey(key); ok {
			s.Tellings = append(s.Tellings, feed.Telling{Source: source, Key: k})
		}
	}
	tell(it.Mark.Source.ID, it.Mark.Key)
	for i := range it.Mark.Also {
		tell(it.Mark.Also[i].Source.ID, it.Mark.Also[i].Key)
	}
	return s
}
