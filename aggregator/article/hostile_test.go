package article_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"weir/aggregator/article"
)

// XJ01: what is not a regular file inside the folder is not read, and nothing
// makes Read wait.
func TestNothingButRegularFiles(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "articles")
	write(t, base, map[string]string{
		"secret.md":        "# Secret\n\nOutside.",
		"secret.png":       "outside",
		"articles/good.md": "# Good\n\n![a](link.png) ![b](../secret.png) ![c](/../secret.png) ![d](fifo.png)",
		"elsewhere/in.md":  "# In\n\nOutside, too.",
	})
	for name, to := range map[string]string{
		"out.md": "../secret.md", "absolute.md": filepath.Join(base, "secret.md"), "loop.md": "loop.md",
		"inside.md": "good.md", "dir": "../elsewhere", "self": ".", "link.png": "../secret.png",
	} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"fifo.md", "fifo.png"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.md"), 0o755); err != nil {
		t.Fatal(err)
	}
	if l, err := net.Listen("unix", filepath.Join(dir, "s.md")); err == nil {
		defer l.Close()
	}

	f := open(t, article.Options{Dir: dir})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	res, err := f.Read(ctx, now)
	if err != nil {
		t.Fatal(err)
	}
	if slugs(res) != "good" || len(res.Document.Items[0].Assets) > 0 {
		t.Errorf("items %q, assets %v; want good alone", slugs(res), res.Document.Items[0].Assets)
	}
	diff(t, "problems", lines(res.Problems), []string{
		"absolute.md: a symbolic link is not read: only regular files are",
		"fifo.md: a named pipe is not read: only regular files are",
		"good.md: link.png is a symbolic link: only regular files are published",
		"good.md: ../secret.png lies outside the folder",
		"good.md: /../secret.png lies outside the folder",
		"good.md: fifo.png is a named pipe: only regular files are published",
		"inside.md: a symbolic link is not read: only regular files are",
		"loop.md: a symbolic link is not read: only regular files are",
		"out.md: a symbolic link is not read: only regular files are",
		"s.md: a socket is not read: only regular files are",
	})
	for _, name := range []string{"out.md", "link.png", "fifo.png", "dir/in.md", "../secret.md", "/etc/passwd", "."} {
		if file, err := f.FS().Open(name); err == nil {
			file.Close()
			t.Errorf("FS opens %s", name)
		}
	}
}

func TestFS(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a/b.png": "bytes"})
	fsys := open(t, article.Options{Dir: dir}).FS()
	got, err := fs.ReadFile(fsys, "a/b.png")
	if err != nil || string(got) != "bytes" {
		t.Errorf("ReadFile = %q, %v", got, err)
	}
	if _, err := fsys.Open("a/none.png"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file is %v; want fs.ErrNotExist", err)
	}
}

// XJ02: what editors and uploads leave about is not read, and an empty file is
// not an empty article.
func TestUnfinishedFiles(t *testing.T) {
	files := map[string]string{"good.md": "# Good\n\nx", "empty.md": ""}
	for _, name := range []string{
		".hidden.md", ".good.md.swp", "good.md~", "#good.md#", "~$good.md", "good.md.tmp", "good.md.part",
		"good.md.bak", "4913", ".git/x.md", "notes.docx",
	} {
		files[name] = "# Not an article\n\nx"
	}
	res := read(t, files)
	if slugs(res) != "good" {
		t.Errorf("items are %q; want good", slugs(res))
	}
	diff(t, "problems", lines(res.Problems), []string{"empty.md: there is nothing in it"})
}

