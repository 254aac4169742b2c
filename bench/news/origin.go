package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	vocabulary = 20_000
	// bodySize is about how long a story is, in bytes.
	bodySize = 2600
	// someTags is how many of the channels' tags an old story has.
	someTags = 3
)

// started is when the oldest of the new stories came; those in the store are
// older.
var started = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// origin makes feeds, each when it is asked for.
type origin struct {
	words          []string
	each, channels int

	mu    sync.Mutex
	added map[int][]string
	sent  map[int]chan time.Time
	count int
}

func newOrigin(each, channels int) *origin {
	r := rand.New(rand.NewPCG(1, 2))
	o := &origin{each: each, channels: channels, words: make([]string, vocabulary), added: make(map[int][]string), sent: make(map[int]chan time.Time)}
	for i := range o.words {
		for range 1 + r.IntN(2+int(math.Log10(float64(i+1)))) {
			o.words[i] += string("bcdfghjklmnpqrstvwxz"[r.IntN(20)]) + string("aeiou"[r.IntN(5)]) + string("bcdfgklmnprstwxy"[r.IntN(16)])
		}
	}
	return o
}

// add has a source tell a new story from now on. The channel tells when the feed
// with it was sent.
func (o *origin) add(source int) (mark string, sent <-chan time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count++
	mark = fmt.Sprintf("news-%d-%d-%d", time.Now().UnixNano(), source, o.count)
	o.added[source] = append(o.added[source], mark)
	told := make(chan time.Time, 1)
	o.sent[source] = told
	return mark, told
}

// ServeHTTP answers /s/N.
func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	source, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/s/"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	o.mu.Lock()
	added, sent := o.added[source], o.sent[source]
	delete(o.sent, source)
	o.mu.Unlock()
	w.Header().Set("Content-Type", "application/rss+xml")
	tag := `"old"`
	if len(added) > 0 {
		tag = strconv.Quote(added[len(added)-1])
	}
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = fmt.Fprint(w, o.feed(source, added))
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	if sent != nil {
		sent <- time.Now()
	}
}

func (o *origin) feed(source int, added []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel><title>Source %d</title><link>https://s%d.example/</link><description>Made up</description>\n", source, source)
	for i := len(added) - 1; i >= 0; i-- {
		o.story(&b, source, o.each+i, added[i], o.channels, time.Now().UTC())
	}
	// The newest are enough where the others are known.
	for n := o.each - 1; n >= 0 && (len(added) == 0 || n >= o.each-20); n-- {
		o.story(&b, source, n, "", someTags, started.Add(-time.Duration(o.each-n)*7*time.Hour-time.Duration(source)*time.Second))
	}
	b.WriteString("</channel></rss>\n")
	return b.String()
}

func (o *origin) story(b *strings.Builder, source, n int, mark string, tags int, at time.Time) {
	r := rand.New(rand.NewPCG(uint64(source)<<32|uint64(n), 3))
	title := strings.TrimSpace(mark + " " + o.prose(r, 60))
	slug := strings.ReplaceAll(title, " ", "-")
	fmt.Fprintf(b, "<item><title>%s</title><link>https://s%d.example/%d/%s</link><guid>https://s%d.example/?p=%d%s</guid><pubDate>%s</pubDate>",
		title, source, 2018+n%8, slug, source, n, mark, at.Format(time.RFC1123Z))
	for i, first := 0, r.IntN(o.channels); i < tags; i++ {
		fmt.Fprintf(b, "<category>t%d</category>", (first+i)%o.channels)
	}
	b.WriteString("<description><![CDATA[")
	for size := 0; size < bodySize; {
		text := o.prose(r, 400)
		size += len(text)
		fmt.Fprintf(b, "<p>%s <a href=\"https://%s.example/%s\">%s</a>.</p>\n", text, o.words[r.IntN(vocabulary)], o.words[r.IntN(vocabulary)], o.words[r.IntN(vocabulary)])
	}
	b.WriteString("]]></description></item>\n")
}

// prose returns so many bytes of words, each as frequent as its rank allows.
func (o *origin) prose(r *rand.Rand, size int) string {
	var b strings.Builder
	for b.Len() < size {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(o.words[int(math.Pow(vocabulary, r.Float64()))-1])
	}
	return b.String()
}
