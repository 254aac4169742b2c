package publisher

import (
	"context"
	"encoding/xml"
	"fmt"
	"slices"

	"weir/feed"
)

// Poison adds a format that fails as it is told to.
func (p *Publisher) Poison(render func(slug string) error) {
	p.formats = append(p.formats, format{"poison", func(f *fragment) error { return render(f.story.Slug) }})
}

// Tamper changes every fragment after it was rendered and read back.
func (p *Publisher) Tamper(change func(name string, item []byte) []byte) {
	p.formats = append(p.formats, format{"tampered", func(f *fragment) error {
		f.rss, f.atom, f.json = change("rss.xml", f.rss), change("atom.xml", f.atom), change("feed.json", f.json)
		return nil
	}})
}

// ReadBack renders an entry, changes what came of it, and reads that back.
func (p *Publisher) ReadBack(e feed.Entry, change func(name string, item []byte) []byte) map[string]error {
	s := p.newStory(&e, newOutlets(p.opt.Site, p.host, nil, nil), nil)
	s.complete(manner{})
	f := &fragment{story: s}
	if err := f.render(p.formats); err != nil {
		return map[string]error{"rendering": err}
	}
	return map[string]error{
		"rss.xml":   verifyItem(change("rss.xml", f.rss), f.rssSpaces, s.meantRSS()...),
		"atom.xml":  verifyItem(change("atom.xml", f.atom), f.atomSpaces, s.meantAtom()...),
		"feed.json": s.verifyJSON(change("feed.json", f.json)),
	}
}

// VerifyItem is the strict reading of one rendered element, with the
// namespaces that every feed declares. What follows are names of elements, each
// with what it is to say.
func VerifyItem(item string, want ...string) error {
	var list []meant
	for i := 0; i+1 < len(want); i += 2 {
		list = append(list, says(want[i], want[i+1]))
	}
	return verifyItem([]byte(item), spaces{known: spaceAtom | spaceDC | spaceContent}, list...)
}

// ExtensionSpaces are the namespaces whose elements are passed on.
func ExtensionSpaces() (names []xml.Attr) {
	for _, attr := range (spaces{known: 1<<len(namespaces) - 1}).declare() {
		if !knownSpace(attr.Value).modelled {
			names = append(names, attr)
		}
	}
	return names
}

// Feeds renders what the reader has as the feeds of a channel, by name: as
// [Publisher.Render] does, but nothing is kept, and there are no pages.
func (p *Publisher) Feeds(ctx context.Context, id string) (map[string][]byte, []feed.Omission, error) {
	told, err := p.reader.Profiles()
	if err != nil {
		return nil, nil, err
	}
	if _, err := p.findRemoved(ctx); err != nil {
		return nil, nil, err
	}
	clear(p.cache)
	ch := p.opt.Channels[slices.IndexFunc(p.opt.Channels, func(ch Channel) bool { return ch.ID == id })]
	ch.Limit = defaultLimit
	sources := newOutlets(p.opt.Site, p.host, told, nil)
	w, err := p.window(ctx, &ch, nil, sources)
	if err != nil {
		return nil, nil, err
	}
	window := p.read(&w, sources, ch.manner(), nil)
	window.sort(&ch)
	view := p.view(ch, window.stories)
	view.announce(p.removed, window.stories)
	docs := make(map[string][]byte, 3)
	for _, doc := range view.feeds() {
		if docs[doc.name], err = doc.body(window.fragments); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", doc.name, err)
		}
	}
	return docs, window.left, nil
}

// Press compresses bodies one after another with the same writers.
type Press struct{ p press }

// Pack returns a body by content coding.
func (x *Press) Pack(ctx context.Context, body []byte) (map[string][]byte, error) {
	done, err := x.p.pack(ctx, body, kindFeed.codings())
	if err != nil {
		return nil, err
	}
	coded := make(map[string][]byte)
	for _, c := range kindFeed.codings() {
		coded[c.name()] = done[c]
	}
	return coded, nil
}
