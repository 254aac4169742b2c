package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// running is a `weir serve` of the built program.
type running struct {
	url     string
	dir     string
	command *exec.Cmd
	mu      sync.Mutex
	log     bytes.Buffer
}

func (r *running) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.Write(p)
}

func (r *running) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

// sample copies the repository's sample, but for the public feeds: tests send
// nothing to other people's machines.
func sample(t *testing.T) string {
	t.Helper()
	dir, root := t.TempDir(), repository(t)
	for _, name := range []string{"articles", "examples"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(root, name))); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(root, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	public := regexp.MustCompile(`https://(go\.dev|blog\.rust-lang\.org|www\.debian\.org)/[^\s"']*`)
	n := 0
	text = public.ReplaceAllFunc(text, func([]byte) []byte {
		n++
		return fmt.Appendf(nil, "http://127.0.0.1:9/unreachable-%d.xml", n)
	})
	if n < 3 {
		t.Fatalf("the sample names %d public feeds, not 3", n)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// shortened is the sample with so few stories on its page that there are older ones.
func shortened(t *testing.T) string {
	t.Helper()
	dir := sample(t)
	path := filepath.Join(dir, "config.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	short := strings.Replace(string(text), "limit: 50 ", "limit: 5 ", 1)
	if short == string(text) {
		t.Fatal("the sample has no limit")
	}
	if err := os.WriteFile(path, []byte(short), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// serving starts a server on dir's configuration and waits for its feeds.
func serving(t *testing.T, dir string) *running {
	t.Helper()
	r := &running{dir: dir}
	r.command = exec.Command(built(t), "serve", "--listen", "127.0.0.1:0", "--config", filepath.Join(dir, "config.yaml"))
	r.command.Stderr = r
	out, err := r.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = r.command.Process.Kill()
		_ = r.command.Wait()
		if t.Failed() {
			t.Logf("the server said:\n%s", r.said())
		}
	})
	lines := bufio.NewScanner(out)
	for r.url == "" && lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "listening on "); ok {
			r.url = "http://" + address + "/"
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if r.url == "" {
		t.Fatalf("the server named no address:\n%s", r.said())
	}
	within(t, 20*time.Second, "the first cycle", func() bool {
		resp, _ := r.get("feed.json")
		return resp != nil && resp.StatusCode == http.StatusOK
	})
	return r
}

func (r *running) get(path string) (*http.Response, string) {
	resp, err := http.Get(r.url + path)
	if err != nil {
		return nil, ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp, string(body)
}

// busy is how many times longer things may take that wait for the disk or for
// other processes: those of other packages' tests run beside these.
const busy = 10

// within asks again until the answer is yes. The limit is what it may take on a
// machine that has nothing else to do; it is a bound, not a measure.
func within(t *testing.T, limit time.Duration, what string, ask func() bool) time.Duration {
	t.Helper()
	limit *= busy
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if ask() {
			return time.Since(began)
		}
		if time.Since(began) > limit {
			t.Fatalf("%s did not come within %v", what, limit)
		}
	}
}

// TestSampleServes is the main job as the README tells it: the sample is
// served although no public feed can be reached, and what is dropped into the
// folder of articles is in all three feeds soon.
func TestSampleServes(t *testing.T) {
	r := serving(t, sample(t))
	for _, path := range []string{"", "rss.xml", "atom.xml", "feed.json", "sources.opml", "embed/"} {
		resp, body := r.get(path)
		if resp == nil || resp.StatusCode != http.StatusOK || len(body) == 0 {
			t.Errorf("GET /%s: %v", path, resp)
		}
	}
	_, body := r.get("rss.xml")
	if !strings.Contains(body, "South Korea Boosts AI Infrastructure") {
		t.Error("the plain-text article is not in the RSS feed")
	}
	article := "---\ntitle: Dropped while serving\n---\nIt has to be quick.\n"
	if err := os.WriteFile(filepath.Join(r.dir, "articles", "dropped.md"), []byte(article), 0o600); err != nil {
		t.Fatal(err)
	}
	took := within(t, 5*time.Second, "the dropped article", func() bool {
		for _, path := range []string{"rss.xml", "atom.xml", "feed.json"} {
			if _, body := r.get(path); !strings.Contains(body, "Dropped while serving") {
				return false
			}
		}
		return true
	})
	t.Logf("a dropped article is in all three feeds after %v", took.Round(time.Millisecond))
	if _, body := r.get("e/dropped/"); !strings.Contains(body, "It has to be quick.") {
		t.Error("the dropped article has no page")
	}
}

// TestServerIsAsked runs commands beside a server: they ask it, or say at once
// who holds the store (XL01, XK06).
func TestServerIsAsked(t *testing.T) {
	r := serving(t, sample(t))
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"poll"}, 0, ""},
		{[]string{"poll", "--all", "-v"}, 0, "the running server polled"},
		{[]string{"status"}, 0, "failing"},
		{[]string{"list"}, 0, "harbour-radio"},
		{[]string{"list", "channels"}, 0, "Only Go"},
		{[]string{"list", "entries", "--state", "any"}, 0, "PUBLISHED"},
		{[]string{"list", "entries", "--state", "odd"}, 2, "try: --state any"},
		{[]string{"why", "kerbside"}, 0, "owned"},
		{[]string{"why", "kerbsid-x"}, 2, "try: one of: kerbside"},
		{[]string{"release", "kerbside", "-v"}, 0, "nothing is held of kerbside"},
		{[]string{"join", "no-such-story", "nor-this"}, 2, `there is no entry "no-such-story"`},
		{[]string{"split", "no-such-story", "kerbside"}, 2, `there is no entry "no-such-story"`},
		{[]string{"store", "stats"}, 0, "placed"},
		{[]string{"store", "compact"}, 75, "(weir serve)"},
		{[]string{"store", "check", "-v"}, 0, "is whole"},
		{[]string{"store", "backup", filepath.Join(r.dir, "copy.db"), "-v"}, 0, "and read back"},
		{[]string{"store", "dump", "--entries"}, 0, `"type":"entry"`},
		{[]string{"store", "restore", "--yes", filepath.Join(r.dir, "copy.db")}, 75, "hint: stop it first"},
		{[]string{"release", "nobody"}, 2, `there is no source "nobody"`},
		{[]string{"publish", "--output", "public"}, 75, fmt.Sprintf("held by process %d (weir serve)\n  hint: that server polls and publishes by itself", r.command.Process.Pid)},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), busy*20*time.Second)
		cmd := exec.CommandContext(ctx, built(t), append(c.args, "--config", filepath.Join(r.dir, "config.yaml"))...)
		began := time.Now()
		out, _ := cmd.CombinedOutput()
		cancel()
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(out), c.says) {
			t.Errorf("weir %s: exit %d, want %d with %q:\n%s", strings.Join(c.args, " "), code, c.code, c.says, out)
		}
		if took := time.Since(began); c.code == 75 && took > busy*2*time.Second {
			t.Errorf("weir %s took %v to say who holds the store", strings.Join(c.args, " "), took)
		}
	}
}

