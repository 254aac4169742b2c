package bolt_test

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

// A damaged list is reported and counts as none until it is read again (XK15).
func TestDamagedList(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	s, err := bolt.Open(path, bolt.Options{})
	must1(t, err)
	must1(t, s.Configure(store.Configuration{Channels: []feed.Channel{{ID: feed.ChannelAll}}}))
	state := feed.ListState{Title: "Ann's", Feeds: []feed.Listed{{URL: "https://a.example/"}}}
	must1(t, s.KeepList("ann", &state))
	must1(t, errors.Join(s.Check(), s.Close()))
	flip(t, path, rand.New(rand.NewPCG(1, 2)), []string{"lists"}, 1)

	s, err = bolt.Open(path, bolt.Options{})
	must1(t, err)
	defer s.Close()
	must1(t, s.Configure(store.Configuration{Channels: []feed.Channel{{ID: feed.ChannelAll}}}))
	if lists, err := s.Lists(); err != nil || len(lists) != 0 {
		t.Errorf("lists = %+v, %v", lists, err)
	}
	if err := s.Check(); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Check = %v", err)
	}
	_, err = s.Tend()
	must1(t, errors.Join(err, s.Check()))
	must1(t, s.KeepList("ann", &state))
	if lists, err := s.Lists(); err != nil || len(lists) != 1 {
		t.Errorf("lists = %+v, %v", lists, err)
	}
}
