package main

import (
	"testing"

	"weir/config"
)

// P46: the name that servers see has the version, a public address to complain
// to, and the readers if they are known; the operator's own replaces it.
func TestUserAgent(t *testing.T) {
	for want, c := range map[string]config.Config{
		"weir/" + version(): {Site: config.Site{URL: "http://127.0.0.1:8080/", Derived: true}},
		"weir/" + version() + " (+https://planet.example/; 37 subscribers)": {
			Site: config.Site{URL: "https://planet.example/"}, Poll: config.Poll{Subscribers: 37}},
		"weir/" + version() + " (1 subscriber)": {Site: config.Site{Derived: true}, Poll: config.Poll{Subscribers: 1}},
		"Planet (me@example.org)":               {Poll: config.Poll{UserAgent: "Planet (me@example.org)", Subscribers: 37}},
	} {
		if got := userAgent(&c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
