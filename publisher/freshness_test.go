package publisher_test

import (
	"testing"
	"testing/synctest"
	"time"
)

// S13: a feed keeps until the next poll that may change it, within bounds.
func TestFeedsKeepUntilTheNextPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := serving(t, render(t, newPublisher(t, options(), library())))
		age := func(path string, header ...string) string {
			return ask(h, "GET", path, header...).Header.Get("Cache-Control")
		}
		const rest = ", stale-while-revalidate=3600, stale-if-error=86400"
		if got := age("/rss.xml"); got != "public, max-age=900"+rest {
			t.Errorf("with no schedule: %s", got)
		}
		now := time.Now()
		h.Expect([]time.Time{now.Add(50 * time.Minute), now.Add(20*time.Minute + 10*time.Second), now.Add(-2 * time.Minute)}, false)
		for _, step := range []struct {
			wait time.Duration
			want string
		}{
			{0, "1200"}, {11 * time.Minute, "540"}, {8 * time.Minute, "300"},
			// Within a minute after it was due, the poll may be under way.
			{2 * time.Minute, "300"}, {time.Minute, "1680"}, {time.Hour, "3600"},
		} {
			time.Sleep(step.wait)
			if got := age("/rss.xml"); got != "public, max-age="+step.want+rest {
				t.Errorf("%s on: %s; want %s", step.wait, got, step.want)
			}
		}
		tag := ask(h, "GET", "/rss.xml").Header.Get("ETag")
		if got := age("/rss.xml", "If-None-Match", tag); got != "public, max-age=3600"+rest {
			t.Errorf("304: %s (S10)", got)
		}
		if got := age("/"); got != "public, max-age=300"+rest {
			t.Errorf("the page: %s", got)
		}
		h.Expect([]time.Time{time.Now().Add(time.Hour), {}}, false)
		if got := age("/rss.xml"); got != "public, max-age=300"+rest {
			t.Errorf("with a source that was never polled: %s", got)
		}
		h.Expect([]time.Time{time.Now().Add(time.Hour)}, true)
		if got := age("/atom.xml"); got != "public, max-age=900"+rest {
			t.Errorf("with hubs: %s", got)
		}
	})
}
