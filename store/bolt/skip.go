package bolt

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// skipped remembers which damaged records were reported, so that one bad entry
// is one line in the log and not one per request.
type skipped struct {
	mu   sync.Mutex
	keys map[string]bool
	// noticed are the records among them that are to be dealt with.
	noticed map[damaged]bool
}

// maxSkipped bounds the memory; a store with more damage than that is reported
// again and again, which is fair.
const maxSkipped = 1 << 12

// skip reports a record that is left out because it is damaged (XK15).
func (f *file) skip(key []byte, err error) {
	f.skipped.mu.Lock()
	text := err.Error()
	again := f.skipped.keys[text]
	if !again {
		if f.skipped.keys == nil || len(f.skipped.keys) >= maxSkipped {
			f.skipped.keys = make(map[string]bool)
		}
		f.skipped.keys[text] = true
	}
	f.skipped.mu.Unlock()
	if e := (*recordError)(nil); errors.As(err, &e) {
		f.notice([]damaged{e.where})
	}
	if !again {
		f.log.Error("record skipped", "store", f.path, "key", fmt.Sprintf("%x", key), "err", err)
	}
}

// notice remembers records that are to be dealt with by the next Tend.
func (f *file) notice(list []damaged) {
	f.skipped.mu.Lock()
	defer f.skipped.mu.Unlock()
	if f.skipped.noticed == nil {
		f.skipped.noticed = make(map[damaged]bool)
	}
	for _, where := range list {
		if len(f.skipped.noticed) < maxSkipped {
			f.skipped.noticed[where] = true
		}
	}
}

// take returns what was noticed since it was last called, in order.
func (s *skipped) take() []damaged {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.SortedFunc(maps.Keys(s.noticed), func(a, b damaged) int {
		return cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(a.key, b.key))
	})
	s.noticed = nil
	return list
}
