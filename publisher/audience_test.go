package publisher_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"weir/feed"
	"weir/publisher"
)

// Services say for how many they read; the newest word of each about each feed
// counts, for two days, and nobody else is counted (S25).
func TestAudience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		changes := 0
		a := &publisher.Audience{Changed: func() { changes++ }}
		a.Serve("https://planet.example.org/below/", []string{"all", "go"})
		h := a.Before(http.NotFoundHandler())
		for _, r := range [][2]string{
			{"/rss.xml", "Feedbin feed-id:12 - 40 subscribers"},
			{"/rss.xml", "Feedbin feed-id:12 - 45 subscribers"},
			{"/rss.xml", "Feedbin feed-id:13 - 5 subscribers"},
			{"/atom.xml", "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 7 subscribers; like FeedFetcher-Google)"},
			{"/below/rss.xml", "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 3 subscribers; like FeedFetcher-Google)"},
			{"/rss.xml", "NewsBlur Feed Fetcher - 1 subscriber - https://www.newsblur.com/site/1/x (Mozilla/5.0 (Macintosh))"},
			{"/go/feed.json", "Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 3 subscribers; )"},
			{"/go/feed.json", "Mozilla/5.0 (compatible; theoldreader.com; 2 subscribers; feed-id=9f)"},
			// Nobody of these is counted.
			{"/nowhere/rss.xml", "Feedbin feed-id:12 - 45 subscribers"},
			{"/", "Feedbin feed-id:12 - 45 subscribers"},
			{"/rss.xml", "Reader/1.0"},
			{"/rss.xml", "many subscribers"},
			{"/rss.xml", "X/1 (99999999999999999999 subscribers)"},
			{"/rss.xml", "X/1 (900000000 subscribers)"},
			{"/rss.xml", "<b>x</b> - 5 subscribers"},
			{"/rss.xml", "/1 (5 subscribers)"},
		} {
			ask(h, "GET", r[0], "User-Agent", r[1])
		}
		want := []feed.Readership{
			{Channel: "all", Subscribers: 61, Services: []feed.Service{
				{Name: "Feedbin", Subscribers: 50}, {Name: "Feedly", Subscribers: 10}, {Name: "NewsBlur Feed Fetcher", Subscribers: 1},
			}},
			{Channel: "go", Subscribers: 5, Services: []feed.Service{{Name: "Inoreader", Subscribers: 3}, {Name: "theoldreader.com", Subscribers: 2}}},
		}
		if diff := cmp.Diff(want, a.Report(time.Now()), cmpopts.IgnoreFields(feed.Service{}, "Seen")); diff != "" {
			t.Errorf("readership (-want +got):\n%s", diff)
		}
		if changes != 8 {
			t.Errorf("%d figures changed; want 8", changes)
		}
		a.Serve("https://planet.example.org/", []string{"go"})
		if got := a.Report(time.Now()); len(got) != 1 || got[0].Channel != "go" {
			t.Errorf("a channel that went is still reported: %v", got)
		}
		time.Sleep(49 * time.Hour)
		if got := a.Report(time.Now()); len(got) != 0 {
			t.Errorf("after two days: %v", got)
		}
	})
}

// However many names somebody makes up, memory is bounded, and those who came
// before keep their place (S25).
func TestAudienceIsBounded(t *testing.T) {
	a := new(publisher.Audience)
	a.Serve("https://planet.example.org/", []string{"all"})
	h := a.Before(http.NotFoundHandler())
	ask(h, "GET", "/rss.xml", "User-Agent", "Feedbin feed-id:1 - 45 subscribers")
	for i := range 5000 {
		ask(h, "GET", "/rss.xml", "User-Agent", fmt.Sprintf("Made%d/1 (1 subscribers)", i))
	}
	ask(h, "GET", "/rss.xml", "User-Agent", "Feedbin feed-id:1 - 46 subscribers")
	got := a.Report(time.Now())
	if len(got) != 1 || len(got[0].Services) != 256 || got[0].Services[0].Subscribers != 46 {
		t.Errorf("%d services, the first %v", len(got[0].Services), got[0].Services[0])
	}
}
