package identity_test

import (
	"testing"
	"time"

	"weir/feed"
	"weir/feed/identity"
)

// What no document remembers and is as old as what they do goes to the archive;
// what is older slid out of them, and what is younger is new.
func TestRecollection(t *testing.T) {
	r := identity.Recollection{Oldest: noon.AddDate(0, 0, -20), Last: noon}
	for published, want := range map[time.Time]feed.EntryState{
		noon.AddDate(0, 0, -21):                 feed.StatePlaced,
		noon.AddDate(0, 0, -20):                 feed.StateShelved,
		noon.AddDate(0, 0, -1):                  feed.StateShelved,
		noon.AddDate(0, 0, -1).Add(time.Second): feed.StatePlaced,
		noon.Add(time.Hour):                     feed.StatePlaced,
	} {
		if got := r.State(published); got != want {
			t.Errorf("published %v: %v; want %v", published, got, want)
		}
	}
}
