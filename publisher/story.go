package publisher

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	"github.com/fxamacker/cbor/v2"

	"weir/feed"
	"weir/feed/markup"
)

// story is an entry with everything that its rendering depends on, and what
// all formats say alike.
type story struct {
	feed.Entry
	From *outlet
	Also []mention
	// Dir is where the page of a local article lies; empty for others.
	Dir string
	// Heading is the title as feeds show it, with the prefix.
	Heading string
	// Credits are the authors, never empty: who wrote it, else whose feed it
	// is (T6, rules of attribution).
	Credits []feed.Person
	// Brief is the summary as plain text, taken from the body where the
	// source gave none.
	Brief string
	// Bare says that the body holds nothing beyond Brief.
	Bare bool
	// Categories is the union of all sources' tags.
	Categories []feed.Tag
	// Passed are the elements in other vocabularies that are passed on, Members
	// those of JSON.
	Passed  []element
	Members []member
}

// digest stands for content: equal digests, equal rendering.
type digest [sha256.Size]byte

// mention is another source that tells the story.
type mention struct {
	From  *outlet
	Link  string
	Title string
	Key   feed.Key
}

// briefRunes is how long a summary taken from the body gets.
const briefRunes = 280

// newStory resolves an entry of a window. The window must have been scrubbed.
func (p *Publisher) newStory(e *feed.Entry, sources *outlets, profiles map[string]feed.Profile) *story {
	s := &story{Entry: *e, From: sources.get(e.Source(), profiles)}
	for _, sighting := range e.Sightings[min(1, len(e.Sightings)):] {
		s.Also = append(s.Also, mention{
			From:  sources.get(sighting.Source, profiles),
			Link:  address(sighting.Link),
			Title: sighting.Title,
			Key:   sighting.Key,
		})
	}
	if s.Full != "" {
		s.HTML, s.Full, s.Excerpt = s.Full, "", false
	}
	// Traits serve the store's decisions and are shown nowhere.
	s.Traits = feed.Traits{}
	s.localise(p.opt.Site.URL, p.opt.Articles != "")
	return s
}

// complete fills what is derived from the entry. It is left until the story is
// known to need rendering.
func (s *story) complete(how manner) {
	s.Published = cmp.Or(s.Published, s.Place, s.FirstSeen, s.Updated)
	if s.Updated.Before(s.Published) {
		s.Updated = s.Published
	}
	s.Link, s.External = address(s.Link), address(s.External)
	s.Image, s.Comments = address(s.Image), address(s.Comments)
	s.Attachments = reachable(s.Attachments)
	s.Credits = credits(s)
	s.Categories = s.AllTags()
	// What could not be read when the source wrote it says nothing to anybody.
	s.HTML, s.Summary = strings.ReplaceAll(s.HTML, "\ufffd", ""), strings.ReplaceAll(s.Summary, "\ufffd", "")
	text := markup.Text(s.HTML)
	s.Brief = cmp.Or(s.Summary, shorten(text, briefRunes))
	if how.brief && s.Brief != "" {
		s.Summary, s.HTML, s.Excerpt = s.Brief, "", false
	}
	// Whatever is not text, a picture or a link, has an attribute.
	s.Bare = s.HTML == "" || text == s.Brief && !strings.Contains(s.HTML, "=")
	s.Title = strings.TrimSpace(s.Title)
	if s.Title == "" && s.Brief == "" {
		s.Title = cmp.Or(s.Link, s.From.Title)
	}
	s.Heading = s.Title
	if how.prefix != "" && s.Title != "" {
		s.Heading = strings.ReplaceAll(how.prefix, "{source}", s.From.Title) + s.Title
	}
	s.Passed = screened(s.Extensions, how.all)
	if how.all {
		s.Members = sourceMembers(s.Extensions)
	}
}

// reachable returns the attachments that documents can link to, with the address
// as it stands there. The first one counts in RSS, so those that cannot must not
// be in front of it (R7).
func reachable(list []feed.Attachment) (out []feed.Attachment) {
	for _, a := range list {
		if a.URL = address(a.URL); a.URL != "" {
			out = append(out, a)
		}
	}
	return out
}

// localise finds where the page of a local article lies: at the address that
// its own folder gave it, which other articles and the world link to, whatever
// slug the store had to give the entry. An article whose address was given for
// another site lies under the entry's slug.
func (s *story) localise(site string, paged bool) {
	if !s.From.Local || !paged {
		return
	}
	own, ok := strings.CutPrefix(s.Link, site+"e/")
	own, whole := strings.CutSuffix(own, "/")
	if !ok || !whole || !feed.ValidSlug(own) {
		own = s.Slug
	}
	s.Dir = articleDir(own)
	s.Link = site + s.Dir
}

// sum digests everything that the rendering of the story depends on. Encoding
// the whole value means that no field can be forgotten. The number stands for
// the entry alone: that its source tells something else now is no news of it.
func (s *story) sum(enc cbor.EncMode) (digest, uint64, error) {
	h, number := sha256.New(), xxhash.New()
	err := enc.NewEncoder(io.MultiWriter(h, number)).Encode(&s.Entry)
	if err == nil {
		err = enc.NewEncoder(h).Encode([]any{s.From, s.Also})
	}
	if err != nil {
		return digest{}, 0, fmt.Errorf("digest of entry %s: %w", s.Slug, err)
	}
	return digest(h.Sum(nil)), number.Sum64(), nil
}

// credits returns who is named as author: the entry's own, those of the feed
// that it came from first or through which it came, or that feed itself (I24,
// T6).
func credits(s *story) []feed.Person {
	if own := named(s.Authors); len(own) > 0 {
		return own
	}
	if s.Origin != nil {
		if theirs := named(s.Origin.Authors); len(theirs) > 0 {
			return theirs
		}
		if s.Origin.Title != "" {
			return []feed.Person{{Name: s.Origin.Title, URI: publicURL(s.Origin.Link)}}
		}
	}
	if theirs := named(s.From.Profile.Authors); len(theirs) > 0 {
		return theirs
	}
	return []feed.Person{{Name: s.From.Title, URI: s.From.Home}}
}

// named returns the persons that have a name or something to call them by
// (T11: a person without a name is invalid).
func named(persons []feed.Person) []feed.Person {
	var out []feed.Person
	for _, person := range persons {
		if person.Name = strings.TrimSpace(person.Name); person.Name == "" {
			account, _, _ := strings.Cut(person.Email, "@")
			person.Name = cmp.Or(strings.TrimSpace(account), hostOf(person.URI))
		}
		if person.Name != "" {
			person.URI, person.Avatar = address(person.URI), address(person.Avatar)
			out = append(out, person)
		}
	}
	return out
}

// shorten cuts a plain text at a word, at most n characters long.
func shorten(text string, n int) string {
	if len(text) <= n || utf8.RuneCountInString(text) <= n {
		return text
	}
	end, count := 0, 0
	for i := range text {
		if count++; count == n {
			end = i
			break
		}
	}
	cut := text[:end]
	if i := strings.LastIndexByte(cut, ' '); i > end/2 {
		cut = cut[:i]
	}
	// A text of nothing else is better than none.
	return cmp.Or(strings.TrimRight(cut, " ,;:–-"), cut) + "…"
}
