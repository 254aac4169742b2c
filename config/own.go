package config

import (
	"strings"

	"weir/feed"
)

// documents are the names of the feeds of a channel.
const documents = "rss.xml atom.xml feed.json"

// Published returns what tells whether an address is that of a feed which this
// very configuration publishes. A stream that reads itself would tell everything
// again, under its own name (XA26).
func (c *Config) Published() func(address string) bool {
	own := make(map[string]bool)
	for i := range c.Channels {
		base := c.Site.URL
		if id := c.Channels[i].ID; id != feed.ChannelAll {
			base += id + "/"
		}
		for name := range strings.FieldsSeq(documents) {
			own[alike(base+name)] = true
		}
	}
	return func(address string) bool { return address != "" && own[alike(address)] }
}

// checkOwn refuses feeds that the configuration publishes itself.
func (w *walker) checkOwn(c *Config) {
	own := c.Published()
	for _, a := range w.addresses {
		if own(a.text) {
			w.add(a.value, "is what this configuration publishes itself", "take it out")
		}
	}
}

// told is an address as it was found in the file.
type told struct {
	value
	text string
}
