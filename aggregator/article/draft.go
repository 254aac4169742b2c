package article

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"weir/feed"
)

// ErrTitle is a title that cannot be one.
var ErrTitle = errors.New("the title is empty or too long")

// draftText is a new draft. Its id is its own, so that the article stays the
// same one for readers after its file, its title and its slug were changed.
const draftText = `---
title: %s
date: %s
id: %s
draft: true  # remove this line to publish
---

`

// Draft writes a Markdown file with the title, which stays unpublished while
// it says draft, and returns its name inside the folder. A folder that is not
// there is made. Nothing is overwritten: when a file or another article's slug
// is in the way, the error is [fs.ErrExist] and names it.
func (f *Folder) Draft(ctx context.Context, title string, now time.Time) (string, error) {
	if title = plain(title, 2*feed.MaxTitle); title == "" || len(title) > feed.MaxTitle {
		return "", ErrTitle
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return "", f.wrap(err)
	}
	root, err := f.open()
	if err != nil {
		return "", err
	}
	defer root.Close()
	id := strings.ToLower(rand.Text()[:12])
	name := draftName(title, id)
	l := &look{Folder: f, root: root, now: feed.Micro(now)}
	if err := l.gather(ctx); err != nil {
		return "", f.wrap(err)
	}
	words, _ := nameOf(name, f.zone)
	if taken := l.holder(slugOf(words)); taken != "" && taken != name {
		return "", f.wrap(fmt.Errorf("%s would have the slug of %s: %w", name, taken, fs.ErrExist))
	}
	date := now.In(f.zone).Format(time.RFC3339)
	if err := createFile(root, name, fmt.Sprintf(draftText, yamlText("title", title), date, id)); err != nil {
		return "", f.wrap(err)
	}
	return name, nil
}

// draftName is the name of a new file: of the title's words, or of the id
// where no letter of the title can stand in an address.
func draftName(title, id string) string {
	stem := slugOf(title)
	if stem == "" {
		stem = "entry-" + id
	}
	return stem + ".md"
}

// holder is the first file, in the order of paths, that has the slug.
func (l *look) holder(slug string) string {
	first := ""
	for file, s := range l.slugs {
		if s == slug && slug != "" && (first == "" || file < first) {
			first = file
		}
	}
	return first
}

// yamlText writes a text as the value of a key: plainly where that is read as
// the same text, else in quotes.
func yamlText(key, text string) string {
	fields, err := yamlFields(key+": "+text, 1)
	if err == nil && len(fields) == 1 && fields[0].value.kind == kindText && fields[0].value.text == text {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// createFile writes a file that was not there, or nothing.
func createFile(root *os.Root, name, text string) error {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("create %s: %w", name, cause(err))
	}
	if _, err = file.WriteString(text); err == nil {
		err = file.Close()
	} else {
		file.Close()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, cause(err)), root.Remove(name))
	}
	return nil
}
