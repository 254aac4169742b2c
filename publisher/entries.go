package publisher

import (
	"errors"
	"strings"

	"weir/feed"
)

// entries are the stories of a window that could be rendered.
type entries struct {
	stories   []*story
	fragments []*fragment
	// left are those that could not.
	left []feed.Omission
	kept keeping
}

// errIDTaken says that programs would take an entry for another one.
var errIDTaken = errors.New("another entry of the document has its id")

// idHolders returns for every id of a window the entry that has it: where two do
// once what cannot be published is filtered out, the one that subscribers know
// longer, which stands last (I2, U7).
func idHolders(w *feed.Window) map[string]int {
	holders := make(map[string]int, len(w.Entries))
	for i := range w.Entries {
		holders[bareID(w.Entries[i].ID)] = i
	}
	return holders
}

// bareID is an id as programs compare it, which leave out white space around it.
func bareID(id string) string { return strings.TrimSpace(id) }

// read turns a window into stories and their fragments. What was kept of the
// channel is used where it is as it was.
func (p *Publisher) read(w *feed.Window, sources *outlets, how manner, before keeping) entries {
	out := entries{kept: make(keeping, len(w.Entries))}
	holders := idHolders(w)
	for i := range w.Entries {
		e := &w.Entries[i]
		var f *fragment
		var err error
		if e.Known {
			f = before[e.Slug].fragment
		} else {
			f, err = p.fragment(p.newStory(&e.Entry, sources, w.Sources), how)
		}
		if err == nil {
			out.kept.keep(e, f, sources)
		}
		if err == nil && holders[bareID(e.ID)] != i {
			err = errIDTaken
			p.log.Warn("entry left out", "entry", e.Slug, "source", e.Source(), "reason", err.Error())
		}
		if err != nil {
			out.left = append(out.left, feed.Omission{Entry: e.Slug, Source: e.Source(), Reason: err.Error()})
			continue
		}
		out.stories = append(out.stories, f.story)
		out.fragments = append(out.fragments, f)
	}
	return out
}
