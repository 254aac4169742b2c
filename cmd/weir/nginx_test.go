package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// sampleOf is the first block of docs/hosting.md that begins so.
func sampleOf(t *testing.T, begin string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository(t), "docs", "hosting.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), begin)
	block, _, whole := strings.Cut(rest, "```")
	if !ok || !whole {
		t.Fatalf("docs/hosting.md has no %q", begin)
	}
	return block
}

// unused is an address of this machine at which nobody listens.
func unused(t *testing.T) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	return free.Addr().String()
}

// nginx runs Debian's nginx on a folder, and returns its address.
func nginx(t *testing.T, folder, block string) string {
	t.Helper()
	if os.Getenv("WEIR_NGINX") == "" {
		t.Skip("nginx runs where WEIR_NGINX is set")
	}
	program, err := exec.LookPath("nginx")
	if err != nil {
		t.Fatalf("WEIR_NGINX is set, but: %v", err)
	}
	address := unused(t)
	dir := t.TempDir()
	block = strings.NewReplacer("listen 80;", "listen "+address+";", "/srv/planet/public", folder).Replace(block)
	user := ""
	if os.Getuid() == 0 {
		user = "user root;\n" // Its workers have to read the test's folder.
	}
	conf := fmt.Sprintf("%sdaemon off;\nworker_processes 1;\npid %[2]s/pid;\nerror_log %[2]s/log;\nevents {}\nhttp {\ninclude /etc/nginx/mime.types;\naccess_log off;\n"+
		"client_body_temp_path %[2]s/a;\nproxy_temp_path %[2]s/b;\nfastcgi_temp_path %[2]s/c;\nuwsgi_temp_path %[2]s/d;\nscgi_temp_path %[2]s/e;\n%[3]s}\n",
		user, dir, block)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	return answering(t, exec.Command(program, "-c", file, "-e", filepath.Join(dir, "log")), "http://"+address+"/")
}

// answering starts a server, and returns its address once it answers there.
func answering(t *testing.T, c *exec.Cmd, url string) string {
	t.Helper()
	var said strings.Builder
	c.Stderr = &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := sync.OnceFunc(func() {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
	})
	t.Cleanup(ended)
	for range busy * 100 {
		if resp, err := http.Get(url); err == nil {
			resp.Body.Close()
			return url
		}
		time.Sleep(50 * time.Millisecond)
	}
	ended()
	t.Fatalf("%s does not answer: %s", c.Path, said.String())
	return ""
}

// plainGet asks without following and without unpacking.
func plainGet(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

var maxAge = regexp.MustCompile(`max-age=\d+`)

// unlike tells in which fields nginx's answer is not Weir's. The age of what is
// current is left out, as only Weir knows its schedule, and so is what a page says
// in its own head.
func unlike(theirs, ours http.Header) (found []string) {
	for _, name := range []string{
		"Content-Type", "Cache-Control", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "X-Content-Type-Options",
		"Referrer-Policy", "Cross-Origin-Resource-Policy", "Content-Security-Policy",
	} {
		a, b := theirs.Get(name), ours.Get(name)
		if name == "Cache-Control" && !strings.Contains(b, "max-age=86400") {
			a, b = maxAge.ReplaceAllString(a, ""), maxAge.ReplaceAllString(b, "")
		}
		if name == "Content-Security-Policy" && strings.Contains(b, "style-src 'sha256-") {
			b = b[strings.Index(b, "frame-ancestors"):]
		}
		if a != b {
			found = append(found, fmt.Sprintf("%s: %q, not %q", name, a, b))
		}
	}
	return found
}

// servesTheSame compares what another server makes of the files with what Weir
// serves, document by document.
func servesTheSame(t *testing.T, url string, r *running, folder string) {
	t.Helper()
	var paths []string
	for _, name := range []string{"rss.xml", "atom.xml", "feed.json", "sources.opml", "", "embed/"} {
		paths = append(paths, name, "go/"+name)
	}
	pages, err := filepath.Glob(filepath.Join(folder, "e", "*", "index.html"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("the sample has no article: %v", err)
	}
	paths = append(paths, "e/"+filepath.Base(filepath.Dir(pages[0]))+"/", "page/1/", "subscribe/")
	older, _ := filepath.Glob(filepath.Join(folder, "archive", "*", "*.xml"))
	if len(older) == 0 {
		t.Error("the sample has no archive")
	}
	pictures, _ := filepath.Glob(filepath.Join(folder, "e", "*", "*.[ps][nv]g"))
	if len(pictures) == 0 {
		t.Fatal("no article of the sample has a picture")
	}
	for _, file := range slices.Concat(older, pictures) {
		rel, _ := filepath.Rel(folder, file)
		paths = append(paths, filepath.ToSlash(rel))
	}
	for _, path := range paths {
		theirs, text := plainGet(t, url+path)
		ours, same := plainGet(t, r.url+path)
		if theirs.StatusCode != 200 || ours.StatusCode != 200 || text != same {
			t.Errorf("%s: %d and %d, %d and %d bytes", path, theirs.StatusCode, ours.StatusCode, len(text), len(same))
		}
		for _, what := range unlike(theirs.Header, ours.Header) {
			t.Errorf("%s: %s", path, what)
		}
		again, _ := plainGet(t, url+path, "If-None-Match", theirs.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s with its tag: %d", path, again.StatusCode)
		}
	}
}

// filesComplete waits until a folder holds all that is published: the list of it
// comes first.
func filesComplete(t *testing.T, folder string) {
	t.Helper()
	within(t, 20*time.Second, "the files", func() bool {
		text, err := os.ReadFile(filepath.Join(folder, ".weir.json"))
		return err == nil && strings.Contains(string(text), `"complete":true`)
	})
}

// The configuration of docs/hosting.md has nginx serve the files as Weir serves
// the same documents. Without one of its lines it does not (the control).
func TestNginxServesTheSame(t *testing.T) {
	dir := shortened(t)
	r := serving(t, dir)
	folder := filepath.Join(dir, "public")
	filesComplete(t, folder)
	block := "map " + sampleOf(t, "```nginx\nmap ")
	url := nginx(t, folder, block)
	servesTheSame(t, url, r, folder)
	packed, text := plainGet(t, url+"rss.xml", "Accept-Encoding", "gzip")
	if held, err := os.ReadFile(filepath.Join(folder, "rss.xml.gz")); err != nil || text != string(held) || packed.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("gzip: %v, Vary %q, %d bytes of %d", err, packed.Header.Get("Vary"), len(text), len(held))
	}
	for path, want := range map[string]string{"feed": "rss.xml", "rss/": "rss.xml", "index.xml": "rss.xml", "go/atom": "go/atom.xml"} {
		if moved, _ := plainGet(t, url+path); moved.StatusCode != 301 || !strings.HasSuffix(moved.Header.Get("Location"), "/"+want) {
			t.Errorf("%s: %d to %q", path, moved.StatusCode, moved.Header.Get("Location"))
		}
	}
	if hidden, _ := plainGet(t, url+".weir.json"); hidden.StatusCode != 404 || hidden.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the manifest: %d %v", hidden.StatusCode, hidden.Header)
	}
	poorer := nginx(t, folder, strings.Replace(block, "add_header Access-Control-Allow-Origin $weir_origin;", "", 1))
	theirs, _ := plainGet(t, poorer+"rss.xml")
	ours, _ := plainGet(t, r.url+"rss.xml")
	if len(unlike(theirs.Header, ours.Header)) == 0 {
		t.Error("a missing header is not seen")
	}
}
