package publisher

import (
	"fmt"
	"html/template"
	"net/url"
	"path"
	"strings"
	"time"

	"weir/feed"
)

// storyView is a story as templates see it.
type storyView struct {
	*story
	// Href is where the title leads, relative where that is on this site. Up
	// leads to the site's root.
	Href, Up string
	Body     template.HTML
	// Full says that the page shows Body.
	Full bool
	// Byline names the authors, unless that would only repeat the source.
	Byline string
	// When is the publication time as far as the day's heading does not say
	// it already.
	When string
	// Dir is the writing direction where the language tells it.
	Dir   string
	Files []fileView
}

// fileView is an attachment as templates see it.
type fileView struct {
	URL, Name, About string
	// Plays says that a player stands before the link: one in a story.
	Plays bool
}

func (p *pages) storyView(s *story, up string) *storyView {
	v := &storyView{story: s, Href: s.Link, Up: up, Dir: direction(s.Language), Files: fileViews(s.Attachments)}
	if rest, own := strings.CutPrefix(s.Link, p.site.URL); own {
		v.Href = relative(up, rest)
	}
	switch {
	case date(s.Published) != date(s.Place), s.Inferred && s.Title == "":
		v.When = date(s.Published)
	case !s.Inferred:
		v.When = s.Published.UTC().Format("15:04")
	}
	var names []string
	for _, person := range s.Credits {
		if person.Name != s.From.Title {
			names = append(names, person.Name)
		}
	}
	v.Byline = strings.Join(names, ", ")
	return v
}

func fileViews(list []feed.Attachment) (views []fileView) {
	played := false
	for _, a := range list {
		address := address(a.URL)
		if address == "" {
			continue
		}
		view := fileView{URL: address, Name: a.Title, Plays: !played && strings.HasPrefix(a.Type, "audio/")}
		played = played || view.Plays
		if view.Name == "" {
			view.Name = fileName(address)
		}
		var about []string
		for _, s := range []string{minutes(a.Duration), size(a.Length), a.Type} {
			if s != "" {
				about = append(about, s)
			}
		}
		view.About = strings.Join(about, ", ")
		views = append(views, view)
	}
	return views
}

// fileName returns the last segment of an address for people.
func fileName(address string) string {
	if u, err := url.Parse(address); err == nil {
		if base := path.Base(u.Path); base != "." && base != "/" {
			return shorten(printable(base), 80)
		}
	}
	return "Attachment"
}

// direction returns the writing direction of the languages that are written
// from right to left; the others need no word.
func direction(language string) string {
	tag, _, _ := strings.Cut(strings.ToLower(language), "-")
	switch tag {
	case "ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi":
		return "rtl"
	}
	return ""
}

// Dates on pages are in UTC and never relative: the bytes must not depend on
// when they were made.
func date(t time.Time) string { return t.UTC().Format("2 January 2006") }

func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// size tells a number of bytes to people.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	case n > 0:
		return fmt.Sprintf("%d bytes", n)
	}
	return ""
}

// minutes tells a length of time to people.
func minutes(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return fmt.Sprintf("%d min", max(1, int(d.Round(time.Minute)/time.Minute)))
}
