package parse

import (
	"bytes"
	"fmt"

	"github.com/mmcdole/gofeed/rss"
)

func (rssDialect) items(x *xmlReader, want []int) ([]draft, error) {
	r := &x.render
	r.begin(x.doc, rssPrologue)
	asked := r.ask(want, "item", func(k int) {
		r.pick(x.children(k), rssItem)
	})
	answers, err := r.askRSS(asked)
	if err != nil {
		return nil, err
	}
	drafts := x.blank(len(want))
	var w rssWire
	for k, i := range want {
		picks, asked := r.of(k)
		answer := &rss.Item{}
		if asked {
			answer, answers = answers[0], answers[1:]
		}
		if err := w.fill(picks, answer); err != nil {
			return nil, err
		}
		a := rssAdapter{d: x.doc, draft: x.start(i), in: x.scope(i), nodes: x.children(k), wire: &w.Item}
		drafts[k] = a.adapt(x.doc.items[i].tag)
	}
	return drafts, nil
}

// askRSS lets gofeed read the rendition of so many items.
func (r *rendition) askRSS(asked int) ([]*rss.Item, error) {
	if asked == 0 {
		return nil, nil
	}
	r.buf = append(r.buf, rssEpilogue...)
	f, err := (&rss.Parser{}).Parse(bytes.NewReader(r.buf))
	if err != nil {
		return nil, err
	}
	if len(f.Items) != asked {
		return nil, fmt.Errorf("%d items were written and %d read", asked, len(f.Items))
	}
	return f.Items, nil
}

// rssWire is an item as gofeed would give it, and the memory behind it, which
// is used again for the next.
type rssWire struct {
	rss.Item
	guid       rss.GUID
	source     rss.Source
	categories []rss.Category
	enclosures []rss.Enclosure
}

// fill makes the item of what was picked and of what gofeed answered.
func (w *rssWire) fill(picks []pick, said *rss.Item) error {
	*w = rssWire{
		Item:       rss.Item{Links: w.Links[:0], Categories: w.Categories[:0], Enclosures: w.Enclosures[:0]},
		categories: w.categories[:0], enclosures: w.enclosures[:0],
	}
	for i := range picks {
		if err := w.take(&picks[i], said); err != nil {
			return fmt.Errorf("%s: %w", picks[i].name, err)
		}
	}
	w.Categories = point(w.Categories, w.categories)
	w.Enclosures = point(w.Enclosures, w.enclosures)
	return nil
}

func (w *rssWire) take(p *pick, said *rss.Item) error {
	switch p.name {
	case "title":
		w.Title = p.or(said.Title)
	case "description":
		w.Description = p.or(said.Description)
	case "content:encoded":
		w.Content = p.or(said.Content)
	case "author":
		w.Author = p.or(said.Author)
	case "comments":
		w.Comments = p.or(said.Comments)
	case "link":
		link := or(p.text, p.attrs[0])
		if p.asked {
			if len(said.Links) == 0 {
				return errUnanswered
			}
			link, said.Links = said.Links[0], said.Links[1:]
		}
		w.Links = append(w.Links, link)
	case "guid":
		w.guid, w.GUID = rss.GUID{Value: p.text, IsPermalink: or(p.attrs[0], "true")}, &w.guid
		if p.asked {
			return answer(&w.guid, said.GUID)
		}
	case "source":
		w.source, w.Source = rss.Source{Title: p.text, URL: p.attrs[0]}, &w.source
		if p.asked {
			return answer(&w.source, said.Source)
		}
	case "category":
		return collect(&w.categories, p, rss.Category{Value: p.text, Domain: p.attrs[0]}, &said.Categories)
	case "enclosure":
		return collect(&w.enclosures, p, rss.Enclosure{URL: p.attrs[0], Length: p.attrs[1], Type: p.attrs[2]}, &said.Enclosures)
	default:
		return errUnread
	}
	return nil
}
