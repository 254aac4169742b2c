package aggregator_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"weir/aggregator"
	"weir/feed"
)

// D1: an answer with new entries only adds them, proves nothing about those
// that it lacks, and its validator is what the next request sends.
func TestDeltaIsMerged(t *testing.T) {
	s := openSite(t, "/feed")
	delta := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Im", "feed")
		w.Header().Set("Etag", `"2"`)
		w.WriteHeader(http.StatusIMUsed)
		fmt.Fprint(w, `<rss version="2.0"><channel><title>B</title><link>http://blog.example/</link><description>d</description>
<item><guid isPermaLink="false">new</guid><title>The newest of all the stories</title><link>http://blog.example/the-newest-of-all</link></item></channel></rss>`)
	}
	s.on("/feed", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"1"`)
		document(2)(w, r)
	})
	s.poll(aggregator.Selection{All: true})
	s.on("/feed", delta)
	s.pass(2 * time.Hour)
	state, _ := s.poll(aggregator.Selection{All: true})
	if state.Failures != 0 || state.Validators.ETag != `"2"` {
		t.Errorf("%d failures, %+v", state.Failures, state.Validators)
	}
	list, err := s.store.Sources()
	if err != nil {
		t.Fatal(err)
	}
	if doc := list[0].State.Doc; len(doc.Known) != 2 || len(doc.Missing) != 0 || !doc.Partial {
		t.Errorf("%d items known, %d missing, partial %v", len(doc.Known), len(doc.Missing), doc.Partial)
	}
	page, err := s.store.Window(feed.Query{Channel: feed.ChannelAll, Limit: 10})
	if err != nil || len(page.Entries) != 3 {
		t.Errorf("%d entries, %v; want all three", len(page.Entries), err)
	}
}
