package bolt

import (
	"encoding/binary"
	"fmt"
	"time"

	"weir/feed"
	"weir/store"
)

// sourceRec is a source's configuration as it was last seen, under its id.
type sourceRec struct {
	No           uint32   `cbor:"1,keyasint"`
	Kind         uint8    `cbor:"2,keyasint,omitempty"`
	URL          string   `cbor:"3,keyasint"`
	Title        string   `cbor:"4,keyasint,omitempty"`
	Author       string   `cbor:"5,keyasint,omitempty"`
	Site         string   `cbor:"6,keyasint,omitempty"`
	Tags         []string `cbor:"7,keyasint,omitempty"`
	Priority     int      `cbor:"8,keyasint,omitempty"`
	Every        int64    `cbor:"9,keyasint,omitempty"`
	KeepUntitled bool     `cbor:"10,keyasint,omitempty"`
	Dedupe       uint8    `cbor:"11,keyasint,omitempty"`
	Group        string   `cbor:"12,keyasint,omitempty"`
	Filter       string   `cbor:"13,keyasint,omitempty"`
	Secrets      []string `cbor:"14,keyasint,omitempty"`
	Gone         uint8    `cbor:"15,keyasint,omitempty"`
	KeepEntries  int      `cbor:"16,keyasint,omitempty"`
	KeepDays     int      `cbor:"17,keyasint,omitempty"`
	FullText     bool     `cbor:"18,keyasint,omitempty"`
	// Retired is when it left the configuration, 0 while it is there.
	Retired int64 `cbor:"24,keyasint,omitempty"`
}

func sourceRecord(no uint32, s feed.Source) sourceRec {
	return sourceRec{
		No: no, Kind: uint8(s.Kind), URL: s.URL, Title: s.Title, Author: s.Author, Site: s.Site,
		Tags: s.Tags, Priority: s.Priority, Every: int64(s.Every),
		KeepUntitled: s.KeepUntitled, Dedupe: uint8(s.Dedupe), Group: s.Group, Filter: s.Filter,
		Secrets: s.Secrets, Gone: uint8(s.Gone), KeepEntries: s.Keep.Entries, KeepDays: s.Keep.Days,
		FullText: s.FullText,
	}
}

func (r sourceRec) source(id string) feed.Source {
	return feed.Source{
		ID: id, Kind: feed.SourceKind(r.Kind), URL: r.URL, Title: r.Title, Author: r.Author, Site: r.Site,
		Tags: r.Tags, Priority: r.Priority, Every: time.Duration(r.Every),
		KeepUntitled: r.KeepUntitled, Dedupe: feed.Dedupe(r.Dedupe), Group: r.Group, Filter: r.Filter,
		Secrets: r.Secrets, Gone: feed.Gone(r.Gone), Keep: feed.Keep{Entries: r.KeepEntries, Days: r.KeepDays},
		FullText: r.FullText,
	}
}

// pollRec is what changes at every poll, and nothing else: an unchanged poll
// writes one of these and no more.
type pollRec struct {
	Due        int64         `cbor:"1,keyasint,omitempty"`
	Interval   int64         `cbor:"2,keyasint,omitempty"`
	Tried      int64         `cbor:"3,keyasint,omitempty"`
	Succeeded  int64         `cbor:"4,keyasint,omitempty"`
	Fresh      int64         `cbor:"5,keyasint,omitempty"`
	Validators validatorsRec `cbor:"6,keyasint,omitempty"`
	Status     int           `cbor:"7,keyasint,omitempty"`
	Failures   int           `cbor:"8,keyasint,omitempty"`
	Since      int64         `cbor:"9,keyasint,omitempty"`
	Problem    problemRec    `cbor:"10,keyasint,omitempty"`
	Moved      string        `cbor:"11,keyasint,omitempty"`
	MovedSince int64         `cbor:"12,keyasint,omitempty"`
	MovedSeen  int           `cbor:"23,keyasint,omitempty"`
	TTL        int64         `cbor:"13,keyasint,omitempty"`
	Lifetime   int64         `cbor:"14,keyasint,omitempty"`
	RetryAfter int64         `cbor:"15,keyasint,omitempty"`
	SkipHours  uint32        `cbor:"16,keyasint,omitempty"`
	SkipDays   uint8         `cbor:"17,keyasint,omitempty"`
	Readings   int           `cbor:"24,keyasint,omitempty"`
	Rhythm     []byte        `cbor:"22,keyasint,omitempty"`
	// ID is the source's, should its own record be damaged.
	ID string `cbor:"18,keyasint,omitempty"`
}

