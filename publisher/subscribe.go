package publisher

import "cmp"

// subscribePath is the page that says how to subscribe.
const subscribePath = "subscribe/index.html"

type subscribePage struct {
	page
	Channels []offer
}

// offer is a channel to subscribe to.
type offer struct {
	Href, Title, Description string
	Feeds                    []offeredFeed
}

// offeredFeed is a format with the address to copy.
type offeredFeed struct {
	feedLink
	Address string
}

// subscribe renders the page of all channels' feeds. It follows from the options
// alone.
func (p *Publisher) subscribe() ([]byte, error) {
	v := p.view(*p.pages.root(), nil)
	v.Page = "subscribe/"
	v.Up = v.back()
	s := subscribePage{page: p.pages.frame(v)}
	s.Title = "Subscribe to " + v.Title
	for _, ch := range p.opt.Channels {
		c := p.view(ch, nil)
		o := offer{Href: v.Up + c.Dir, Title: c.Title, Description: ch.Description}
		if c.Dir == "" {
			o.Description = cmp.Or(ch.Description, p.opt.Site.Description)
		}
		for _, link := range feedLinks(o.Href, c.Title, &c.Channel) {
			o.Feeds = append(o.Feeds, offeredFeed{link, p.opt.Site.URL + link.Href[len(v.Up):]})
		}
		s.Channels = append(s.Channels, o)
	}
	return p.pages.execute("subscribe.html", &s)
}
