package article

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
)

// form is how an article is written.
type form uint8

const (
	formNone form = iota
	formMarkdown
	formHTML
	formText
)

// formOf tells a file's form by its name.
func formOf(name string) form {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".mkd", ".mkdn", ".mkdown", ".mdx":
		return formMarkdown
	case ".html", ".htm":
		return formHTML
	case ".txt":
		return formText
	}
	return formNone
}

// ignored reports whether a name is hidden, or one under which editors and
// uploads keep what is not finished (XJ02).
func ignored(name string) bool {
	lower := strings.ToLower(name)
	switch lower {
	case "node_modules", "_site", "_includes", "_layouts", "_data", "_sass", "_index.md", "_index.html":
		// What other tools keep beside articles: _index is a list of them.
		return true
	}
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasPrefix(name, "~") ||
		strings.HasSuffix(name, "~") || strings.Contains(lower, "___jb_") || lower == "4913" {
		return true
	}
	switch path.Ext(lower) {
	case ".swp", ".swo", ".swx", ".tmp", ".temp", ".bak", ".orig", ".part", ".partial", ".crdownload", ".filepart":
		return true
	}
	return false
}

// found is an article's file.
type found struct {
	path string
	form form
	info fs.FileInfo
}

// walker lists the articles of a folder.
type walker struct {
	root     *os.Root
	names    int
	articles []found
	// assets are the names of files that may be published beside articles.
	assets []string
	report func(Problem)
}

// errTooMany ends a walk that met more names than Read looks at.
var errTooMany = errors.New("too many names")

// list returns the articles' files, sorted by path, so that the same ones are
// left out when there are too many.
func (w *walker) list(ctx context.Context) ([]found, error) {
	err := w.dir(ctx, ".", 0)
	if errors.Is(err, errTooMany) {
		w.report(Problem{File: ".", Text: fmt.Sprintf("more than %d names; the rest is not looked at", maxNames)})
		err = nil
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(w.articles, func(a, b found) int { return strings.Compare(a.path, b.path) })
	if len(w.articles) > maxArticles {
		w.report(Problem{
			File: w.articles[maxArticles].path,
			Text: fmt.Sprintf("more than %d articles; this one and %d more are not read",
				maxArticles, len(w.articles)-maxArticles-1),
		})
		w.articles = w.articles[:maxArticles]
	}
	return w.articles, nil
}

// dir lists one directory. It opens it by name within the root, so that a
// symbolic link never leads elsewhere (XJ01).
func (w *walker) dir(ctx context.Context, name string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := w.readDir(name)
	if err != nil && (depth == 0 || errors.Is(err, errTooMany)) {
		return err
	}
	if err != nil {
		w.report(Problem{File: name, Text: reason(err)})
		return nil
	}
	for _, e := range entries {
		if ignored(e.Name()) {
			continue
		}
		child := path.Join(name, e.Name())
		switch {
		case e.IsDir() && depth == maxDepth:
			w.report(Problem{File: child, Text: fmt.Sprintf("deeper than %d directories; it is not looked at", maxDepth), Warning: true})
		case e.IsDir():
			if err := w.dir(ctx, child, depth+1); err != nil {
				return err
			}
		default:
			w.file(child)
		}
	}
	return nil
}

// readDir reads a directory in pieces, so that an endless one costs no more
// than maxNames.
func (w *walker) readDir(name string) ([]fs.DirEntry, error) {
	d, err := w.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var all []fs.DirEntry
	for {
		some, err := d.ReadDir(1024)
		if w.names += len(some); w.names > maxNames {
			return nil, errTooMany
		}
		all = append(all, some...)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, nil
}

// file takes a name that is no directory. What merely looks like an article is
// pointed out, because its author will wonder why it is not published.
func (w *walker) file(name string) {
	form := formOf(name)
	if form == formNone {
		if typeOf(name) != "" {
			w.assets = append(w.assets, name)
		}
		return
	}
	info, err := w.root.Lstat(name)
	if err != nil {
		w.report(Problem{File: name, Text: reason(err)})
		return
	}
	if !info.Mode().IsRegular() {
		w.report(Problem{File: name, Text: kindOf(info.Mode()) + " is not read: only regular files are", Warning: true})
		return
	}
	w.articles = append(w.articles, found{path: name, form: form, info: info})
}

// kindOf names what is not a regular file.
func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "an irregular file"
}

// reason is an error without the path, which the problem names already.
func reason(err error) string { return "cannot be read: " + cause(err).Error() }