type validatorsRec struct {
	URL          string `cbor:"1,keyasint,omitempty"`
	Final        string `cbor:"2,keyasint,omitempty"`
	ETag         string `cbor:"3,keyasint,omitempty"`
	LastModified string `cbor:"4,keyasint,omitempty"`
}

type problemRec struct {
	Kind string `cbor:"1,keyasint,omitempty"`
	Text string `cbor:"2,keyasint,omitempty"`
}

func pollRecord(p *feed.PollState) pollRec {
	return pollRec{
		Due: micros(p.Due), Interval: int64(p.Interval),
		Tried: micros(p.Tried), Succeeded: micros(p.Succeeded), Fresh: micros(p.Fresh),
		Validators: validatorsRec(p.Validators), Status: p.Status,
		Failures: p.Failures, Since: micros(p.Since), Problem: problemRec(p.Problem),
		Moved: p.Moved, MovedSince: micros(p.MovedSince), MovedSeen: p.MovedSeen,
		TTL: int64(p.Hints.TTL), Lifetime: int64(p.Hints.Fresh), RetryAfter: micros(p.Hints.RetryAfter),
		SkipHours: p.Hints.SkipHours, SkipDays: p.Hints.SkipDays, Readings: p.Readings, Rhythm: []byte(p.Rhythm),
	}
}

func (r *pollRec) state() feed.PollState {
	return feed.PollState{
		Due: instant(r.Due), Interval: time.Duration(r.Interval),
		Tried: instant(r.Tried), Succeeded: instant(r.Succeeded), Fresh: instant(r.Fresh),
		Validators: feed.Validators(r.Validators), Status: r.Status,
		Failures: r.Failures, Since: instant(r.Since), Problem: feed.Problem(r.Problem),
		Moved: r.Moved, MovedSince: instant(r.MovedSince), MovedSeen: r.MovedSeen,
		Hints: feed.Hints{
			TTL: time.Duration(r.TTL), Fresh: time.Duration(r.Lifetime), RetryAfter: instant(r.RetryAfter),
			SkipHours: r.SkipHours, SkipDays: r.SkipDays,
		},
		Readings: r.Readings, Rhythm: string(r.Rhythm),
	}
}

// docRec is what changes when a source's document did.
type docRec struct {
	Profile      profileRec   `cbor:"1,keyasint"`
	Format       string       `cbor:"2,keyasint,omitempty"`
	FirstFetched int64        `cbor:"3,keyasint,omitempty"`
	Known        []byte       `cbor:"4,keyasint,omitempty"`
	Context      uint64       `cbor:"5,keyasint,omitempty"`
	Head         uint64       `cbor:"6,keyasint,omitempty"`
	Warnings     []string     `cbor:"7,keyasint,omitempty"`
	Entries      int          `cbor:"8,keyasint,omitempty"`
	Learned      learnedRec   `cbor:"9,keyasint,omitempty"`
	Waiting      []waitingRec `cbor:"10,keyasint,omitempty"`
	Missing      []missingRec `cbor:"24,keyasint,omitempty"`
	Partial      bool         `cbor:"25,keyasint,omitempty"`
	Withheld     int          `cbor:"26,keyasint,omitempty"`
	Denied       string       `cbor:"27,keyasint,omitempty"`
}

