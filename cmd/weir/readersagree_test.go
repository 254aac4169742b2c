package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
)

// reading is what a reader shows of an entry, its date in seconds.
type reading struct {
	ID, Title, Link string
	Date            int64
}

// The same entries are read by newsboat, sfeed, Python's feedparser and gofeed:
// the same ids, titles, links and dates in all, from RSS and from Atom, and what
// JSON Feed says of them.
func TestReadersAgree(t *testing.T) {
	newsboatProgram, sfeed := reader(t, "newsboat"), reader(t, "sfeed")
	python := reader(t, "/usr/bin/python3") // Debian's, which has feedparser
	r := serving(t, sample(t))
	list, err := strictJSON([]byte(body(t, r, "feed.json")))
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string]reading, len(list))
	for _, e := range list {
		want[e.id] = reading{e.id, e.title, e.link, e.published.Unix()}
	}
	if len(want) < 20 {
		t.Fatalf("%d entries; that shows little", len(want))
	}
	for _, name := range []string{"rss.xml", "atom.xml"} {
		text := body(t, r, name)
		for program, read := range map[string]func() []reading{
			"gofeed":     func() []reading { return byGofeed(t, text) },
			"feedparser": func() []reading { return byFeedparser(t, python, text) },
			"sfeed":      func() []reading { return bySfeed(t, sfeed, text) },
			"newsboat":   func() []reading { return byNewsboat(t, newsboatProgram, python, r.url+name) },
		} {
			got := make(map[string]reading)
			for _, e := range read() {
				e.Title = strings.Join(strings.Fields(e.Title), " ")
				got[e.ID] = e
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s reads %s otherwise (-published +read):\n%s", program, name, diff)
			}
		}
	}
	// The control: of a document that says less, less is read.
	whole := body(t, r, "rss.xml")
	if diff := cmp.Diff(byFeedparser(t, python, whole), byFeedparser(t, python, strings.Replace(whole, "pubDate>", "never>", 4))); diff == "" {
		t.Error("a missing date is not seen")
	}
}

func byGofeed(t *testing.T, text string) (list []reading) {
	t.Helper()
	parsed, err := gofeed.NewParser().ParseString(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range parsed.Items {
		list = append(list, reading{i.GUID, i.Title, i.Link, i.PublishedParsed.Unix()})
	}
	return list
}

// printedBy runs a program that prints entries as JSON.
func printedBy(t *testing.T, input string, argv ...string) (list []reading) {
	t.Helper()
	c := exec.Command(argv[0], argv[1:]...)
	c.Stdin, c.Stderr = strings.NewReader(input), os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v", argv[0], err)
	}
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatalf("%s: %v", argv[0], err)
	}
	return list
}

func byFeedparser(t *testing.T, python, text string) []reading {
	t.Helper()
	return printedBy(t, text, python, "-c", `
import calendar, feedparser, json, sys
d = feedparser.parse(sys.stdin.buffer.read())
assert not d.bozo, d.bozo_exception
print(json.dumps([{"ID": e.get("id", ""), "Title": e.get("title", ""), "Link": e.get("link", ""),
    "Date": calendar.timegm(e.published_parsed) if e.get("published_parsed") else 0} for e in d.entries]))`)
}

func bySfeed(t *testing.T, program, text string) (list []reading) {
	t.Helper()
	c := exec.Command(program)
	c.Stdin = strings.NewReader(text)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\n"), "\n") {
		f := strings.Split(line, "\t")
		if len(f) < 6 {
			t.Fatalf("sfeed writes %q", line)
		}
		at, _ := strconv.ParseInt(f[0], 10, 64)
		list = append(list, reading{f[5], f[1], f[2], at})
	}
	return list
}

func byNewsboat(t *testing.T, program, python, url string) []reading {
	t.Helper()
	dir := t.TempDir()
	for file, text := range map[string]string{"urls": url + "\n", "config": "download-timeout 5\n"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := newsboat(program, dir, "reload").CombinedOutput(); err != nil {
		t.Fatalf("newsboat: %v\n%s", err, out)
	}
	return printedBy(t, "", python, "-c", `
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("select guid, title, url, pubDate from rss_item")
print(json.dumps([{"ID": i, "Title": t, "Link": u, "Date": d} for i, t, u, d in rows]))`, filepath.Join(dir, "cache.db"))
}
