package parse

import (
	"bytes"

	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"

	"weir/feed"
	"weir/feed/markup"
)

// Read reads one document. The error, if any, wraps [ErrNotFeed] or is a
// [*LimitError] or a [*SyntaxError].
func Read(body []byte, opt Options) (*feed.Document, error) {
	doc := &feed.Document{Context: Context(opt.Source, opt.Location)}
	if f, err := (&rss.Parser{}).Parse(bytes.NewReader(body)); err == nil {
		doc.Format = "RSS " + f.Version
		doc.Profile = feed.Profile{Title: markup.Title(f.Title), Link: markup.URL(f.Link, nil), Subtitle: markup.Title(f.Description)}
		for i, w := range f.Items {
			it := feed.Item{Position: i}
			it.Title, it.Link, it.HTML = markup.Title(w.Title), markup.URL(w.Link, nil), markup.Clean(w.Description, nil)
			if w.GUID != nil {
				it.RawID = w.GUID.Value
			}
			doc.Items = append(doc.Items, it)
			doc.Seen = append(doc.Seen, feed.Known{})
		}
		return doc, nil
	}
	f, err := (&atom.Parser{}).Parse(bytes.NewReader(body))
	if err != nil {
		return nil, notFeed("something else")
	}
	doc.Format = "Atom " + f.Version
	doc.Profile = feed.Profile{Title: markup.Title(f.Title)}
	for i, w := range f.Entries {
		it := feed.Item{Position: i, RawID: w.ID}
		it.Title, it.HTML = markup.Title(w.Title), markup.Clean(w.Summary, nil)
		doc.Items = append(doc.Items, it)
		doc.Seen = append(doc.Seen, feed.Known{})
	}
	return doc, nil
}
