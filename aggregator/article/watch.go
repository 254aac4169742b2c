package article

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quiet is how long a folder must be still before a change is told:
	// editors save in several steps (XJ02).
	quiet = 100 * time.Millisecond
	// patience is how long a folder that never is still may delay it.
	patience = time.Second
	// maxWatches is how many directories are watched, a scarce resource of
	// the system.
	maxWatches = 4096
)

// Watch calls notify after files in the folder changed and then were left
// alone for a moment. It blocks until ctx ends and then returns nil; any other
// return means that nothing is watched any more. The calls come one at a time,
// from Watch itself. What happened before Watch began is not told: read the
// folder once after starting it.
func (f *Folder) Watch(ctx context.Context, notify func()) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return f.wrap(err)
	}
	defer w.Close()
	dir, err := filepath.Abs(f.dir)
	if err != nil {
		return f.wrap(err)
	}
	s := &sentry{Watcher: w, dir: dir}
	if err := s.watch(); err != nil {
		return f.wrap(err)
	}
	return s.run(ctx, notify)
}

// sentry watches a folder's directories, and the one above it: deployments
// put another folder in its place.
type sentry struct {
	*fsnotify.Watcher
	dir string
}

// watch begins with the folder as it is; one that is not there yet is noticed
// when it comes.
func (s *sentry) watch() error {
	if err := s.Add(filepath.Dir(s.dir)); err != nil {
		return err
	}
	if err := s.tree(s.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// tree watches a directory and those in it. One that cannot be watched is
// passed over: polls find its changes later.
func (s *sentry) tree(top string) error {
	if err := s.Add(top); err != nil {
		return err
	}
	entries, err := os.ReadDir(top)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if e.IsDir() && !ignored(e.Name()) && len(s.WatchList()) < maxWatches && s.depth(top) < maxDepth {
			_ = s.tree(filepath.Join(top, e.Name()))
		}
	}
	return nil
}

// depth is how far below the folder a directory lies.
func (s *sentry) depth(name string) int {
	depth := 0
	for name != s.dir && len(name) > len(s.dir) {
		name, depth = filepath.Dir(name), depth+1
	}
	return depth
}

// run waits for events until ctx ends.
func (s *sentry) run(ctx context.Context, notify func()) error {
	timer := time.NewTimer(0)
	<-timer.C
	defer timer.Stop()
	var since time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-s.Events:
			if !ok {
				return fs.ErrClosed
			}
			if !s.concerns(e) {
				continue
			}
		case err, ok := <-s.Errors:
			if !ok {
				return err
			}
			// The system lost events: anything may have changed.
			_ = s.tree(s.dir)
		case <-timer.C:
			since = time.Time{}
			notify()
			continue
		}
		now := time.Now()
		if since.IsZero() {
			since = now
		}
		timer.Reset(min(quiet, max(0, patience-now.Sub(since))))
	}
}

// concerns reports whether an event is about the articles, and watches
// directories that are new.
func (s *sentry) concerns(e fsnotify.Event) bool {
	if e.Name != s.dir && (filepath.Dir(e.Name) == filepath.Dir(s.dir) || ignored(filepath.Base(e.Name))) {
		return false
	}
	if e.Has(fsnotify.Create) && s.depth(e.Name) <= maxDepth && len(s.WatchList()) < maxWatches {
		if info, err := os.Lstat(e.Name); e.Name == s.dir || err == nil && info.IsDir() {
			_ = s.tree(e.Name)
		}
	}
	return true
}
