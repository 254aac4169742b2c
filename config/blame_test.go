package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/config"
)

// What is wrong with a flag or a variable is not blamed on the file, whose own
// value is good (XJ16); secrets in it are covered (XJ13).
func TestBlame(t *testing.T) {
	const file = "site: {since: 2026-11-24, url: 'https://a.example/'}\noutput: public\nstore: weir.db\narticles: [texts]\n"
	const derived = "site: {since: 2026-11-24}\noutput: public\n"
	for _, tc := range []struct{ file, key, text, want string }{
		{file, "output", ".", `output: must be a folder of its own: the configuration lies in it, got "." (write public)`},
		{file, "output", "texts/out", `output: must lie apart from articles[0].dir, got "texts/out"`},
		{file, "store", "public/weir.db", `store: must not lie in output, which is public, got "public/weir.db" (write weir.db)`},
		{file, "site.url", "http://ann:" + canary + "@x/", `site.url: must not have a user name, a query or a fragment, got "http://•••@x/"`},
		{derived, "listen", ":0", `listen: takes any free port, so the written files cannot name an address, got ":0" (name a port, or set site.url to the public address)`},
	} {
		variable := "WEIR_" + strings.ToUpper(strings.ReplaceAll(tc.key, ".", "_"))
		got := problems(t, tc.file, envOf(variable, tc.text), config.Overrides{}).Error()
		if diff := cmp.Diff(variable+": "+tc.want, got); diff != "" {
			t.Errorf("%s=%s (-want +got):\n%s", variable, tc.text, diff)
		}
		flag := "--" + strings.ReplaceAll(tc.key, ".", "-")
		got = problems(t, tc.file, noEnv, config.Overrides{Flags: map[string]string{tc.key: tc.text}}).Error()
		if diff := cmp.Diff(flag+": "+tc.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", flag, tc.text, diff)
		}
	}
	c := parse(t, "site: {since: 2026-11-24}\npoll: {every: 1h}\n", envOf("WEIR_POLL_EVERY", "5m"), config.Overrides{})
	if got, want := c.Warnings.Error(), "WEIR_POLL_EVERY: poll.every: is below poll.floor, so 15m holds"; got != want {
		t.Errorf("warning %q, want %q", got, want)
	}
}

// The site has begun, or is about to. A clock that stands before the program
// was written is no witness.
func TestFutureSince(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		since string
		today time.Time
		want  string
	}{
		{"2026-11-24", now, ""},
		{"2026-11-25", now, ""}, // It is, in Auckland.
		{"2026-11-26", now, "lies ahead"},
		{"2027-11-24", now, "lies ahead"},
		{"2027-11-25", now, "lies more than a year ahead"},
		{"2999-01-01", time.Time{}, ""},
		{"2026-11-24", time.Unix(0, 0), ""},
	} {
		got := ""
		c, err := config.Parse([]byte("site: {since: "+tc.since+"}\n"), "config.yaml", noEnv, config.Overrides{Today: tc.today})
		var ps config.Problems
		if errors.As(err, &ps); c != nil {
			ps = c.Warnings
		}
		if len(ps) > 0 {
			got = ps[0].Message
		}
		if got != tc.want || (c == nil) != strings.Contains(tc.want, "year") {
			t.Errorf("since %s on %v: %q, want %q", tc.since, tc.today, got, tc.want)
		}
	}
	c, err := config.Default("/srv", nil, noEnv, config.Overrides{Today: now.AddDate(0, -1, 0)})
	if err != nil || len(c.Warnings) > 0 {
		t.Errorf("the date without a file: %v, %v", c.Warnings, err)
	}
}

// A tab is found behind every word that the library has for it, and only where
// it indents.
func TestTabs(t *testing.T) {
	for text, line := range map[string]int{
		"site:\n\ttitle: x\n": 2, "site:\n \ttitle: x\n": 2, "\tsite: {since: 2026-11-24}\n": 1,
		"site: {since: 2026-11-24}\nfeeds:\n\t- https://a.example/\n": 3, "site: {since: 2026-11-24}\nstore:\n\tx\n": 3,
	} {
		if p := problems(t, text, noEnv, config.Overrides{})[0]; p.Line != line || p.Hint != "indent with spaces" {
			t.Errorf("%q: %v, want a hint about line %d", text, p, line)
		}
	}
	if p := problems(t, "site: {since: 2026-11-24}\n# a\tb\nstore: @x\n", noEnv, config.Overrides{})[0]; p.Hint == "indent with spaces" {
		t.Errorf("a tab is blamed where there is none: %v", p)
	}
}