// XJ03: size, number and depth are bounded, each with a clear problem.
func TestBounds(t *testing.T) {
	dir := t.TempDir()
	deep := strings.Repeat("d/", 8)
	write(t, dir, map[string]string{
		deep + "in.md":    "# In\n\nx",
		deep + "d/out.md": "# Out\n\nx",
		"big.md":          "# Big\n\n" + strings.Repeat("x", 1<<20),
		"fits.md":         "# Fits\n\n" + strings.Repeat("x", 1<<20-8),
	})
	huge, err := os.Create(filepath.Join(dir, "huge.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer huge.Close()
	if err := huge.Truncate(1 << 30); err != nil {
		t.Fatal(err)
	}
	res := look(t, open(t, article.Options{Dir: dir}), now)
	if got := slugs(res); got != "fits in" {
		t.Errorf("items are %q; want fits and in", got)
	}
	diff(t, "problems", lines(res.Problems), []string{
		"big.md: cannot be read: 1048583 bytes are more than the 1048576 allowed",
		strings.Repeat("d/", 8) + "d: deeper than 8 directories; it is not looked at",
		"fits.md: the text has over 262144 bytes; it is cut",
		"huge.md: cannot be read: 1073741824 bytes are more than the 1048576 allowed",
	})
}

func TestTooManyArticles(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 20,002 files")
	}
	dir := t.TempDir()
	write(t, dir, map[string]string{"00000.md": "# T\n\nx"})
	for i := 1; i < 20_002; i++ {
		if err := os.Link(filepath.Join(dir, "00000.md"), filepath.Join(dir, fmt.Sprintf("%05d.md", i))); err != nil {
			t.Fatal(err)
		}
	}
	res := look(t, open(t, article.Options{Dir: dir}), now)
	if len(res.Document.Items) != 20_000 || !res.Document.Partial {
		t.Errorf("%d items, partial %t; want 20,000 in a partial document", len(res.Document.Items), res.Document.Partial)
	}
	diff(t, "problems", lines(res.Problems), []string{"20000.md: more than 20000 articles; this one and 1 more are not read"})
}

// XJ05: any encoding a file may have arrives as clean UTF-8.
func TestEncodings(t *testing.T) {
	const text = "Köln – „Café“\n\nZwei Wörter.\n"
	utf16 := func(little bool, mark string) string {
		var b bytes.Buffer
		b.WriteString(mark)
		for _, r := range text {
			if little {
				b.Write([]byte{byte(r), byte(r >> 8)})
			} else {
				b.Write([]byte{byte(r >> 8), byte(r)})
			}
		}
		return b.String()
	}
	for name, data := range map[string]string{
		"UTF-8":             text,
		"a mark":            "\xef\xbb\xbf" + text,
		"UTF-16LE":          utf16(true, "\xff\xfe"),
		"UTF-16BE":          utf16(false, "\xfe\xff"),
		"UTF-16LE unmarked": utf16(true, ""),
		"UTF-16BE unmarked": utf16(false, ""),
		"windows-1252":      "K\xf6ln \x96 \x84Caf\xe9\x93\n\nZwei W\xf6rter.\n",
		"CRLF":              strings.ReplaceAll(text, "\n", "\r\n"),
		"CR":                strings.ReplaceAll(text, "\n", "\r"),
	} {
		t.Run(name, func(t *testing.T) {
			it := one(t, "a.txt", data)
			const want = "Köln – „Café“"
			if it.Title != want || it.HTML != "<p>Zwei Wörter.</p>" {
				t.Errorf("title %q, text %q; want %q", it.Title, it.HTML, want)
			}
		})
	}
	for name, data := range map[string]string{
		"front matter behind a mark": "\xef\xbb\xbf---\r\ntitle: Köln\r\n---\r\nText.\r\n",
		"controls":                   "---\ntitle: \"K\x01öln\"\n---\nText.\x02\n",
		"controls in escapes":        "---\ntitle: \"K\\x01öln\"\n---\nText.&#1;\n",
	} {
		t.Run(name, func(t *testing.T) {
			res := read(t, map[string]string{"a.md": data})
			if len(res.Problems) > 0 {
				// The YAML decoder refuses raw control characters itself.
				if name != "controls" {
					t.Error(res.Problems)
				}
				return
			}
			if it := res.Document.Items[0]; it.Title != "Köln" || strings.ContainsAny(it.HTML, "\x01\x02\ufffd\r") {
				t.Errorf("title %q, text %q", it.Title, it.HTML)
			}
		})
	}
	if it := one(t, "a.html", "<meta charset=iso-8859-2><title>\xb3\xf3d\xbc</title><p>x"); it.Title != "łódź" {
		t.Errorf("title is %q; want the declared encoding followed", it.Title)
	}
	diff(t, "binary", lines(read(t, map[string]string{"a.txt": "PK\x03\x04\x00\xff\x00abc\x00\x01"}).Problems),
		[]string{"a.txt: this is no text: it holds zero bytes"})
}

// XJ03: a megabyte of what makes parsers slow costs little time. The bound is
// for busy machines; unguarded, several of these take minutes to hours.
func TestParserBombs(t *testing.T) {
	dir := t.TempDir()
	f := open(t, article.Options{Dir: dir})
	for name, unit := range map[string]string{
		"brackets": "[", "links": "[a](", "stars": "*a_ ", "quotes": ">", "ticks": "`a``", "lists": "- ",
		"pipes": "|a", "entities": "&amp", "angles": "<a ", "notes": "[^a]", "table": "|a|b|\n|-|-|\n", "tags": "<b>",
		"comments": "<!--", "images": "![", "tildes": "~~a", "at": "a@b.c ", "http": "http://a",
		"shortcodes": "{{< ", "shut shortcodes": "{{< a >}}", "liquid": "{% raw ", "raw": "{% raw %}", "listings": "{% highlight a %}",
		"ends": "{% endraw ", "outputs": "{% if %}{{ ", "wiki": "[[a", "wiki links": "[[a]]", "files": "![[a.png", "comment marks": " %%",
		"highlights": " ==a", "ids": " ^abcd", "components": "<A ", "braces": "{", "quotes in braces": "{'", "fences": "```\n",
		"spans": "`a``b```c````", "callouts": "> [!a]\n", "tasks": "- [ ] a\n", "imports": "import a\n\n", "indents": "\n    a",
	} {
		for _, file := range []string{"a.md", "a.html", "a.txt", "a.mdx"} {
			if file == "a.mdx" && !strings.ContainsAny(unit, "{<") {
				continue // As in a.md.
			}
			text := strings.Repeat(unit, 1<<20/len(unit)-8)
			began := time.Now()
			f.ParseFile(file, []byte("T\n\n"+text))
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("%s of %s took %v", file, name, took)
			}
		}
	}
}

