package publisher

import "net/http"

// retryAfter is how many seconds a subscriber is asked to wait for the first
// poll to end, and after how many the page looks again by itself.
const retryAfter = 15

// founding makes the snapshot of a store whose first poll is still running: a
// page that says so, and feeds that ask to come back. An empty feed would be
// taken for the truth by readers; a 503 is not (S21).
func (p *Publisher) founding() (*Snapshot, error) {
	s := p.emptySnapshot()
	s.founding = true
	for _, ch := range p.opt.Channels {
		v := p.view(ch, nil)
		frame := p.pages.frame(v)
		frame.Refresh = retryAfter
		river, err := p.pages.execute("river.html", &riverPage{page: frame, Channels: p.pages.navigation(v), Founding: true})
		if err != nil {
			return nil, err
		}
		frame.Policy, frame.Style = p.pages.embedPolicy, p.pages.embedStyle
		list, err := p.pages.execute("embed.html", &embedPage{page: frame, Home: v.Home})
		if err != nil {
			return nil, err
		}
		docs := map[string]*Document{
			"index.html":       {Type: htmlType, Body: river, kind: kindPage},
			"embed/index.html": {Type: htmlType, Body: list, kind: kindEmbed},
		}
		for _, name := range []string{"rss.xml", "atom.xml", "feed.json", "sources.opml"} {
			if !ch.publishes(name) {
				continue
			}
			docs[name] = &Document{
				Type: "text/plain; charset=utf-8", Body: []byte("The first poll is running. Please try again in a moment.\n"),
				kind: kindFeed, status: http.StatusServiceUnavailable,
			}
		}
		for name, doc := range docs {
			doc.passing = true
			s.docs[v.Dir+name] = doc
		}
	}
	return s, nil
}