// TestServerActs removes an entry beside a server: it is gone from what is
// served when the command ends, and nothing brings it back (I21).
func TestServerActs(t *testing.T) {
	r := serving(t, sample(t))
	weir := func(args ...string) string {
		out, err := exec.Command(built(t), append(args, "--config", filepath.Join(r.dir, "config.yaml"))...).CombinedOutput()
		if err != nil {
			t.Fatalf("weir %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	const link = "https://kerbside.example.com/"
	var slug string
	for line := range strings.Lines(weir("list", "entries", "--source", "kerbside")) {
		if fields := strings.Fields(line); fields[0] != "SLUG" {
			slug = fields[0]
		}
	}
	said := weir("why", slug)
	address := regexp.MustCompile(regexp.QuoteMeta(link) + `\S+`).FindString(said)
	if _, body := r.get("feed.json"); address == "" || !strings.Contains(body, `"`+address+`"`) {
		t.Fatalf("%s is not in the feed:\n%s", slug, said)
	}
	if out := weir("remove", "--entry", slug, "-v"); !strings.Contains(out, "removed "+slug) {
		t.Errorf("removing said %q", out)
	}
	for range 2 {
		if _, body := r.get("feed.json"); strings.Contains(body, `"`+address+`"`) {
			t.Errorf("%s is still in the feed", slug)
		}
		weir("poll", "--all", "kerbside")
	}
	if out := weir("why", address); !strings.Contains(out, "removed since") || !strings.Contains(out, "not in") {
		t.Errorf("a removed entry is explained with %q", out)
	}
}

// TestSignalsEnd sends signals at several moments: the exit code tells the
// signal, and the store is sound and free afterwards (XL03).
func TestSignalsEnd(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		code   int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}} {
		r := serving(t, sample(t))
		if err := r.command.Process.Signal(c.signal); err != nil {
			t.Fatal(err)
		}
		_ = r.command.Wait()
		if code := r.command.ProcessState.ExitCode(); code != c.code {
			t.Errorf("%v: exit code %d, want %d", c.signal, code, c.code)
		}
		if out, err := exec.Command(built(t), "status", "--config", filepath.Join(r.dir, "config.yaml")).CombinedOutput(); err != nil {
			t.Errorf("status after %v: %v\n%s", c.signal, err, out)
		}
	}
}

// TestReload changes the configuration under a running server: a wrong one is
// told and changes nothing, nor does one that lost most sources, a right one
// holds at once.
func TestReload(t *testing.T) {
	r := serving(t, sample(t))
	path := filepath.Join(r.dir, "config.yaml")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reload := func(text []byte) {
		t.Helper()
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := r.command.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	reload([]byte("nonsense: [\n"))
	within(t, 5*time.Second, "the complaint", func() bool { return strings.Contains(r.said(), "the old one stays in force") })
	if resp, _ := r.get("rss.xml"); resp == nil || resp.StatusCode != http.StatusOK {
		t.Fatal("a wrong configuration stopped the server")
	}
	reload(bytes.Replace(good, []byte("\nchannels:\n"), []byte("\nchannels:\n  - {id: extra, title: Extra, where: 'words > 1'}\n"), 1))
	within(t, 10*time.Second, "the new channel", func() bool {
		resp, _ := r.get("extra/rss.xml")
		return resp != nil && resp.StatusCode == http.StatusOK
	})
	reload([]byte("site: {title: Lost, since: 2026-11-24}\nfeeds: [\"http://127.0.0.1:9/new.xml\"]\n"))
	within(t, 10*time.Second, "the second complaint", func() bool { return strings.Contains(r.said(), "sources are gone from the configuration") })
	time.Sleep(2 * mostGap)
	if _, page := r.get(""); strings.Contains(page, "Lost") || r.command.ProcessState != nil {
		t.Error("a configuration that lost most sources was put to use")
	}
}
