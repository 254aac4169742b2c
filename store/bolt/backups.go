package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"weir/store"
)

// Backups is a folder in which copies of a store are kept, named after the
// store and the time in UTC: weir-20261123T220011Z.db. Other files in it are
// left alone.
type Backups struct {
	// Dir is the folder; it is made when it is missing.
	Dir string
	// Every is the least time between two backups.
	Every time.Duration
	// Keep is how many are kept, at least 1.
	Keep int
	// Verify checks a copy; nil means Verify in this process.
	Verify Verifier
}

// Due tells whether it is time for a backup of the store at a path. Backups
// of the future, which a clock that was wrong leaves behind, do not count.
func (b Backups) Due(path string, now time.Time) (bool, error) {
	list, err := b.list(path)
	if err != nil {
		return false, err
	}
	for _, c := range list {
		if !c.at.After(now) {
			return !c.at.Add(b.Every).After(now), nil
		}
	}
	return true, nil
}

// Take makes a verified backup of a store, removes those that are more than
// Keep, and returns the new one's path. It removes none before the new one is
// good, and never the new one.
func (b Backups) Take(s *Store, now time.Time) (string, error) {
	if err := os.MkdirAll(b.Dir, 0o700); err != nil {
		return "", fmt.Errorf("back up store %s: %w", s.path, err)
	}
	path := filepath.Join(b.Dir, stemOf(s.path)+now.UTC().Format(asideForm)+backupEnd)
	if err := s.BackupTo(path, b.Verify); err != nil {
		return "", err
	}
	list, err := b.list(s.path)
	if err != nil {
		return path, err
	}
	kept := 1
	for _, c := range list {
		if c.path == path {
			continue
		}
		if kept++; kept > max(b.Keep, 1) {
			err = errors.Join(err, os.Remove(c.path))
		}
		sweepTemps(c.path, now)
	}
	sweepTemps(path, now)
	if err != nil {
		return path, fmt.Errorf("remove old backups: %w", err)
	}
	return path, nil
}

// Newest returns the newest backup of the store at a path that verifies, and
// store.ErrNotFound when there is none; the errors of those that do not are
// joined to it.
func (b Backups) Newest(path string) (string, error) {
	list, err := b.list(path)
	if err != nil {
		return "", err
	}
	var bad []error
	for _, c := range list {
		err := b.Verify.or()(c.path)
		if err == nil {
			return c.path, nil
		}
		bad = append(bad, err)
	}
	return "", errors.Join(append([]error{fmt.Errorf("a good backup in %s: %w", b.Dir, store.ErrNotFound)}, bad...)...)
}

// backup is a file of the folder and the time in its name.
type backup struct {
	path string
	at   time.Time
}

const backupEnd = ".db"

// stemOf is what the names of a store's backups begin with.
func stemOf(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base)) + "-"
}

// list returns the backups of a store, newest first.
func (b Backups) list(path string) ([]backup, error) {
	files, err := os.ReadDir(b.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	var list []backup
	for _, f := range files {
		text, ok := strings.CutPrefix(f.Name(), stemOf(path))
		if !ok || !f.Type().IsRegular() {
			continue
		}
		if text, ok = strings.CutSuffix(text, backupEnd); !ok {
			continue
		}
		if at, err := time.Parse(asideForm, text); err == nil {
			list = append(list, backup{filepath.Join(b.Dir, f.Name()), at})
		}
	}
	slices.SortFunc(list, func(x, y backup) int { return y.at.Compare(x.at) })
	return list, nil
}

// Recovery says what OpenOrRestore did with a damaged store.
type Recovery struct {
	// Damage is what was found.
	Damage error
	// Aside is where the damaged file is now, Backup what was put in its
	// place.
	Aside, Backup string
}

// OpenOrRestore opens a store like Open; one that is damaged is put aside and
// the newest good backup restored, and the Recovery, nil otherwise, names both
// (XK16). What sources still show of what the backup lacks comes back by
// polling. Without a good backup nothing is touched and the error says what can
// be done: a store is never begun anew in silence.
func OpenOrRestore(path string, o Options, b Backups) (*Store, *Recovery, error) {
	s, damage := Open(path, o)
	if damage == nil || !errors.Is(damage, store.ErrCorrupt) {
		return s, nil, damage
	}
	good, err := b.Newest(path)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, fmt.Errorf("%w; nothing was touched, because there is no %w: "+
			"restore one from elsewhere, or move %s away to begin anew", damage, err, path)
	}
	if err != nil {
		return nil, nil, errors.Join(damage, err)
	}
	now := time.Now
	if o.Now != nil {
		now = o.Now
	}
	aside, err := restore(good, path, "corrupt", now(), b.Verify)
	if err != nil {
		return nil, nil, errors.Join(damage, err)
	}
	s, err = Open(path, o)
	return s, &Recovery{Damage: damage, Aside: aside, Backup: good}, err
}
