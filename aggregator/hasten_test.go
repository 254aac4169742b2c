package aggregator_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/aggregator"
	"weir/aggregator/schedule"
)

// running runs a poller until the test ends.
func running(t *testing.T, p *aggregator.Poller) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return ctx
}

// Announced news is read at once, a storm of announcements is one request in
// each gap of the floor (P22, XI12).
func TestHasten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, url := newWeb(), "https://a.example/feed"
		p, _ := world(t, w, aggregator.Options{Schedule: schedule.Options{Default: 24 * time.Hour, Floor: 15 * time.Minute}}, url)
		running(t, p)
		time.Sleep(time.Hour)
		before := w.count(url)
		if err := p.Hasten("s0", time.Now()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if n := w.count(url) - before; n != 1 {
			t.Errorf("asked %d times a second after the announcement", n)
		}
		for range 10_000 {
			if err := p.Hasten("s0", time.Now()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(360 * time.Millisecond)
		}
		if n := w.count(url) - before; n < 4 || n > 5 {
			t.Errorf("asked %d times in an hour of announcements", n)
		}
	})
}

// P35: a source that its hub announces is asked once a day.
func TestAnnouncedIsAskedSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, url := newWeb(), "https://a.example/feed"
		announced := true
		p, _ := world(t, w, aggregator.Options{Announced: func(string) bool { return announced }}, url)
		running(t, p)
		stories := 2
		days := func(n int) {
			for range 24 * n {
				time.Sleep(time.Hour)
				stories++
				w.set(url, stories)
			}
		}
		days(10)
		if n := w.count(url); n < 10 || n > 11 {
			t.Errorf("asked %d times in ten days", n)
		}
		announced = false
		before := w.count(url)
		days(10)
		if n := w.count(url) - before; n < 25 {
			t.Errorf("asked %d times in ten days without a hub", n)
		}
	})
}

// What is delivered adds and changes, and takes nothing away; what is older than
// the last look, or says no date, is not taken (W12, XI07).
func TestDeliver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, url := newWeb(), "https://a.example/feed"
		p, s := world(t, w, aggregator.Options{Schedule: schedule.Options{Default: 24 * time.Hour, Floor: time.Minute}}, url)
		ctx := running(t, p)
		time.Sleep(30 * time.Minute)
		asked := w.count(url)
		item := func(n int, title string, at time.Time) string {
			date := ""
			if !at.IsZero() {
				date = "<pubDate>" + at.UTC().Format(time.RFC1123Z) + "</pubDate>"
			}
			return fmt.Sprintf(`<item><guid>%[1]s/%[2]d</guid><link>%[1]s/%[2]d</link><title>%[3]s</title>%[4]s</item>`, url, n, title, date)
		}
		deliver := func(items ...string) bool {
			t.Helper()
			taken, err := p.Deliver(ctx, "s0", aggregator.Delivered{Media: "application/rss+xml", Body: []byte(
				`<rss version="2.0"><channel><title>Elsewhere</title><link>https://b.example/</link><description>d</description>` + strings.Join(items, "") + `</channel></rss>`)})
			if err != nil {
				t.Fatal(err)
			}
			return taken
		}
		now := time.Now()
		for what, c := range map[string]struct {
			item string
			want bool
		}{
			"new":               {item(7, "New", now), true},
			"a known one anew":  {item(0, "Edited", now), true},
			"old":               {item(8, "Old", now.Add(-3*time.Hour)), false},
			"a known one older": {item(1, "Before", now.Add(-3*time.Hour)), false},
			"undated":           {item(9, "Undated", time.Time{}), false},
			"nothing":           {"", false},
			"no feed":           {"</channel></rss><html>", false},
		} {
			if got := deliver(c.item); got != c.want {
				t.Errorf("%s: taken %v", what, got)
			}
		}
		if again := deliver(item(7, "New", now)); again {
			t.Error("what was taken is taken again")
		}
		list, err := s.Sources()
		if err != nil || list[0].State.Doc.Entries != 3 || list[0].Withdrawn != 0 || list[0].State.Doc.Profile.Title != url {
			t.Errorf("afterwards: %+v, %v", list, err)
		}
		if n := w.count(url) - asked; n != 0 {
			t.Errorf("the source was asked %d times", n)
		}
		// The next look finds what it knew, and the delivered ones where the feed
		// has them.
		w.set(url, 3)
		if err := p.Hasten("s0", time.Now()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		if list, err = s.Sources(); err != nil || list[0].State.Doc.Entries != 4 {
			t.Errorf("after the next look: %d entries, %v", list[0].State.Doc.Entries, err)
		}
	})
}
