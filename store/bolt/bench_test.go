package bolt_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"weir/feed"
	"weir/feed/identity"
	"weir/store"
	"weir/store/bolt"
)

const (
	benchSources = 1000
	benchItems   = 35
)

var benchNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// cpu returns what the process has used of its processors.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// prose is a body of about n bytes in words of a made-up language: some are
// frequent and most are rare, so that it packs about as well as English.
func prose(r *rand.Rand, words []string, n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString("<p>")
		for range 60 + r.IntN(40) {
			b.WriteString(words[int(math.Pow(float64(len(words)), r.Float64()))-1])
			b.WriteByte(' ')
		}
		b.WriteString("</p>\n")
	}
	return b.String()
}

// planet makes a configuration and the documents of its sources.
func planet(sources, items int) (store.Configuration, []*feed.Document) {
	r := rand.New(rand.NewPCG(1, 2))
	syllables := make([]string, 60)
	for i := range syllables {
		syllables[i] = string([]byte{"bcdfghklmnprstvw"[r.IntN(16)], "aeiou"[r.IntN(5)], "lmnrst"[r.IntN(6)]}[:2+r.IntN(2)])
	}
	words := make([]string, 4000)
	for i := range words {
		for range 1 + r.IntN(3) {
			words[i] += syllables[r.IntN(len(syllables))]
		}
	}
	cfg := store.Configuration{
		Channels: []feed.Channel{{ID: feed.ChannelAll}},
		Site:     identity.Site{Host: "planet.example", Since: "2026-11-24"},
		Rules:    identity.Rules{Guard: true},
	}
	var docs []*feed.Document
	for i := range sources {
		id := fmt.Sprintf("source-%04d", i)
		src := feed.Source{ID: id, URL: "https://" + id + ".example/feed", Group: fmt.Sprintf("group-%d.example", i%100)}
		doc := &feed.Document{Format: "RSS 2.0", Profile: feed.Profile{Title: "Source " + id, Link: "https://" + id + ".example/"}}
		for range items {
			title := strings.Join([]string{words[r.IntN(4000)], words[r.IntN(4000)], words[r.IntN(4000)], words[r.IntN(4000)], words[r.IntN(4000)]}, " ")
			link := "https://" + id + ".example/2026/" + strings.ReplaceAll(title, " ", "-")
			doc.Items = append(doc.Items, feed.Item{
				Content: feed.Content{
					Title: title, Link: link, HTML: prose(r, words, 3000), Language: "en",
					Authors: []feed.Person{{Name: "Somebody of " + id}},
					Tags:    []feed.Tag{{Term: words[r.IntN(50)]}, {Term: words[r.IntN(50)]}},
				},
				RawID: link, Hash: r.Uint64(),
				Published: benchNow.Add(-time.Duration(r.IntN(1e6)) * time.Second),
			})
		}
		identity.Prepare(src, doc, nil)
		cfg.Sources, docs = append(cfg.Sources, src), append(docs, doc)
	}
	return cfg, docs
}

// cycle polls everything that is due, in batches as a poller with 32 hands
// does.
func cycle(b *testing.B, s *bolt.Store, now time.Time, docs map[string]*feed.Document) {
	for {
		claims, _, err := s.Claim(feed.ClaimQuery{N: 32, Lease: time.Hour, Since: now, PerGroup: 1})
		if err != nil {
			b.Fatal(err)
		}
		if len(claims) == 0 {
			return
		}
		reports := make([]feed.Report, len(claims))
		for i, c := range claims {
			p := c.State.Poll
			p.Due, p.Interval, p.Tried, p.Succeeded, p.Status = now.Add(time.Hour), time.Hour, now, now, 200
			p.Validators = feed.Validators{URL: c.Source.URL, Final: c.Source.URL, ETag: `"0123456789abcdef"`, LastModified: "Fri, 20 Nov 2026 11:00:00 GMT"}
			reports[i] = feed.Report{Source: c.Source.ID, Token: c.Token, Poll: p, Document: docs[c.Source.ID]}
		}
		if _, err := s.Commit(reports); err != nil {
			b.Fatal(err)
		}
	}
}