type missingRec struct {
	Key       feed.Key `cbor:"1,keyasint"`
	Since     int64    `cbor:"2,keyasint"`
	Readings  int      `cbor:"3,keyasint,omitempty"`
	Withdrawn int64    `cbor:"4,keyasint,omitempty"`
}

func missingRecord(m feed.Missing) missingRec {
	return missingRec{m.Key, micros(m.Since), m.Readings, micros(m.Withdrawn)}
}

func (r missingRec) missing() feed.Missing {
	return feed.Missing{Key: r.Key, Since: instant(r.Since), Readings: r.Readings, Withdrawn: instant(r.Withdrawn)}
}

type waitingRec struct {
	File  string `cbor:"1,keyasint"`
	Title string `cbor:"2,keyasint,omitempty"`
	At    int64  `cbor:"3,keyasint,omitempty"`
}

func waitingRecord(w feed.Waiting) waitingRec { return waitingRec{w.File, w.Title, micros(w.At)} }

func (r waitingRec) waiting() feed.Waiting {
	return feed.Waiting{File: r.File, Title: r.Title, At: instant(r.At)}
}

type learnedRec struct {
	Version    uint8  `cbor:"1,keyasint,omitempty"`
	Dates      uint8  `cbor:"2,keyasint,omitempty"`
	Unread     string `cbor:"3,keyasint,omitempty"`
	UnreadItem uint64 `cbor:"4,keyasint,omitempty"`
}

func learnedRecord(l feed.Learned) learnedRec {
	return learnedRec{Version: l.Version, Dates: uint8(l.Dates), Unread: l.Unread, UnreadItem: l.UnreadItem}
}

func (r learnedRec) learned() feed.Learned {
	return feed.Learned{Version: r.Version, Dates: feed.DateOrder(r.Dates), Unread: r.Unread, UnreadItem: r.UnreadItem}
}

type profileRec struct {
	Title    string      `cbor:"1,keyasint,omitempty"`
	Subtitle string      `cbor:"2,keyasint,omitempty"`
	Link     string      `cbor:"3,keyasint,omitempty"`
	Self     string      `cbor:"4,keyasint,omitempty"`
	Hub      string      `cbor:"5,keyasint,omitempty"`
	FeedID   string      `cbor:"6,keyasint,omitempty"`
	Language string      `cbor:"7,keyasint,omitempty"`
	Rights   string      `cbor:"8,keyasint,omitempty"`
	Icon     string      `cbor:"9,keyasint,omitempty"`
	Logo     string      `cbor:"10,keyasint,omitempty"`
	Authors  []personRec `cbor:"11,keyasint,omitempty"`
	Updated  int64       `cbor:"12,keyasint,omitempty"`
	Local    bool        `cbor:"13,keyasint,omitempty"`
	Cloud    string      `cbor:"14,keyasint,omitempty"`
	Helpers  []personRec `cbor:"15,keyasint,omitempty"`
	Tags     []tagRec    `cbor:"16,keyasint,omitempty"`
}

func profileRecord(p *feed.Profile) profileRec {
	return profileRec{
		Title: p.Title, Subtitle: p.Subtitle, Link: p.Link, Self: p.Self, Hub: p.Hub,
		FeedID: p.FeedID, Language: p.Language, Rights: p.Rights, Icon: p.Icon, Logo: p.Logo,
		Authors: each(p.Authors, personRecord), Updated: micros(p.Updated), Local: p.Local, Cloud: p.Cloud,
		Helpers: each(p.Contributors, personRecord), Tags: each(p.Tags, tagRecord),
	}
}

func (r *profileRec) profile() feed.Profile {
	return feed.Profile{
		Title: r.Title, Subtitle: r.Subtitle, Link: r.Link, Self: r.Self, Hub: r.Hub,
		FeedID: r.FeedID, Language: r.Language, Rights: r.Rights, Icon: r.Icon, Logo: r.Logo,
		Authors: each(r.Authors, personRec.person), Updated: instant(r.Updated), Local: r.Local, Cloud: r.Cloud,
		Contributors: each(r.Helpers, personRec.person), Tags: each(r.Tags, tagRec.tag),
	}
}

