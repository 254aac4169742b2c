package rule

import (
	"reflect"
	"strings"
	"time"

	"weir/feed"
)

// environment is what an expression sees of an entry.
type environment struct {
	Title     string        `expr:"title"`
	Summary   string        `expr:"summary"`
	Link      string        `expr:"link"`
	Language  string        `expr:"language"`
	Source    string        `expr:"source"`
	Published time.Time     `expr:"published"`
	Updated   time.Time     `expr:"updated"`
	Words     int           `expr:"words"`
	HasAudio  bool          `expr:"has_audio"`
	HasImage  bool          `expr:"has_image"`
	Tags      []string      `expr:"tags"`
	Authors   []string      `expr:"authors"`
	Sources   []string      `expr:"sources"`
	Text      func() string `expr:"text"`

	entry *feed.Entry
	// plain is the text, once it was asked for.
	plain string
	known bool
}

// Names returns the names that an expression may use, between blanks.
func Names() string {
	var names []string
	t := reflect.TypeFor[environment]()
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("expr"); name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

// set describes an entry, with what the expression uses. The slices are reused.
func (v *environment) set(e *feed.Entry, used usage) {
	v.entry = e
	v.Title, v.Summary, v.Link, v.Language, v.Source = e.Title, e.Summary, e.Link, e.Language, e.Source()
	v.Published, v.Updated = e.Published, e.Updated
	v.Words = e.Traits.Sketch.Words
	if used&useAttachments != 0 {
		v.HasAudio, v.HasImage = hasAudio(e), hasImage(e)
	}
	if used&useTags != 0 {
		v.Tags = appendTags(v.Tags[:0], e)
	}
	if used&useAuthors != 0 {
		v.Authors = v.Authors[:0]
		for _, p := range e.Authors {
			v.Authors = append(v.Authors, p.Name)
		}
	}
	if used&useSources != 0 {
		v.Sources = v.Sources[:0]
		for _, s := range e.Sightings {
			v.Sources = append(v.Sources, s.Source)
		}
	}
}

// clear lets go of the entry.
func (v *environment) clear() {
	clear(v.Tags[:cap(v.Tags)])
	clear(v.Authors[:cap(v.Authors)])
	clear(v.Sources[:cap(v.Sources)])
	*v = environment{Tags: v.Tags[:0], Authors: v.Authors[:0], Sources: v.Sources[:0], Text: v.Text}
}

// text returns the words of the body, which are read only when they are asked
// for: that costs more than everything else together.
func (v *environment) text() string {
	if !v.known {
		v.plain, v.known = plainText(v.entry), true
	}
	return v.plain
}

// appendTags appends the folded tags of all sources that tell the story.
func appendTags(dst []string, e *feed.Entry) []string {
	for _, t := range e.AllTags() {
		dst = append(dst, feed.Fold(t.Term))
	}
	return dst
}

func hasAudio(e *feed.Entry) bool {
	for i := range e.Attachments {
		if strings.HasPrefix(e.Attachments[i].Type, "audio/") {
			return true
		}
	}
	return false
}

func hasImage(e *feed.Entry) bool {
	if e.Image != "" {
		return true
	}
	for i := range e.Attachments {
		if strings.HasPrefix(e.Attachments[i].Type, "image/") {
			return true
		}
	}
	return strings.Contains(e.HTML, "<img ")
}
