package config

import (
	"time"

	"weir/feed"
)

// The bounds of keep: one file holds no more than this, and dates end there.
const (
	maxEntries = 100_000_000
	maxDays    = 36_500
)

// keep reads how much is kept of all sources together.
func (s section) keep() feed.Retention {
	k := feed.Retention{Keep: feed.Keep{Entries: 100_000, Days: 3650}, PerChannel: feed.DefaultPerChannel}
	t := s.w.section(s.vals["keep"], "keep", keepKeys)
	t.keeping(&k.Keep)
	t.number("per_channel", 1, maxLimit, &k.PerChannel)
	return k
}

// feedKeep reads how much is kept of one feed.
func (s section) feedKeep(to *feed.Keep) {
	s.w.section(s.vals["keep"], s.at("keep"), feedKeepKeys).keeping(to)
}

func (s section) keeping(to *feed.Keep) {
	s.number("entries", 1, maxEntries, &to.Entries)
	s.number("days", 1, maxDays, &to.Days)
}

// flood reads how much one source may add at once.
func (s section) flood() Flood {
	f := Flood{FirstFetch: FirstFetch{Entries: 3, Days: 30}, Burst: 50}
	t := s.w.section(s.vals["flood"], "flood", floodKeys)
	t.number("burst", 0, maxEntries, &f.Burst)
	first := s.w.section(t.vals["first_fetch"], "flood.first_fetch", firstKeys)
	first.number("entries", 0, maxEntries, &f.FirstFetch.Entries)
	first.number("days", 0, maxDays, &f.FirstFetch.Days)
	return f
}

// backups reads where copies of the store go and returns what set the folder.
func (s section) backups(to *Backups) value {
	*to = Backups{Every: day, Keep: 7}
	set := value{path: "backups.dir"}
	t := s.w.section(s.vals["backups"], "backups", backupsKeys)
	for _, v := range t.values("dir") {
		if text, ok := s.w.line(v); ok {
			if p, ok := s.w.absolute(v, text); ok {
				to.Dir, set = p, v
			}
		}
	}
	t.duration("every", time.Hour, 365*day, &to.Every)
	t.number("keep", 1, 1000, &to.Keep)
	if _, wanted := s.value("backups"); wanted && len(t.values("dir")) == 0 && t.vals != nil {
		s.w.addKey(value{node: t.node, path: "backups.dir"}, "is missing", "add the folder for backups")
	}
	return set
}
