package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"weir/config"
	"weir/feed"
	"weir/feed/markup"
)

// The columns of what people read.
const (
	viewWidth  = 80
	viewIndent = 13
	viewWords  = 160 // of a text, in bytes
)

// view writes labels with values beside them.
type view struct{ w *bufio.Writer }

func writeSight(w io.Writer, s *sight) error {
	v := view{bufio.NewWriter(w)}
	v.head(s)
	for i := range s.document.Items {
		v.entry(s, i)
	}
	if len(s.document.Rejected) > 0 {
		fmt.Fprintln(v.w, "\nrejected")
		for _, r := range s.document.Rejected {
			v.field("", join(": ", quoted(first(r.Title, r.RawID, r.Link)), r.Reason))
		}
	}
	v.removed(s.removed())
	return v.w.Flush()
}

// field writes a value beside its label, in lines of at most 80 columns; a word
// that is longer, as addresses are, has a line of its own. Values come from
// strangers (XJ14).
func (v view) field(label, value string) {
	if value == "" {
		return
	}
	column := viewIndent
	fmt.Fprintf(v.w, "%-*s", viewIndent-1, label)
	for _, word := range strings.Fields(value) {
		word = printable(word)
		n := utf8.RuneCountInString(word)
		if column > viewIndent && column+1+n > viewWidth {
			fmt.Fprintf(v.w, "\n%*s", viewIndent-1, "")
			column = viewIndent
		}
		fmt.Fprintf(v.w, " %s", word)
		column += 1 + n
	}
	fmt.Fprintln(v.w)
}

func (v view) head(s *sight) {
	doc := s.document
	p := &doc.Profile
	if in := s.input; in.folder == nil {
		v.field("format", fmt.Sprintf("%s, %s", doc.Format, count(len(in.body), "byte")))
		v.field("encoding", fmt.Sprintf("%s, by %s", s.trace.Encoding, s.trace.DecidedBy))
		v.field("type", in.contentType)
		v.field("from", config.Redact(in.source.Cover(in.location)))
	} else {
		v.field("format", doc.Format)
	}
	for _, w := range doc.Warnings {
		v.field("warning", w)
	}
	for _, f := range doc.Faults {
		v.field("fault", f)
	}
	v.field("title", p.Title)
	v.field("subtitle", p.Subtitle)
	v.field("id", p.FeedID)
	v.field("link", p.Link)
	v.field("self", p.Self)
	v.field("hub", p.Hub)
	v.field("cloud", p.Cloud)
	v.field("language", p.Language)
	v.field("authors", names(p.Authors))
	v.field("rights", p.Rights)
	v.field("icon", p.Icon)
	v.field("logo", p.Logo)
	if doc.Hints.TTL > 0 {
		v.field("ttl", span(doc.Hints.TTL))
	}
	hours, days := skipped(&doc.Hints)
	v.field("skip hours", strings.Trim(fmt.Sprint(hours), "[]"))
	v.field("skip days", strings.Join(days, " "))
	v.field("dates", dateOrder(doc.Learned.Dates))
	items := fmt.Sprintf("%d in the document, %d read, %d rejected", len(doc.Seen), len(doc.Items), len(doc.Rejected))
	if doc.Partial {
		items += "; the document is not whole"
	}
	v.field("items", items)
}

func (v view) entry(s *sight, i int) {
	it := &s.document.Items[i]
	fmt.Fprintln(v.w)
	v.field(fmt.Sprintf("entry %d", i+1), first(it.Title, "(no title)"))
	v.field("link", it.Link)
	v.field("points at", it.External)
	v.field("slug", s.slugs[i])
	v.field("id", first(s.ids[i], "minted when it is published"))
	if it.RawID != s.ids[i] {
		v.field("sent id", quoted(it.RawID))
	}
	v.field("published", when(it.Published, it.RawPublished))
	v.field("updated", when(it.Updated, it.RawUpdated))
	v.field("authors", names(it.Authors))
	v.field("with", names(it.Contributors))
	v.field("tags", terms(it.Tags))
	v.field("language", it.Language)
	v.field("summary", opening(it.Summary))
	if it.HTML != "" {
		what := count(len(it.HTML), "byte") + " of HTML"
		if it.Excerpt {
			what += ", an excerpt"
		}
		v.field("content", join(": ", what, opening(markup.Text(it.HTML))))
	}
	for _, a := range it.Attachments {
		what := []string{a.URL, a.Type, a.Title}
		if a.Length > 0 {
			what = append(what, fmt.Sprintf("%d bytes", a.Length))
		}
		if a.Duration > 0 {
			what = append(what, a.Duration.String())
		}
		v.field("attachment", join(", ", what...))
	}
	v.field("image", it.Image)
	v.field("comments", it.Comments)
	v.field("rights", it.Rights)
	for _, l := range it.Links {
		v.field("link "+l.Rel, l.Href)
	}
	v.extensions(it.Extensions)
	if it.Origin != nil {
		v.field("source", join(", ", it.Origin.Title, it.Origin.Link, it.Origin.Self))
	}
	for _, c := range caps(it) {
		v.field("cap reached", c)
	}
}

