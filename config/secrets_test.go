package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/config"
	"weir/feed"
)

// XJ09: an address that a variable or a password is part of gives neither an
// id nor anything else that is printed, and says what must not be.
func TestVariablesInAddresses(t *testing.T) {
	env := envOf("SECRET", canary, "HOST", "C4n4ry.example", "URL", "https://"+canary+".example/"+canary, "DIR", "/"+canary, "EMPTY", "")
	for _, tc := range []struct {
		address, id string
		secrets     []string
	}{
		{"https://blog.example/feed", "blog-example", nil},
		{"https://blog.example/feed?k=$${SECRET}", "blog-example", nil},
		{"https://blog.example/feed?k=${EMPTY}", "blog-example", nil},
		{"https://blog.example/feed?k=${SECRET}", "blog-example", []string{canary}},
		{"https://blog.example/n/${SECRET}/feed.xml", "blog-example", []string{canary}},
		{"https://blog.example/feed#${NONE:-" + canary + "}", "blog-example", []string{canary}},
		{"https://ann:" + canary + "@blog.example/feed", "blog-example", []string{canary}},
		{"https://" + canary + "@blog.example/feed", "blog-example", []string{canary}},
		{"https://${SECRET}:${SECRET}@blog.example/feed", "blog-example", []string{canary}},
		{"https://${SECRET}.blog.example/feed", "blog-example", []string{canary + ".blog.example", canary}},
		{"https://${HOST}/feed.xml", "feed", []string{"C4n4ry.example", "c4n4ry.example"}},
		{"${URL}/feed.xml", "feed", []string{"https://" + canary + ".example/" + canary, canary + ".example"}},
		{"${URL}", "be5671", []string{"https://" + canary + ".example/" + canary, canary + ".example"}},
		{"https://blog.example:${NONE:-8443}/feed", "blog-example", []string{"8443"}},
		{"file:${DIR}/feeds/radio.xml", "radio", []string{"/" + canary}},
		{"file:feeds/${SECRET}.xml", "feeds", []string{canary}},
	} {
		c := parse(t, "site: {since: 2026-11-24}\nfeeds:\n  - '"+tc.address+"'\n", env, config.Overrides{})
		src := c.Sources()[0]
		if !feed.ValidID(src.ID) || src.ID != tc.id {
			t.Errorf("%s is called %q, want %q", tc.address, src.ID, tc.id)
		}
		if diff := cmp.Diff(tc.secrets, src.Secrets); diff != "" {
			t.Errorf("secrets of %s (-want +got):\n%s", tc.address, diff)
		}
		for _, printed := range []string{fmt.Sprint(c.Feeds), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c.Feeds)} {
			if strings.Contains(strings.ToLower(printed), canary) {
				t.Errorf("%s is printed: %s", tc.address, printed)
			}
		}
	}
}

// Whatever variables hold, ids are the same, and different addresses have
// different ones; those of folders too.
func TestIDsDoNotDependOnVariables(t *testing.T) {
	const text = `
site: {since: 2026-11-24}
feeds:
  - https://blog.example/n/${ONE}/feed
  - https://blog.example/n/${TWO}/feed
  - https://blog.example/n/feed?k=${ONE}
  - https://blog.example/n/feed?k=${TWO}
  - ${ONE_URL}
  - ${TWO_URL}
articles:
  - ${ONE}
  - ${TWO}/articles
`
	called := func(one, two string) (ids []string) {
		env := envOf("ONE", one, "TWO", two, "ONE_URL", "https://"+one+".example/", "TWO_URL", "https://"+two+".example/")
		for _, s := range parse(t, text, env, config.Overrides{}).Sources() {
			ids = append(ids, s.ID)
		}
		return ids
	}
	first := called(canary, "hunter2")
	if diff := cmp.Diff(first, called("winter", "summer")); diff != "" {
		t.Errorf("ids depend on what variables hold (-first +second):\n%s", diff)
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(first))); len(unique) != 8 {
		t.Errorf("ids = %q, want 8 different ones", first)
	}
	if all := strings.Join(first, " "); strings.Contains(all, canary) || strings.Contains(all, "hunter2") {
		t.Errorf("ids = %s", all)
	}
}

// What was published with an address must be published anew without it.
func TestDigestKnowsSecrets(t *testing.T) {
	const text = "site: {since: 2026-11-24}\nfeeds: [{id: a, url: 'https://a.example/?k=%s'}]\n"
	open := parse(t, fmt.Sprintf(text, "1"), noEnv, config.Overrides{})
	private := parse(t, fmt.Sprintf(text, "${K}"), envOf("K", "1"), config.Overrides{})
	if open.Digest == private.Digest {
		t.Error("the digest is the same")
	}
}
