package publisher

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"path"
	"strings"
	"time"

	"weir/feed"
)

// maxArticles bounds how many local articles get a page.
const maxArticles = 100_000

// restless is how often a channel is read that changes meanwhile.
const restless = 5

// errRestless is returned when a channel changed under every attempt to read
// all of it.
var errRestless = errors.New("channel kept changing while it was read")

// articleDir is where the page of a local article lies.
func articleDir(slug string) string { return "e/" + slug + "/" }

// publishArticles makes the page of every local article, its files beside it.
func (p *Publisher) publishArticles(ctx context.Context, sources *outlets) (*published, error) {
	w, err := p.wholeChannel(ctx, p.opt.Articles)
	if err != nil {
		return nil, err
	}
	out := &published{revision: w.Revision, docs: make(map[string]*Document, 2*len(w.Entries))}
	for i := range w.Entries {
		out.slugs = append(out.slugs, w.Entries[i].Slug)
	}
	scrub(&w)
	window := p.read(&w, sources, manner{}, nil)
	for i, s := range window.stories {
		f := window.fragments[i]
		if s.Dir == "" {
			continue
		}
		if out.docs[s.Dir+"index.html"] != nil {
			p.log.Warn("article left out", "entry", s.Slug, "reason", "another one has its address "+s.Link)
			continue
		}
		if f.article == nil {
			if f.article, err = p.pages.article(s); err != nil {
				p.log.Warn("article left out", "entry", s.Slug, "reason", err.Error())
				continue
			}
		}
		name := s.Dir + "index.html"
		out.docs[name] = p.document(name, kindPage, htmlType, f.article, w.Revision, latest(s.Updated, s.FirstSeen))
		for _, a := range s.Assets {
			if doc := p.asset(s, a); doc != nil {
				out.docs[s.Dir+a.Name] = doc
			}
		}
	}
	return out, nil
}

// wholeChannel reads a channel to its end, beginning anew when it changes
// meanwhile, so that all entries are of one revision.
func (p *Publisher) wholeChannel(ctx context.Context, id string) (feed.Window, error) {
	for range restless {
		w, steady, err := p.readThrough(ctx, id)
		if err != nil || steady {
			return w, err
		}
	}
	return feed.Window{}, errRestless
}

// readThrough reads a channel once; steady says that it stayed as it was.
func (p *Publisher) readThrough(ctx context.Context, id string) (all feed.Window, steady bool, err error) {
	all, err = p.reader.Window(feed.Query{Channel: id, Limit: maxWindow})
	for err == nil && all.Next != "" && len(all.Entries) < maxArticles {
		if err := ctx.Err(); err != nil {
			return all, false, err
		}
		w, err := p.reader.Window(feed.Query{Channel: id, Limit: maxWindow, After: all.Next})
		if err != nil || w.Revision != all.Revision {
			return all, false, err
		}
		all.Entries = append(all.Entries, w.Entries...)
		if all.Sources == nil {
			all.Sources = make(map[string]feed.Profile)
		}
		maps.Copy(all.Sources, w.Sources)
		all.Next = w.Next
	}
	return all, err == nil, err
}

// asset returns the document of a file beside an article, nil where it cannot
// be published.
func (p *Publisher) asset(s *story, a feed.Asset) *Document {
	dir := p.opt.Assets[s.Source()]
	switch {
	case !validAssetName(a.Name) || !fs.ValidPath(a.Path):
		p.log.Warn("file left out", "entry", s.Slug, "file", a.Name, "reason", "its name cannot be published")
		return nil
	case dir == nil:
		p.log.Warn("file left out", "entry", s.Slug, "file", a.Name, "reason", "its folder is not known")
		return nil
	}
	return &Document{
		Type:     assetType(a.Name),
		ETag:     `"` + hex.EncodeToString(a.Sum[:8]) + `"`,
		Modified: s.Updated.Truncate(time.Second),
		Asset:    &Asset{FS: dir, Path: a.Path, Size: a.Size, Sum: a.Sum},
		kind:     kindAsset,
	}
}

// validAssetName accepts a plain file name that is neither hidden nor the
// page's own.
func validAssetName(name string) bool {
	return name != "" && len(name) <= 200 && name[0] != '.' && !strings.HasPrefix(name, "index.html") &&
		!strings.ContainsAny(name, "/\\:*?\"<>|\x00") && printable(name) == name
}

// assetType returns the media type by a fixed table: the system's own differs
// from machine to machine. What is not listed is downloaded, not shown.
func assetType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".avif":
		return "image/avif"
	case ".gif":
		return "image/gif"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	case ".svg":
		return "image/svg+xml"
	case ".webp":
		return "image/webp"
	case ".mp3":
		return "audio/mpeg"
	case ".m4a":
		return "audio/mp4"
	case ".ogg", ".oga", ".opus":
		return "audio/ogg"
	case ".mp4", ".m4v":
		return "video/mp4"
	case ".webm":
		return "video/webm"
	case ".vtt":
		return "text/vtt; charset=utf-8"
	case ".pdf":
		return "application/pdf"
	case ".csv":
		return "text/csv; charset=utf-8"
	case ".txt", ".md":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}
