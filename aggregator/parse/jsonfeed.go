package parse

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
	"weir/feed/markup"
)

// jsonReader reads JSON Feed 1.0 and 1.1. It is our own, because gofeed's
// takes every object for a feed, loses a feed to one value of a wrong type,
// and knows neither hubs nor what 1.1 added to attachments (G18 to G20, XC07).
type jsonReader struct {
	opt   *Options
	out   *feed.Document
	depth int
	limit Limits
	base  bases
	from  inherited
	// version is what follows "jsonfeed.org/version/"; named says that a
	// member was met that only feeds have, other one of another kind of feed.
	version      string
	named, other bool
	// author is the feed's single author of version 1.0, whom authors of
	// version 1.1 outweigh.
	author []feed.Person
	// items bounds the value of the member items, found says that it is a
	// list.
	items span
	found bool
}

// finished is the poll interval that a feed suggests which says that it will
// never change again (P32).
const finished = 7 * 24 * time.Hour

func readJSON(text []byte, opt *Options, limits Limits, dates *calendar, out *feed.Document) error {
	r := jsonReader{opt: opt, out: out, depth: limits.Depth, limit: limits}
	location := opt.base(opt.Location)
	r.base = bases{location: location}
	cut, err := r.head(text)
	if err != nil {
		return err
	}
	if err := r.judge(text, cut); err != nil {
		return err
	}
	if cut {
		out.Partial = true
		warn(out, "the document ends early; its whole items were read")
	}
	if len(out.Profile.Authors) == 0 {
		out.Profile.Authors = r.author
	}
	r.base.channel = opt.base(out.Profile.Link)
	src := &opt.Source
	r.from = inherited{
		trace:   r.opt.Trace,
		dates:   dates,
		authors: out.Profile.Authors, language: out.Profile.Language,
		byline: or(src.Author, or(src.Title, out.Profile.Title)), keepUntitled: src.KeepUntitled,
	}
	var h xxhash.Digest
	h.Reset()
	_, _ = h.Write(text[:r.items.lo])
	_, _ = h.Write(text[r.items.hi:])
	out.Head = h.Sum64()
	return r.entries(text)
}

// head reads everything but the items; cut says that the text ends, or ceases
// to make sense, before the feed does.
func (r *jsonReader) head(text []byte) (cut bool, err error) {
	w := walkJSON(text, r.depth)
	for {
		key, s, ok, err := w.member()
		if err != nil {
			return false, err
		}
		if ok && string(key) == "items" {
			r.setItems(text, s)
		} else if ok {
			r.profile(string(key), jsonValue(text[s.lo:s.hi]))
		} else {
			if w.cut && string(key) == "items" {
				r.setItems(text, span{w.at, len(text)})
			}
			return w.cut, nil
		}
	}
}

func (r *jsonReader) setItems(text []byte, s span) {
	if s.lo < len(text) && (text[s.lo] == '[' || text[s.lo] == '{') {
		r.items, r.found = s, true
	}
}

// judge decides whether an object is a feed: it says so, or has what only
// feeds have beside a list, or a list of what only JSON Feed's items are. The
// beginning of one that does not say so must at least be that of valid JSON.
func (r *jsonReader) judge(text []byte, cut bool) error {
	r.out.Format = strings.TrimSpace("JSON Feed " + r.version)
	if r.version != "" {
		return nil
	}
	likely := r.found && (r.named || r.likely(text))
	switch {
	case likely && cut && !rawLineEnd(text):
		return nil
	case cut:
		return notFeed("a JSON object that ends early")
	case likely:
		warn(r.out, "the feed does not say that it is a JSON Feed")
		return nil
	case r.other:
		return notFeed("a feed of another kind in JSON")
	}
	return notFeed("a JSON object")
}

// likely reports whether one of the first elements of the list has a member
// that no other kind of JSON calls so.
func (r *jsonReader) likely(text []byte) bool {
	const tries = 8
	array := text[r.items.lo:r.items.hi]
	w := walkJSON(array, r.depth)
	for range tries {
		s, ok, err := w.child()
		if !ok || err != nil {
			break
		}
		found := false
		_ = jsonValue(array[s.lo:s.hi]).each(r.depth, func(key string, _ jsonValue) {
			switch key {
			case "content_html", "content_text", "date_published", "date_modified":
				found = true
			}
		})
		if found {
			return true
		}
	}
	return false
}