func docRecord(d *feed.DocState) docRec {
	return docRec{
		Profile: profileRecord(&d.Profile), Format: d.Format, FirstFetched: micros(d.FirstFetched),
		Known: packKnown(d.Known), Context: d.Context, Head: d.Head, Warnings: d.Warnings, Entries: d.Entries,
		Learned: learnedRecord(d.Learned), Waiting: each(d.Waiting, waitingRecord),
		Missing: each(d.Missing, missingRecord), Partial: d.Partial, Withheld: d.Withheld, Denied: d.Denied,
	}
}

func (r *docRec) state() (feed.DocState, error) {
	known, err := unpackKnown(r.Known)
	return feed.DocState{
		Profile: r.Profile.profile(), Format: r.Format, FirstFetched: instant(r.FirstFetched),
		Known: known, Context: r.Context, Head: r.Head, Warnings: r.Warnings, Entries: r.Entries,
		Learned: r.Learned.learned(), Waiting: each(r.Waiting, waitingRec.waiting),
		Missing: each(r.Missing, missingRec.missing), Partial: r.Partial, Withheld: r.Withheld, Denied: r.Denied,
	}, err
}

// knownSize is the length of one packed feed.Known: a source's list may have
// thousands, and is read at every poll.
const knownSize = 8 + len(feed.Key{}) + 3*8

func packKnown(list []feed.Known) []byte {
	packed := make([]byte, 0, len(list)*knownSize)
	for i := range list {
		k := &list[i]
		packed = binary.BigEndian.AppendUint64(packed, k.Hash)
		packed = append(packed, k.Key[:]...)
		packed = binary.BigEndian.AppendUint64(packed, k.ID)
		packed = binary.BigEndian.AppendUint64(packed, k.Link)
		packed = binary.BigEndian.AppendUint64(packed, k.Slug)
	}
	return packed
}

func unpackKnown(packed []byte) ([]feed.Known, error) {
	if len(packed)%knownSize != 0 {
		return nil, fmt.Errorf("known items: %w: odd length %d", store.ErrCorrupt, len(packed))
	}
	if len(packed) == 0 {
		return nil, nil
	}
	list := make([]feed.Known, len(packed)/knownSize)
	for i := range list {
		p := packed[i*knownSize:]
		list[i] = feed.Known{
			Hash: binary.BigEndian.Uint64(p),
			Key:  feed.Key(p[8:24]),
			ID:   binary.BigEndian.Uint64(p[24:]),
			Link: binary.BigEndian.Uint64(p[32:]),
			Slug: binary.BigEndian.Uint64(p[40:]),
		}
	}
	return list, nil
}

// rejectionRec is one item that ended as nothing; a source's list is one
// record, newest first.
type rejectionRec struct {
	RawID  string `cbor:"1,keyasint,omitempty"`
	Title  string `cbor:"2,keyasint,omitempty"`
	Link   string `cbor:"3,keyasint,omitempty"`
	Reason string `cbor:"4,keyasint,omitempty"`
	At     int64  `cbor:"5,keyasint,omitempty"`
}

func rejectionRecord(r feed.Rejection) rejectionRec {
	return rejectionRec{RawID: r.RawID, Title: r.Title, Link: r.Link, Reason: r.Reason, At: micros(r.At)}
}

func (r rejectionRec) rejection() feed.Rejection {
	return feed.Rejection{RawID: r.RawID, Title: r.Title, Link: r.Link, Reason: r.Reason, At: instant(r.At)}
}

// each maps a list, keeping nil.
func each[A, B any](in []A, f func(A) B) []B {
	if in == nil {
		return nil
	}
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
