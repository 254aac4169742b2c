package publisher_test

import (
	"fmt"
	"strings"
	"testing"

	"weir/feed"
)

// crowd is a channel of 50 posts of five kilobytes.
func crowd() *shelf {
	var entries []feed.Placed
	for i := range 50 {
		e := blogPost()
		e.Slug, e.ID = fmt.Sprintf("post-%d", i), fmt.Sprintf("https://go.example.com/%d", i)
		e.HTML = strings.Repeat(`<p>The river carries its own <a href="https://go.example.com/weather">quiet weather</a> past every mill.</p>`, 50)
		entries = append(entries, e)
	}
	s := library()
	s.put("all", entries...)
	return s
}

func BenchmarkRenderFirst(b *testing.B) {
	for b.Loop() {
		render(b, newPublisher(b, options(), crowd()))
	}
}

// One entry of 50 changed: the others come from the cache.
func BenchmarkRenderChange(b *testing.B) {
	shelf := crowd()
	p := newPublisher(b, options(), shelf)
	render(b, p)
	entries := shelf.windows["all"].Entries
	for i := 0; b.Loop(); i++ {
		entries[0].Title = fmt.Sprintf("Title %d", i)
		shelf.put("all", entries...)
		render(b, p)
	}
}

func BenchmarkRenderNothing(b *testing.B) {
	p := newPublisher(b, options(), crowd())
	for b.Loop() {
		render(b, p)
	}
}
