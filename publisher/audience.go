package publisher

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"weir/feed"
)

const (
	// forgetAfter is how long a figure counts: services ask at least daily.
	forgetAfter = 48 * time.Hour
	// maxFigures bounds what is remembered of one channel. Whoever comes when
	// it is full waits until others are forgotten.
	maxFigures = 256
	// maxServiceName and maxFeedID bound what a service calls itself and a feed.
	maxServiceName = 40
	maxFeedID      = 64
	// maxSubscribers is more than any feed has: who says more is not believed.
	maxSubscribers = 100_000_000
)

// Audience counts subscribers from what services that read for many say of
// themselves in User-Agent, as in "Feedbin feed-id:12 - 45 subscribers" (S25).
// Nobody else is counted: no address is looked at, and no one is recognised.
// The zero value counts nothing until Serve.
type Audience struct {
	// Now is the clock; nil means time.Now. Changed, where set, is called when a
	// figure is another one. Both are set before the first request.
	Now     func() time.Time
	Changed func()

	mu sync.Mutex
	// channels are those of feeds by path; figures are by channel.
	channels map[string]string
	figures  map[string]map[figureKey]figure
}

// figureKey tells apart what one service says: of every feed, and under every
// id that it has for one, it has other subscribers.
type figureKey struct{ path, service, id string }

type figure struct {
	subscribers int
	seen        time.Time
}

// Serve names the channels that are published below an address. What was said of
// others is forgotten.
func (a *Audience) Serve(site string, channels []string) {
	prefixes := []string{"/"}
	if u, err := url.Parse(site); err == nil && u.Path != "/" && u.Path != "" {
		prefixes = append(prefixes, u.Path) // as routes do
	}
	paths, kept := make(map[string]string), make(map[string]map[figureKey]figure)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range channels {
		for _, name := range [...]string{"rss.xml", "atom.xml", "feed.json"} {
			for _, prefix := range prefixes {
				paths[prefix+channelDir(id)+name] = id
			}
		}
		if kept[id] = a.figures[id]; kept[id] == nil {
			kept[id] = make(map[figureKey]figure)
		}
	}
	a.channels, a.figures = paths, kept
}

// Before listens to requests for feeds, and leaves all of them to next. Only who
// speaks of subscribers costs more than a look at its name.
func (a *Audience) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if said := r.Header["User-Agent"]; len(said) == 1 && strings.Contains(said[0], "subscriber") {
			a.heard(r.URL.Path, said[0])
		}
		next.ServeHTTP(w, r)
	})
}

// heard takes down what a service says of a feed.
func (a *Audience) heard(path, said string) {
	service, id, n, ok := subscribers(said)
	if !ok {
		return
	}
	now := time.Now
	if a.Now != nil {
		now = a.Now
	}
	if a.note(figureKey{path, service, id}, figure{n, now()}) && a.Changed != nil {
		a.Changed()
	}
}

// note keeps the newest figure, and reports whether it is another one.
func (a *Audience) note(key figureKey, f figure) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	channel, ok := a.channels[key.path]
	if !ok {
		return false
	}
	known := a.figures[channel]
	old, had := known[key]
	if !had && len(known) >= maxFigures {
		for k, v := range known {
			if f.seen.Sub(v.seen) > forgetAfter {
				delete(known, k)
			}
		}
		if len(known) >= maxFigures {
			return false
		}
	}
	if !had {
		// A key that stays must not keep the whole request in memory.
		key = figureKey{strings.Clone(key.path), strings.Clone(key.service), strings.Clone(key.id)}
	}
	known[key] = f
	return !had || old.subscribers != f.subscribers
}

// Report returns the readership of every channel that has any, by id, with the
// largest services first.
func (a *Audience) Report(now time.Time) (list []feed.Readership) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for channel, figures := range a.figures {
		of := map[string]feed.Service{}
		r := feed.Readership{Channel: channel}
		for key, f := range figures {
			if now.Sub(f.seen) > forgetAfter {
				continue
			}
			s := of[key.service]
			of[key.service] = feed.Service{Name: key.service, Subscribers: s.Subscribers + f.subscribers, Seen: latest(s.Seen, f.seen)}
			r.Subscribers += f.subscribers
		}
		for _, s := range of {
			r.Services = append(r.Services, s)
		}
		slices.SortFunc(r.Services, func(x, y feed.Service) int {
			return cmp.Or(cmp.Compare(y.Subscribers, x.Subscribers), cmp.Compare(x.Name, y.Name))
		})
		if len(of) > 0 {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(x, y feed.Readership) int { return cmp.Compare(x.Channel, y.Channel) })
	return list
}

// subscribers reads "(n subscribers)" out of a User-Agent, with the name of the
// service and, where it says one, its id of the feed.
func subscribers(said string) (service, id string, n int, ok bool) {
	if len(said) > 512 {
		return "", "", 0, false
	}
	head, _, _ := strings.Cut(said, "subscriber")
	head = strings.TrimRight(head, " ")
	digits := head[len(strings.TrimRight(head, "0123456789")):]
	if digits == "" || len(digits) > len("100000000") {
		return "", "", 0, false
	}
	for _, d := range digits {
		n = 10*n + int(d-'0')
	}
	service = serviceName(said)
	if n > maxSubscribers || service == "" {
		return "", "", 0, false
	}
	if i := strings.Index(strings.ToLower(said), "feed-id"); i >= 0 {
		id = strings.TrimLeft(said[i+len("feed-id"):], ":= ")
		if end := strings.IndexAny(id, " ;,)"); end >= 0 {
			id = id[:end]
		}
	}
	return service, id[:min(len(id), maxFeedID)], n, true
}

// serviceName is what comes before version, address and figures; of those who
// call themselves a browser that is compatible, what comes after that.
func serviceName(said string) string {
	if _, rest, ok := strings.Cut(said, "(compatible; "); ok && strings.HasPrefix(said, "Mozilla/") {
		said = rest
	}
	end := len(said)
	for _, mark := range [...]string{"/", "(", ";", " - ", " feed-id"} {
		if i := strings.Index(said, mark); i >= 0 {
			end = min(end, i)
		}
	}
	name := strings.TrimSpace(said[:end])
	if len(name) > maxServiceName || strings.ContainsFunc(name, func(r rune) bool {
		return (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(" .-_+", r)
	}) {
		return "" // nothing that people could be shown
	}
	return name
}