// extensions lists the names that each namespace has.
func (v view) extensions(list []feed.Extension) {
	var spaces []string
	names := map[string][]string{}
	for i := range list {
		x := &list[i]
		if _, known := names[x.Space]; !known {
			spaces = append(spaces, x.Space)
		}
		names[x.Space] = append(names[x.Space], x.Name)
	}
	for _, space := range spaces {
		v.field("extension", first(space, "(no namespace)")+": "+strings.Join(names[space], " "))
	}
}

func (v view) removed(r markup.Removed) {
	if len(r.Elements)+len(r.Attributes)+len(r.Parameters)+r.Counters == 0 {
		return
	}
	fmt.Fprintln(v.w, "\nremoved by cleaning")
	v.field("elements", tally(r.Elements))
	v.field("attributes", tally(r.Attributes))
	v.field("tracking", tally(r.Parameters))
	switch {
	case r.Counters == 1:
		v.field("pictures", "1 that only counts readers")
	case r.Counters > 1:
		v.field("pictures", fmt.Sprintf("%d that only count readers", r.Counters))
	}
}

// tally lists counted names, the most frequent first.
func tally(m map[string]int) string {
	names := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		if m[a] != m[b] {
			return m[b] - m[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, m[name])
	}
	return strings.Join(names, ", ")
}

// when shows an instant and, where they differ, how it was sent.
func when(t time.Time, raw string) string {
	at := stamp(t)
	switch {
	case raw == "" || raw == at:
		return at
	case at == "":
		return "unknown, sent as " + quoted(raw)
	}
	return at + ", sent as " + quoted(raw)
}

// caps names the lists of an item that are as long as they may be, so that
// something may be missing.
func caps(it *feed.Item) []string {
	var full []string
	for _, c := range []struct {
		name   string
		n, max int
	}{
		{"tags", len(it.Tags), feed.MaxTags}, {"attachments", len(it.Attachments), feed.MaxAttachments},
		{"authors", len(it.Authors), feed.MaxPersons}, {"contributors", len(it.Contributors), feed.MaxPersons},
		{"bytes of HTML", len(it.HTML), feed.MaxHTML},
	} {
		if c.n >= c.max {
			full = append(full, fmt.Sprintf("%d %s", c.max, c.name))
		}
	}
	return full
}

func names(list []feed.Person) string {
	var out []string
	for _, p := range list {
		name := first(p.Name, p.Email, p.URI)
		if p.Role != "" {
			name += " (" + p.Role + ")"
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

func terms(tags []feed.Tag) string {
	var out []string
	for _, t := range tags {
		out = append(out, t.Term)
	}
	return strings.Join(out, ", ")
}

func dateOrder(o feed.DateOrder) string {
	switch o {
	case feed.DayFirst:
		return "day first"
	case feed.MonthFirst:
		return "month first"
	}
	return ""
}

// skipped lists the hours and days at which a publisher is not to be asked.
func skipped(h *feed.Hints) (hours []int, days []string) {
	for i := range 24 {
		if h.SkipHours>>i&1 == 1 {
			hours = append(hours, i)
		}
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if h.SkipDays>>d&1 == 1 {
			days = append(days, d.String())
		}
	}
	return hours, days
}

// opening is the beginning of a text, about two lines of it.
func opening(s string) string {
	if len(s) <= viewWords {
		return s
	}
	cut := viewWords
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return `"` + s + `"`
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// join joins what there is.
func join(between string, list ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" }), between)
}
