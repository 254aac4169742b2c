package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/config"
)

// XJ13: what a feed's server wants to see comes from the text, from variables
// and from files, is given to who asks for it, and printed nowhere.
func TestAccess(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte(canary+"-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := `
site: {since: 2026-11-24}
feeds:
  - url: https://blog.example/feed
    headers: {x-key: "file:key", Accept-Language: de, Cookie: "id=` + canary + `-cookie"}
    basic_auth: "ann:${SECRET}"
    user_agent: ` + canary + `-agent
    proxy: http://ann:` + canary + `-proxy@proxy.example:3128/
  - url: https://blog.example/other
  - url: https://blog.example/third
    user_agent: other/1
`
	c, err := config.Parse([]byte(text), filepath.Join(dir, "config.yaml"), envOf("SECRET", canary), config.Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	a := c.Feeds[0].Access
	want := map[string]string{
		"X-Key": canary + "-file", "Accept-Language": "de", "Cookie": "id=" + canary + "-cookie",
		"Authorization": "Basic YW5uOmM0bjRyeQ==",
	}
	if diff := cmp.Diff(want, a.Headers()); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if a.UserAgent() != canary+"-agent" || a.Proxy() != "http://ann:"+canary+"-proxy@proxy.example:3128" {
		t.Errorf("user agent %q, proxy %q", a.UserAgent(), a.Proxy())
	}
	told, err := json.Marshal(c.Feeds[0].Access)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{fmt.Sprintf("%+v", c.Feeds), fmt.Sprintf("%#v", *a), fmt.Sprint(a), string(told)} {
		if strings.Contains(printed, canary) || strings.Contains(printed, "YW5u") {
			t.Errorf("printed: %s", printed)
		}
	}
	sources := c.Sources()
	for _, s := range []string{canary, "YW5uOmM0bjRyeQ==", canary + "-file", canary + "-proxy"} {
		if !slices.Contains(sources[0].Secrets, s) {
			t.Errorf("%s is no secret of the source: %q", s, sources[0].Secrets)
		}
	}
	if slices.Contains(sources[0].Secrets, "de") {
		t.Error("a language is a secret, and would be covered in every text")
	}
	if sources[1].Private() || sources[2].Private() {
		t.Error("a feed without a password or a key is private")
	}
	// P42: what goes through a proxy is a lane of its own.
	if sources[1].Group != "blog.example" || sources[0].Group == sources[1].Group || c.Lanes()[sources[0].Group] != "blog.example" || len(c.Lanes()) != 1 {
		t.Errorf("groups %q and %q, lanes %v", sources[0].Group, sources[1].Group, c.Lanes())
	}
}

// What cannot be sent is refused with its place, and no word of it is quoted.
func TestWrongAccess(t *testing.T) {
	for given, want := range map[string]string{
		`headers: {Host: "` + canary + `"}`:                                              "Host is what Weir says itself",
		`headers: {If-None-Match: "` + canary + `"}`:                                     "If-None-Match is what Weir says itself",
		`headers: {User-Agent: "` + canary + `"}`:                                        "User-Agent has a key of its own",
		`headers: {"X Y": "` + canary + `"}`:                                             "is not the name of a header",
		`headers: {X-Key: "` + canary + `\r\nEvil: 1"}`:                                  "control characters",
		`headers: {X-Key: "` + canary + `", x-key: "` + canary + `"}`:                    "stands here twice",
		`headers: {X-Key: "file:no-such-file"}`:                                          "cannot be read",
		`headers: {X-Key: "file:/dev/zero"}`:                                             "cannot be read",
		`headers: "` + canary + `"`:                                                      "must be a mapping",
		`basic_auth: "` + canary + `"`:                                                   "is not a user and a password",
		`basic_auth: "ann:` + canary + `", headers: {authorization: "` + canary + `"}`:   "stands beside the header",
		`proxy: "ftp://ann:` + canary + `@proxy.example"`:                                "is not the address of a proxy",
		`proxy: "http://ann:` + canary + `@proxy.example/path"`:                          "more than a host and a port",
		`headers: {X-Key: "` + canary + strings.Repeat("x", 5000) + `"}`:                 "is longer than 4096 bytes",
		`basic_auth: "ann:${NOT_SET}"`:                                                   "NOT_SET is not set",
		`url: "https://bob:` + canary + `@a.example/", basic_auth: "ann:` + canary + `"`: "beside a password in the address",
		`url: "file:feed.xml", basic_auth: "ann:` + canary + `"`:                         "this one is a file",
	} {
		if !strings.Contains(given, "url:") {
			given = `url: "https://a.example/", ` + given
		}
		text := "site: {since: 2026-11-24}\nfeeds: [{" + given + "}]\n"
		_, err := config.Parse([]byte(text), "/srv/config.yaml", noEnv, config.Overrides{})
		var ps config.Problems
		if err == nil {
			t.Errorf("%s: no problem", given)
			continue
		}
		ps, _ = err.(config.Problems)
		var b strings.Builder
		if ps.Format(&b, []byte(text)) != nil || !strings.Contains(b.String(), want) || strings.Contains(b.String(), canary) {
			t.Errorf("%s:\n%s\nwant %s", given, b.String(), want)
		}
	}
}

// XJ13: a password that is written out is one that not everybody may read.
func TestWrittenSecrets(t *testing.T) {
	for text, want := range map[string]bool{
		`    basic_auth: "ann:hunter2"`:        true,
		`    basic_auth: ann:hunter2 # mine`:   true,
		`    basic_auth: "ann:${PASSWORD}"`:    false,
		`  # basic_auth: "ann:hunter2"`:        false,
		`    headers: {X-Api-Key: hunter2}`:    true,
		`    headers: {X-Api-Key: "${KEY}"}`:   false,
		`    headers: {Accept-Language: "de"}`: false,
		`      Authorization: Bearer abc`:      true,
		`    proxy: http://a:b@proxy.example`:  true,
	} {
		if got := config.HoldsPassword([]byte(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
