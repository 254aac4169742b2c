package bolt

import (
	"cmp"
	"slices"
)

// watch notes the entries that transactions write while a long work goes on,
// which looks at each entry once and catches up with them at its end.
type watch struct{ touched map[uint64]trace }

// trace is what an index may have had of an entry before it was first touched.
type trace struct {
	slug  string
	place int64
	// counted are the sources that were counted for it.
	counted []uint32
}

// watching begins to note. The caller holds f.write.
func (f *file) watching() *watch {
	w := &watch{touched: make(map[uint64]trace)}
	f.watches = append(f.watches, w)
	return w
}

// watchingNow is watching for callers that do not hold f.write.
func (f *file) watchingNow() *watch {
	f.write.Lock()
	defer f.write.Unlock()
	return f.watching()
}

// unwatchNow is unwatch for callers that do not hold f.write.
func (f *file) unwatchNow(w *watch) {
	f.write.Lock()
	defer f.write.Unlock()
	f.unwatch(w)
}

// unwatch ends it. The caller holds f.write.
func (f *file) unwatch(w *watch) {
	f.watches = slices.DeleteFunc(f.watches, func(o *watch) bool { return o == w })
}

// note tells whoever watches that an entry is written, or told once more.
func (f *file) note(s *story) {
	for _, w := range f.watches {
		if _, again := w.touched[s.seq]; !again {
			w.touched[s.seq] = trace{slug: s.head.Slug, place: s.place, counted: s.counted}
		}
	}
}

// has tells whether an entry was touched and not taken out since.
func (w *watch) has(seq uint64) bool {
	_, ok := w.touched[seq]
	return ok
}

// some takes at most n of the touched entries out, oldest first.
func (w *watch) some(n int) []touched {
	list := make([]touched, 0, len(w.touched))
	for seq, was := range w.touched {
		list = append(list, touched{seq, was})
	}
	slices.SortFunc(list, func(a, b touched) int { return cmp.Compare(a.seq, b.seq) })
	list = list[:min(n, len(list))]
	for _, t := range list {
		delete(w.touched, t.seq)
	}
	return list
}

// touched is an entry that was noted.
type touched struct {
	seq uint64
	was trace
}