// rawLineEnd reports whether a string holds a line end that is not escaped,
// which JSON forbids.
func rawLineEnd(text []byte) bool {
	for i := 0; i < len(text); {
		j := bytes.IndexByte(text[i:], '"')
		if j < 0 {
			return false
		}
		i += j
		end := stringEnd(text, i)
		if end < 0 {
			end = len(text)
		}
		if bytes.IndexByte(text[i:end], '\n') >= 0 {
			return true
		}
		i = end
	}
	return false
}

// profile takes a member of the feed.
func (r *jsonReader) profile(key string, v jsonValue) {
	p, base := &r.out.Profile, r.base.forLink()
	switch key {
	case "version":
		_, version, _ := strings.Cut(v.text(), "jsonfeed.org/version/")
		r.version = clip(markup.Title(strings.Trim(version, "/ ")), 16)
	case "rss", "feed", "rdf":
		r.other = true
	case "title":
		p.Title = plainText(v.text()).line()
	case "description":
		p.Subtitle = plainText(v.text()).line()
	case "home_page_url":
		p.Link = markup.URL(v.address(r.depth), base)
		r.named = true
	case "feed_url":
		p.Self = markup.URL(v.address(r.depth), base)
		r.named = true
	case "icon":
		p.Icon = or(markup.URL(v.address(r.depth), base), p.Icon)
	case "favicon":
		p.Icon = or(p.Icon, markup.URL(v.address(r.depth), base))
	case "language":
		p.Language = language(v.text())
	case "author":
		r.author = r.people(v)
	case "authors":
		p.Authors = r.people(v)
	case "hubs":
		p.Hub = r.hub(v)
	case "expired":
		if string(v.bytes()) == "true" {
			r.out.Hints.TTL = finished
			warn(r.out, "the feed says that it has ended")
		}
	}
}

// hub returns the first hub that speaks WebSub.
func (r *jsonReader) hub(v jsonValue) string {
	for _, one := range v.list(r.depth, maxLinks) {
		var kind, address string
		_ = one.each(r.depth, func(key string, v jsonValue) {
			switch key {
			case "type":
				kind = v.text()
			case "url":
				address = markup.URL(v.text(), r.base.forLink())
			}
		})
		if address != "" && (kind == "" || strings.EqualFold(kind, "websub") || strings.EqualFold(kind, "pubsubhubbub")) {
			return address
		}
	}
	return ""
}

// plainText is a text that the format defines as plain but that producers
// fill with HTML now and then.
func plainText(s string) construct { return construct{value: s, plain: !looksHTML(s)} }

// entries reads the items whose hash is not known. All are found before any is
// read, so that too many cost nothing but finding that out.
func (r *jsonReader) entries(text []byte) error {
	if !r.found {
		return nil
	}
	known := knownHashes(r.opt, r.out.Context)
	seed := r.seed()
	array := text[r.items.lo:r.items.hi]
	w := walkJSON(array, r.depth)
	var list []span
	wanted := 0
	for {
		s, ok, err := w.child()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if len(list) >= r.limit.Items {
			return &LimitError{Limit: "number of items", Value: len(list) + 1, Max: r.limit.Items}
		}
		list = append(list, s)
		hash := mix(seed, xxhash.Sum64(s.of(array)))
		r.out.Seen = append(r.out.Seen, feed.Known{Hash: hash})
		if _, ok := known[hash]; !ok {
			wanted++
		}
	}
	r.out.Items = make([]feed.Item, 0, wanted)
	for position, s := range list {
		hash := r.out.Seen[position].Hash
		if _, ok := known[hash]; !ok {
			r.entry(s.of(array), position, hash)
		}
	}
	if w.cut {
		r.out.Partial = true
		if w.at < len(array) {
			r.out.Rejected = append(r.out.Rejected, feed.Rejection{Reason: "the document ends inside it"})
		}
	}
	return nil
}

func (r *jsonReader) seed() uint64 {
	var h xxhash.Digest
	h.Reset()
	var context [8]byte
	binary.LittleEndian.PutUint64(context[:], r.out.Context)
	_, _ = h.Write(context[:])
	hashInherited(&h, r.out.Profile.Link, &r.from)
	return h.Sum64()
}
