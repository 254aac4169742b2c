package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/config"
)

// P45: a domain may have a pace of its own; what it leaves out is as for all.
func TestHosts(t *testing.T) {
	c := parse(t, `site: {since: 2026-11-24}
poll:
  per_host: {concurrency: 2, delay: 3s}
  hosts:
    - {host: www.Reddit.com, delay: 60s}
    - {host: "2001:db8::1", concurrency: 9}
    - {host: intranet}
`, noEnv, config.Overrides{})
	want := map[string]config.PerHost{
		"reddit.com":  {Concurrency: 2, Delay: time.Minute},
		"2001:db8::1": {Concurrency: 9, Delay: 3 * time.Second},
		"intranet":    {Concurrency: 2, Delay: 3 * time.Second},
	}
	if diff := cmp.Diff(want, c.Poll.Hosts); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
	for text, problem := range map[string]string{
		"[{delay: 1s}]":            "is missing",
		"[{host: a b}]":            "is not a host",
		"[{host: https://a.test}]": "is not a host",
		"[{host: a.test, delay: 2h}, {host: b.test, concurrency: 0}]": "poll.hosts[1]",
		"[{host: a.test}, {host: www.a.test}]":                        "a second time",
		"{a.test: {delay: 1s}}":                                       "must be a list",
		"[{host: a.test, pause: 1s}]":                                 "unknown key",
	} {
		_, err := config.Parse([]byte("site: {since: 2026-11-24}\npoll: {hosts: "+text+"}\n"), "/srv/config.yaml", noEnv, config.Overrides{})
		if err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("hosts: %s: %v, want %q", text, err, problem)
		}
	}
}
