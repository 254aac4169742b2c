package article_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/aggregator/article"
	"weir/feed"
)

// draft writes a draft and returns its text.
func draft(t *testing.T, f *article.Folder, dir, title string) (name, text string) {
	t.Helper()
	name, err := f.Draft(t.Context(), title, now)
	if err != nil {
		t.Fatalf("Draft(%q): %v", title, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return name, string(data)
}

// Whatever a title holds, the draft is read without a word, is not published,
// and has that title once it is.
func TestDraft(t *testing.T) {
	for _, c := range []struct{ title, name string }{
		{"Why water waits", "why-water-waits.md"},
		{"On weirs: why water waits", "on-weirs-why-water-waits.md"},
		{`"Quoted" and 'quoted'`, "quoted-and-quoted.md"},
		{"it's 100% # not a comment", "its-100-not-a-comment.md"},
		{"- not a list", "not-a-list.md"},
		{"*not* an &alias", "not-an-andalias.md"},
		{"true", "true.md"},
		{"2026-11-24", "2026-11-24.md"},
		{"1.10", "1-10.md"},
		{"null", "null.md"},
		{"--- title: x", "title-x.md"},
		{"@handle `code` |pipe >fold !tag %dir", "athandle-code-pipe-fold-tag-dir.md"},
		{"{braces} [brackets]", "braces-brackets.md"},
		{`back\slash \n`, "back-slash-n.md"},
		{"<b>no markup</b> & so on", "b-no-markup-b-and-so-on.md"},
		{"../../etc/passwd", "etc-passwd.md"},
		{"Über Köln", "uber-koln.md"},
		{"index", "index.md"},
	} {
		t.Run(c.title, func(t *testing.T) {
			dir := t.TempDir()
			f := open(t, article.Options{Dir: dir})
			name, text := draft(t, f, dir, c.title)
			if name != c.name {
				t.Errorf("its name is %s; want %s", name, c.name)
			}
			res := look(t, f, now)
			if len(res.Problems) > 0 || len(res.Document.Items) > 0 || res.Drafts != 1 {
				t.Errorf("problems %v, %d items, %d drafts", res.Problems, len(res.Document.Items), res.Drafts)
			}
			it := release(t, dir, name, text)
			if it.Title != c.title || len(it.RawID) != 12 || !it.Published.Equal(now) {
				t.Errorf("title %q, id %q, published %v; want %q at %v\n%s", it.Title, it.RawID, it.Published, c.title, now, text)
			}
		})
	}
}

// release takes the line that makes a draft off and reads the folder.
func release(t *testing.T, dir, name, text string) feed.Item {
	t.Helper()
	head, rest, ok := strings.Cut(text, "draft: true")
	_, rest, closed := strings.Cut(rest, "\n")
	if !ok || !closed {
		t.Fatalf("there is no draft line in\n%s", text)
	}
	write(t, dir, map[string]string{name: head + rest + "Its text.\n"})
	res := look(t, open(t, article.Options{Dir: dir}), now)
	if len(res.Document.Items) != 1 || len(res.Problems) > 0 {
		t.Fatalf("%d items, problems %v", len(res.Document.Items), res.Problems)
	}
	return res.Document.Items[0]
}

// A draft's id survives another file name, another title and another slug.
func TestDraftKeepsItsID(t *testing.T) {
	dir := t.TempDir()
	name, text := draft(t, open(t, article.Options{Dir: dir}), dir, "First thoughts")
	before := release(t, dir, name, text)
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	after := release(t, dir, "second.md", strings.Replace(text, "First", "Second", 1))
	if before.RawID != after.RawID || before.Slug == after.Slug {
		t.Errorf("id %q became %q, slug %q became %q", before.RawID, after.RawID, before.Slug, after.Slug)
	}
}

// A title without a letter for an address gives a name of its own each time.
func TestDraftWithoutLetters(t *testing.T) {
	dir := t.TempDir()
	f := open(t, article.Options{Dir: dir})
	first, _ := draft(t, f, dir, "🎉")
	second, _ := draft(t, f, dir, "🎉")
	if first == second || !strings.HasPrefix(first, "entry-") {
		t.Errorf("the names are %s and %s", first, second)
	}
}

// Nothing is overwritten and nothing is written beside the folder (XJ01).
func TestDraftRefuses(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "articles")
	write(t, dir, map[string]string{
		"there.md":      "# There\n\nx",
		"broken.md":     "---\ntitle: [\n---\nx",
		"deep/other.md": "---\nslug: by-slug\ndraft: true\n---\n# T\n\nx",
	})
	if err := os.Symlink("../outside.md", filepath.Join(dir, "linked.md")); err != nil {
		t.Fatal(err)
	}
	f := open(t, article.Options{Dir: dir})
	for title, want := range map[string]string{
		"There": "there.md", "Broken": "broken.md", "Linked": "linked.md", "By slug": "deep/other.md",
	} {
		if name, err := f.Draft(t.Context(), title, now); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), want) {
			t.Errorf("Draft(%q) = %q, %v; want fs.ErrExist that names %s", title, name, err, want)
		}
	}
	if _, err := os.Lstat(filepath.Join(base, "outside.md")); err == nil {
		t.Error("a link led a draft out of the folder")
	}
	for _, title := range []string{"", " \t\n", "\x00\x1b", strings.Repeat("a", feed.MaxTitle+1)} {
		if name, err := f.Draft(t.Context(), title, now); !errors.Is(err, article.ErrTitle) {
			t.Errorf("Draft(%.10q) = %q, %v; want ErrTitle", title, name, err)
		}
	}
}

// A folder that is not there yet is made; a file in its place is an error.
func TestDraftMakesTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	draft(t, open(t, article.Options{Dir: dir}), dir, "First")
	file := filepath.Join(dir, "first.md")
	if _, err := open(t, article.Options{Dir: file}).Draft(t.Context(), "T", now); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("Draft in a file = %v; want an error that names it", err)
	}
}
