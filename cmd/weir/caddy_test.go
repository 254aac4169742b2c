package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The configuration of docs/hosting.md has Caddy serve the files as Weir serves
// the same documents, and nothing that is not there is kept for long.
func TestCaddyServesTheSame(t *testing.T) {
	if os.Getenv("WEIR_NGINX") == "" {
		t.Skip("Caddy runs where WEIR_NGINX is set")
	}
	program, err := exec.LookPath("caddy")
	if err != nil {
		t.Fatalf("WEIR_NGINX is set, but: %v", err)
	}
	dir := shortened(t)
	drawing := `<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>`
	if err := os.WriteFile(filepath.Join(dir, "articles", "anatomy-of-a-polite-poll", "a.svg"), []byte(drawing), 0o600); err != nil {
		t.Fatal(err)
	}
	r := serving(t, dir)
	folder := filepath.Join(dir, "public")
	filesComplete(t, folder)
	at := unused(t)
	_, port, _ := strings.Cut(at, ":")
	block := strings.NewReplacer("/srv/planet/public", folder, "planet.example.org {", "http://:"+port+" {\n\tbind 127.0.0.1").
		Replace("{\n\tadmin off\n\tauto_https off\n}\n" + sampleOf(t, "```caddyfile\n"))
	home := t.TempDir()
	file := filepath.Join(home, "Caddyfile")
	if err := os.WriteFile(file, []byte(block), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "run", "--config", file, "--adapter", "caddyfile")
	c.Env = append(os.Environ(), "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home)
	url := answering(t, c, "http://"+at+"/")
	servesTheSame(t, url, r, folder)
	for _, path := range []string{"nowhere", ".weir.json", "go/nowhere.xml"} {
		if lost, _ := plainGet(t, url+path); lost.StatusCode != 404 || lost.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", path, lost.StatusCode, lost.Header)
		}
	}
	for path, want := range map[string]string{"feed": "/rss.xml", "go/atom/": "/go/atom.xml"} {
		if moved, _ := plainGet(t, url+path); moved.StatusCode != 301 || moved.Header.Get("Location") != want {
			t.Errorf("%s: %d to %q", path, moved.StatusCode, moved.Header.Get("Location"))
		}
	}
	packed, text := plainGet(t, url+"rss.xml", "Accept-Encoding", "br")
	if held, err := os.ReadFile(filepath.Join(folder, "rss.xml.br")); err != nil || text != string(held) || packed.Header.Get("Content-Encoding") != "br" {
		t.Errorf("brotli: %v, %v, %d bytes of %d", err, packed.Header, len(text), len(held))
	}
}
