package bolt_test

import (
	"slices"
	"testing"

	"weir/feed"
	"weir/store/bolt"
)

// What a source's document says is told as it is now, and by the same pointer for
// as long as it stays, also when the file is exchanged for one whose transactions
// have lower numbers than those before.
func TestProfilesOfAnExchangedFile(t *testing.T) {
	path := whole(t, 20)
	s := open(t, path, nil)
	defer s.Close()
	cfg, docs := planet(1, 20)
	configure(t, s, cfg)
	told := func() []*feed.Described {
		t.Helper()
		list, err := s.Profiles()
		must1(t, err)
		states, err := s.Sources()
		must1(t, err)
		if len(list) != 1 || list[0].Profile.Title != states[0].State.Doc.Profile.Title {
			t.Fatalf("Profiles tells %q; the state has %q", list[0].Profile.Title, states[0].State.Doc.Profile.Title)
		}
		return list
	}
	rename := func(title string) {
		docs[0].Profile.Title = title
		commit(t, s, docs[0])
	}
	for _, title := range []string{"One", "Two", "Three", "Four"} {
		rename(title)
		if told()[0].Profile.Title != title {
			t.Fatalf("renamed to %q, it is told as %q", title, told()[0].Profile.Title)
		}
	}
	before, number := told(), transaction(t, s)
	must1(t, s.Compact())
	if now := transaction(t, s); now >= number {
		t.Fatalf("the rig is none: the new file's transaction is %d, that of the one before was %d", now, number)
	}
	if !slices.Equal(told(), before) {
		t.Error("what stayed is told by another pointer after the file was exchanged")
	}
	rename("Five")
	if got := told()[0].Profile.Title; got != "Five" {
		t.Errorf("renamed to Five, it is told as %q", got)
	}
}

// transaction is the number of the last one.
func transaction(t *testing.T, s *bolt.Store) int {
	t.Helper()
	tx, err := s.Raw().Begin(false)
	must1(t, err)
	defer func() { _ = tx.Rollback() }()
	return tx.ID()
}
