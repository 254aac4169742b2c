package config_test

import (
	"fmt"
	"strings"
	"testing"

	"weir/config"
	"weir/feed"
)

// W4: hubs reach a site that has an https address of its own on the Internet.
func TestCallbacks(t *testing.T) {
	for address, want := range map[string]string{
		"https://planet.debian.org/":     "https://planet.debian.org/push/",
		"https://debian.org/planet":      "https://debian.org/planet/push/",
		"https://9.9.9.9/":               "https://9.9.9.9/push/",
		"https://example.de/":            "https://example.de/push/",
		"https://my-example.com/":        "https://my-example.com/push/",
		"http://planet.debian.org/":      "",
		"https://10.1.2.3/":              "",
		"https://127.0.0.1/":             "",
		"https://[::1]/":                 "",
		"https://localhost/":             "",
		"https://reader/":                "",
		"https://reader.local/":          "",
		"https://reader.lan/":            "",
		"https://planet.test/":           "",
		"https://stream.example.org/":    "",
		"https://example.com/":           "",
		"https://weir.planet.example./x": "",
	} {
		c := &config.Config{Site: config.Site{URL: strings.TrimSuffix(address, "/") + "/"}}
		if got := c.Callbacks(); got != want {
			t.Errorf("%s: callbacks below %q, want %q", address, got, want)
		}
		c.Site.Derived = true
		if c.Callbacks() != "" {
			t.Errorf("%s: hubs reach an address that is only derived", address)
		}
	}
}

// What one feed says goes before what all are told, and what cannot be is a
// warning.
func TestPush(t *testing.T) {
	read := func(url, all, own string) (*config.Config, string) {
		t.Helper()
		text := fmt.Sprintf("site: {url: %q, since: 2026-11-01}\n%s\nfeeds: [https://a.example/, {url: https://b.example/%s}]\n", url, all, own)
		c := parse(t, text, noEnv, config.Overrides{})
		return c, fmt.Sprint(c.Warnings)
	}
	c, warned := read("https://planet.debian.org/", "poll: {push: trust}", ", push: off")
	if got := c.Pushes(); got["a-example"] != feed.PushTrust || got["b-example"] != feed.PushOff || strings.Contains(warned, "push") {
		t.Errorf("%v, warned %s", got, warned)
	}
	c, warned = read("https://planet.debian.org/", "", "")
	if got := c.Pushes(); got["a-example"] != feed.PushOn || strings.Contains(warned, "push") {
		t.Errorf("%v, warned %s", got, warned)
	}
	if _, warned = read("https://stream.example.org/", "", ", push: on"); !strings.Contains(warned, "public https address") {
		t.Errorf("warned %s", warned)
	}
	if _, warned = read("https://stream.example.org/", "poll: {push: off}", ""); strings.Contains(warned, "push") {
		t.Errorf("warned %s", warned)
	}
}
