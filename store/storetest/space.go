package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
)

// What is there is counted by state and by kind.
func testStats(h *house) {
	h.settled("a")
	h.poll("a", posts("a", 0, 5)...)
	if err := h.A.Remove("post-002"); err != nil {
		h.t.Fatal(err)
	}
	st, err := h.B.Stats()
	if err != nil {
		h.t.Fatal(err)
	}
	if diff := cmp.Diff(map[feed.EntryState]int{feed.StatePlaced: 4, feed.StateRemoved: 1}, st.States); diff != "" {
		h.t.Errorf("states (-want +got):\n%s", diff)
	}
	if !st.Oldest.Equal(noon.Add(-500*time.Hour)) || !st.Newest.Equal(noon.Add(-496*time.Hour)) {
		h.t.Errorf("places from %v to %v", st.Oldest, st.Newest)
	}
	var sum int64
	for i, k := range st.Kinds {
		if sum += k.Bytes; i > 0 && st.Kinds[i-1].Name >= k.Name {
			h.t.Errorf("kind %s stands before %s", st.Kinds[i-1].Name, k.Name)
		}
	}
	if sum == 0 || st.Size < sum || st.Free < 0 || st.Free > st.Size || st.Damaged != 0 {
		h.t.Errorf("%d bytes in kinds, size %d, free %d, damaged %d", sum, st.Size, st.Free, st.Damaged)
	}
}

// A store that was compacted is what it was, and goes on.
func testCompact(h *house) {
	h.settled("a")
	h.poll("a", posts("a", 0, 30)...)
	want := h.window("all")
	for range 2 {
		if err := h.A.Compact(); err != nil {
			h.t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, h.window("all")); diff != "" {
		h.t.Errorf("compacted (-want +got):\n%s", diff)
	}
	h.poll("a", posts("a", 0, 31)...)
	h.reopen()
	w := h.window("all")
	if len(w.Entries) != 31 || w.Entries[0].Arrival != 31 {
		h.t.Errorf("%d entries, the newest is arrival %d; want 31", len(w.Entries), w.Entries[0].Arrival)
	}
}