// A cold poll: 1,000 sources with 35 new items each, to a settled store. The
// aim is 1.5 s of processor time.
func BenchmarkColdPoll(b *testing.B) {
	cfg, list := planet(benchSources, benchItems)
	docs := make(map[string]*feed.Document)
	for i, d := range list {
		docs[cfg.Sources[i].ID] = d
	}
	dir := b.TempDir()
	clock := func() time.Time { return benchNow }
	var spent, settling time.Duration
	n := 0
	for b.Loop() {
		n++
		began := cpu()
		s := open(b, filepath.Join(dir, fmt.Sprint(n)), clock)
		if err := s.Configure(cfg); err != nil {
			b.Fatal(err)
		}
		cycle(b, s, benchNow, docs)
		staged := cpu()
		o, err := s.Settle()
		if err != nil || o.Added+o.Joined != benchSources*benchItems {
			b.Fatalf("Settle = %+v, %v", o, err)
		}
		settling += cpu() - staged
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		spent += cpu() - began
	}
	b.ReportMetric(float64(spent.Milliseconds())/float64(n), "cpu-ms/op")
	b.ReportMetric(float64(settling.Milliseconds())/float64(n), "settle-cpu-ms/op")
}

// An idle poll: everything the store does for 1,000 sources that have nothing
// new, with opening and closing it. The aim is 30 ms of processor time.
func BenchmarkIdlePoll(b *testing.B) {
	cfg, list := planet(benchSources, benchItems)
	docs := make(map[string]*feed.Document)
	for i, d := range list {
		docs[cfg.Sources[i].ID] = d
	}
	path := filepath.Join(b.TempDir(), "weir.db")
	now := benchNow
	clock := func() time.Time { return now }
	s := open(b, path, clock)
	if err := s.Configure(cfg); err != nil {
		b.Fatal(err)
	}
	cycle(b, s, now, docs)
	if _, err := s.Settle(); err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	var spent time.Duration
	n := 0
	for b.Loop() {
		n++
		now = now.Add(time.Hour)
		began := cpu()
		s := open(b, path, clock)
		if err := s.Configure(cfg); err != nil {
			b.Fatal(err)
		}
		claims, _, err := s.Claim(feed.ClaimQuery{N: benchSources, Lease: time.Hour})
		if err != nil || len(claims) != benchSources {
			b.Fatalf("Claim = %d, %v", len(claims), err)
		}
		reports := make([]feed.Report, len(claims))
		for i, c := range claims {
			p := c.State.Poll
			p.Due, p.Tried, p.Succeeded, p.Status = now.Add(time.Hour), now, now, 304
			reports[i] = feed.Report{Source: c.Source.ID, Token: c.Token, Poll: p}
		}
		if _, err := s.Commit(reports); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Settle(); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		spent += cpu() - began
	}
	b.ReportMetric(float64(spent.Microseconds())/1000/float64(n), "cpu-ms/op")
}

// Claiming 1,000 sources of 100 groups, 32 at a time, with their state. The
// aim is 5 ms.
func BenchmarkClaim(b *testing.B) {
	cfg, _ := planet(benchSources, 0)
	s := open(b, filepath.Join(b.TempDir(), "weir.db"), func() time.Time { return benchNow })
	defer s.Close()
	if err := s.Configure(cfg); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var tokens []uint64
		for len(tokens) < benchSources {
			claims, _, err := s.Claim(feed.ClaimQuery{N: 32, Lease: time.Hour})
			if err != nil || len(claims) == 0 {
				b.Fatalf("Claim = %d, %v", len(claims), err)
			}
			for _, c := range claims {
				tokens = append(tokens, c.Token)
			}
		}
		if err := s.Release(tokens...); err != nil {
			b.Fatal(err)
		}
	}
}

// Reading the newest 50 entries of a channel.
func BenchmarkWindow(b *testing.B) {
	cfg, list := planet(50, 35)
	docs := make(map[string]*feed.Document)
	for i, d := range list {
		docs[cfg.Sources[i].ID] = d
	}
	s := open(b, filepath.Join(b.TempDir(), "weir.db"), func() time.Time { return benchNow })
	defer s.Close()
	if err := s.Configure(cfg); err != nil {
		b.Fatal(err)
	}
	cycle(b, s, benchNow, docs)
	if _, err := s.Settle(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 50}); err != nil || len(w.Entries) != 50 {
			b.Fatalf("Window = %d, %v", len(w.Entries), err)
		}
	}
}
