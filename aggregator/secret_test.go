package aggregator_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/feed"
	"weir/feed/identity"
	"weir/store"
)

// XJ09: what is remembered of a source whose address holds a secret tells it
// nowhere but where it is needed to ask again: neither in what went wrong nor
// in what the document says of itself.
func TestSecretsAreNotRemembered(t *testing.T) {
	const good, lost = "https://blog.example/feed?k=c4n4ry", "https://c4n4ry.example/feed"
	synctest.Test(t, func(t *testing.T) {
		w := newWeb()
		w.items[good] = 1
		w.fail[lost] = &fetch.Error{Problem: feed.Problem{Kind: "dns", Text: "The host c4n4ry.example does not exist."}, Err: errors.New("no such host")}
		p, s := world(t, w, aggregator.Options{})
		if err := s.Configure(store.Configuration{
			Sources: []feed.Source{
				{ID: "good", URL: good, Secrets: []string{"c4n4ry"}},
				{ID: "lost", URL: lost, Secrets: []string{"c4n4ry.example", "c4n4ry"}},
			},
			Channels: []feed.Channel{{ID: feed.ChannelAll}},
			Site:     identity.Site{Host: "planet.example", Since: "2026-11-24"},
		}); err != nil {
			t.Fatal(err)
		}
		sum := cycle(t, p, aggregator.Selection{})
		if len(sum.Broken) != 1 || sum.Broken[0].Problem.Text != "The host ••• does not exist." {
			t.Errorf("failures = %+v", sum.Broken)
		}
		list, err := s.Sources()
		if err != nil || len(list) != 2 {
			t.Fatalf("%d sources, %v", len(list), err)
		}
		if list[0].State.Poll.Succeeded.IsZero() || w.count(good) != 1 {
			t.Error("the address was not asked with its secret")
		}
		for _, st := range list {
			// The channel's title is not an address, and stays.
			st.State.Doc.Profile.Title = ""
			told, err := json.Marshal([]any{st.State.Doc.Profile, st.State.Poll.Problem})
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(told), "c4n4ry") {
				t.Errorf("%s: %s", st.Source.ID, told)
			}
		}
	})
}
