package publisher

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"sync"
)

// fragment is one entry rendered in every format: made once per content, used
// in every document of every channel that holds the entry.
type fragment struct {
	sum digest
	// number stands for the entry and its content.
	number    uint64
	story     *story
	rss, atom []byte
	json      json.RawMessage
	// rssSpaces and atomSpaces are the namespaces that the documents around
	// them have to declare.
	rssSpaces, atomSpaces spaces
	// pages holds the entry as it stands on pages, by how it stands there, and
	// paging is held by whoever uses it; article is the page of its own that a
	// local article has.
	pages   map[placement]template.HTML
	paging  sync.Mutex
	article []byte
	// err says why the entry cannot be published.
	err error
}

// placement tells apart the ways in which an entry stands on a page.
type placement struct {
	// up leads from the page to the site's root.
	up string
	// full says that there is room for the whole text.
	full bool
}

// manner is in what ways one channel may show an entry other than another
// does; channels of one manner share their fragments.
type manner struct {
	// prefix stands before titles.
	prefix string
	// all passes on what is in namespaces outside the table, too.
	all bool
	// brief shows the summary in place of the text.
	brief bool
}

// cacheKey names a fragment.
type cacheKey struct {
	how  manner
	slug string
}

// fragment returns the rendered story, from the cache where its content is
// the same. A story that cannot be rendered is reported once per content.
func (p *Publisher) fragment(s *story, how manner) (*fragment, error) {
	sum, number, err := s.sum(p.digests)
	if err != nil {
		return nil, err
	}
	key := cacheKey{how, s.Slug}
	// Of channels that are rendered at once one makes it, and all have the same.
	p.making.Lock()
	defer p.making.Unlock()
	if f := p.cache[key]; f != nil && f.sum == sum {
		return f, f.err
	}
	f := p.compose(s, how)
	f.sum, f.number = sum, number
	if f.err != nil {
		p.log.Warn("entry left out", "entry", s.Slug, "source", s.From.ID, "reason", f.err.Error())
	}
	p.cache[key] = f
	return f, f.err
}

// compose renders a story in every format.
func (p *Publisher) compose(s *story, how manner) *fragment {
	s.complete(how)
	f := &fragment{story: s, pages: make(map[placement]template.HTML, 1)}
	f.err = f.render(p.formats)
	return f
}

// format is a way in which every entry is rendered.
type format struct {
	name   string
	render func(*fragment) error
}

func formats() []format {
	return []format{
		{"rss item", (*fragment).renderRSS},
		{"atom entry", (*fragment).renderAtom},
		{"json item", (*fragment).renderJSON},
	}
}

// render makes and verifies every format. One entry's failure, even a panic,
// must not keep the others from being published (XG09).
func (f *fragment) render(formats []format) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("rendering panicked: %v", r)
		}
	}()
	for _, format := range formats {
		if err := format.render(f); err != nil {
			return fmt.Errorf("%s: %w", format.name, err)
		}
	}
	return nil
}

func (f *fragment) renderRSS() (err error) {
	if f.rss, f.rssSpaces, err = f.story.rssItem(); err != nil {
		return err
	}
	return verifyItem(f.rss, f.rssSpaces, f.story.meantRSS()...)
}

func (f *fragment) renderAtom() (err error) {
	if f.atom, f.atomSpaces, err = f.story.atomEntry(); err != nil {
		return err
	}
	return verifyItem(f.atom, f.atomSpaces, f.story.meantAtom()...)
}

func (f *fragment) renderJSON() error {
	item, err := f.story.jsonItem()
	if err != nil {
		return err
	}
	var compact bytes.Buffer // what sources say need not be
	if err := json.Compact(&compact, item); err != nil {
		return err
	}
	f.json = compact.Bytes()
	return f.story.verifyJSON(f.json)
}
