package main

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/aggregator/schedule"
	"weir/config"
	"weir/feed"
)

// scheduling are the defaults for due times.
func scheduling(c *config.Config, serving bool) schedule.Options {
	return schedule.Options{Default: c.Poll.Every, Floor: max(c.Poll.Floor, time.Nanosecond), Jitter: serving}
}

// paces are the domains that bear less, or more, than others.
func paces(c *config.Config) map[string]feed.Pace {
	paces := make(map[string]feed.Pace, len(c.Poll.Hosts))
	for domain, h := range c.Poll.Hosts {
		paces[domain] = feed.Pace{PerGroup: h.Concurrency, Gap: h.Delay}
	}
	for lane, domain := range c.Lanes() {
		if pace, ok := paces[domain]; ok {
			paces[lane] = pace
		}
	}
	return paces
}

// access is what sources want beside their addresses.
func access(c *config.Config) map[string]*fetch.Access {
	all := make(map[string]*fetch.Access)
	for i := range c.Feeds {
		if a := c.Feeds[i].Access; a != nil {
			all[c.Feeds[i].ID] = &fetch.Access{Headers: a.Headers(), UserAgent: a.UserAgent(), Proxy: a.Proxy()}
		}
	}
	return all
}

// client asks sources as the configuration wants it.
func (o *outside) client(c *config.Config, log *slog.Logger) (aggregator.Fetcher, error) {
	if o.fetcher != nil {
		return o.fetcher, nil
	}
	return fetch.New(fetch.Options{
		UserAgent: userAgent(c), AllowPrivate: c.Poll.AllowPrivate, Timeouts: fetch.Timeouts{Total: c.Poll.Timeout},
		Concurrency: c.Poll.Concurrency, Logger: log,
	})
}

// userAgent names the program and, where the site is public, how to reach who
// runs it, and for how many people it asks (P46).
func userAgent(c *config.Config) string {
	if c.Poll.UserAgent != "" {
		return c.Poll.UserAgent
	}
	var about []string
	if !c.Site.Derived {
		about = append(about, "+"+c.Site.URL)
	}
	switch n := c.Poll.Subscribers; {
	case n == 1:
		about = append(about, "1 subscriber")
	case n > 1:
		about = append(about, fmt.Sprintf("%d subscribers", n))
	}
	ua := "weir/" + version()
	if len(about) > 0 {
		ua += " (" + strings.Join(about, "; ") + ")"
	}
	return ua
}