// XJ01: names that are spelt to lead out, and files that are not what their
// names say.
func TestNamesThatLeadOut(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "articles")
	write(t, base, map[string]string{
		"secret.png": "outside",
		"articles/a.md": "# A\n\n![a](..%2fsecret.png) ![b](%2e%2e/secret.png) ![c](deep/../../secret.png) ![d](out/secret.png)\n\n" +
			"![e](file:///etc/passwd) ![f](link.png/) ![[secret.png]] ![[../secret.png]] [[../secret]]\n\n" +
			`<img src="&#46;&#46;/secret.png" srcset="../secret.png 2x">`,
		"articles/deep/in.png": "inside",
	})
	for name, to := range map[string]string{"out": "..", "link.png": "../secret.png", "x.md": "deep"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	device := syscall.Mknod(filepath.Join(dir, "device.md"), syscall.S_IFCHR|0o644, 1<<8|3) == nil
	f := open(t, article.Options{Dir: dir})
	res := look(t, f, now)
	it := byFile(res, "a")
	if len(res.Document.Items) != 1 || len(it.Assets) > 0 || strings.Contains(it.HTML, "passwd") {
		t.Errorf("assets %v, text %s", it.Assets, it.HTML)
	}
	about := strings.Join(lines(res.Problems), "\n")
	for _, want := range []string{"..%2fsecret.png lies outside", "deep/../../secret.png lies outside", "x.md: a symbolic link"} {
		if !strings.Contains(about, want) {
			t.Errorf("problems lack %q:\n%s", want, about)
		}
	}
	if device && !strings.Contains(about, "device.md: a device is not read") {
		t.Errorf("problems lack the device:\n%s", about)
	}
	for _, name := range []string{"link.png/", "out/secret.png", "out/", "deep/../../secret.png", "deep", "deep\x00", `..\secret.png`, "device.md"} {
		if file, err := f.FS().Open(name); err == nil {
			file.Close()
			t.Errorf("FS opens %q", name)
		}
	}
}

// XJ01: a file system that tells no case gives one name; one that does gives
// two articles of one address, and neither is published in the other's place.
func TestNamesThatDifferInCase(t *testing.T) {
	res := read(t, map[string]string{"Post.md": "# A\n\nx", "post.md": "# B\n\ny", "other.md": "# C\n\nz"})
	if n := len(res.Problems); n != 0 && n != 2 || !strings.Contains(slugs(res), "other") || strings.Contains(slugs(res), "post") && n > 0 {
		t.Errorf("items %q, problems %v", slugs(res), res.Problems)
	}
}

// XJ04: front matter that nests as deep as its size allows.
func TestDeepFrontMatter(t *testing.T) {
	for name, unit := range map[string]string{"lists": "[", "maps": "{a: ", "blocks": "- ", "tags": "!!a ", "anchors": "&a "} {
		for _, file := range []string{"a.md", "a.txt", "a.html"} {
			res := read(t, map[string]string{file: "---\na: " + strings.Repeat(unit, 60_000/len(unit)) + "\n---\nx"})
			if len(res.Document.Items) > 0 || len(res.Problems) != 1 || res.Problems[0].Line == 0 {
				t.Errorf("%s in %s: %d items, problems %.300v", name, file, len(res.Document.Items), res.Problems)
			}
		}
	}
}
