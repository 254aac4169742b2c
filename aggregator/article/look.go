package article

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
)

// record is what is remembered of one article between two looks.
type record struct {
	info fs.FileInfo
	// trusted says that the file was old enough when it was read for its next
	// edit to show in its modification time.
	trusted bool
	// sum is of the file's bytes, own of the article's in it.
	sum, own uint64
	m        *manuscript
	// item was built when the references meant targets; notes are about them.
	item    *feed.Item
	targets uint64
	notes   []Problem
}

// look is one reading of the folder.
type look struct {
	*Folder
	root *os.Root
	now  time.Time

	// kept are the articles that could be read, by path.
	kept []*record
	// slugs are those of all articles that could be read, also of drafts, by
	// path.
	slugs    map[string]string
	problems []Problem
	// assets are the files that may be published beside articles, names lists
	// both by what they are called.
	assets []string
	names  map[string][]string
	// parsed counts the bytes that this look had to parse.
	parsed int64
}

func (l *look) report(p Problem) { l.problems = append(l.problems, p) }

// settled reports whether a file is old enough for its modification time to
// be trusted.
func (l *look) settled(info fs.FileInfo) bool { return l.now.Sub(info.ModTime()) > settled }

// gather reads every article that changed and forgets those that are gone.
// What they point at is not looked at yet.
func (l *look) gather(ctx context.Context) error {
	w := &walker{root: l.root, report: l.report}
	files, err := w.list(ctx)
	if err != nil {
		return err
	}
	l.assets = w.assets
	l.slugs = make(map[string]string, len(files))
	records := make(map[string][]*record, len(files))
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		list, err := l.load(file)
		if err != nil {
			l.report(Problem{File: file.path, Text: err.Error()})
			continue
		}
		records[file.path] = list
		for _, r := range list {
			l.problems = append(l.problems, r.m.problems...)
			if r.m.failed {
				continue
			}
			l.kept = append(l.kept, r)
			if l.slugs[file.path] == "" {
				l.slugs[file.path] = r.m.slug
			}
		}
	}
	l.Folder.records = records
	return nil
}

// assemble makes the items of what was gathered.
func (l *look) assemble(ctx context.Context) error {
	for _, r := range l.kept {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !r.m.draft {
			l.build(r)
			l.problems = append(l.problems, r.notes...)
		}
	}
	l.forgetSums()
	return nil
}

// forgetSums drops the digests of files that no article names any more.
func (l *look) forgetSums() {
	named := make(map[string]bool, len(l.sums))
	for _, r := range l.kept {
		if r.item != nil {
			for _, a := range r.item.Assets {
				named[a.Path] = true
			}
		}
	}
	for name := range l.sums {
		if !named[name] {
			delete(l.sums, name)
		}
	}
}

// load returns the records of a file, parsed only when its bytes changed.
func (l *look) load(file found) ([]*record, error) {
	known := l.records[file.path]
	if len(known) > 0 && known[0].trusted && unchanged(known[0].info, file.info) {
		return known, nil
	}
	data, info, err := readStable(l.root, file.path, maxArticle)
	if errors.Is(err, errChanging) {
		data, info, err = readStable(l.root, file.path, maxArticle)
	}
	if err != nil {
		return nil, errors.New(reason(err))
	}
	sum := xxhash.Sum64(data)
	if len(known) > 0 && known[0].sum == sum {
		for _, r := range known {
			r.info, r.trusted = info, l.settled(info)
		}
		return known, nil
	}
	if l.parsed += int64(len(data)); l.parsed > maxText {
		return nil, fmt.Errorf("more than %d bytes of articles changed at once; it is read at the next look", maxText)
	}
	list := l.parse(file, data)
	for _, r := range list {
		r.info, r.trusted, r.sum = info, l.settled(info), sum
	}
	return list, nil
}

// parse reads one file, which is one article unless it is a text of several.
func (l *look) parse(file found, data []byte) []*record {
	text, err := decode(data, file.form)
	if err != nil {
		m := &manuscript{file: file.path}
		m.fail(0, "%v", err)
		return []*record{{m: m}}
	}
	pieces := []piece{{text, 1}}
	if file.form == formText {
		pieces = splitPieces(text)
	}
	if len(pieces) > maxPieces {
		m := &manuscript{file: file.path}
		m.fail(pieces[maxPieces].line, "more than %d articles are in one file", maxPieces)
		return []*record{{m: m}}
	}
	var list []*record
	for _, p := range pieces {
		m := &manuscript{file: file.path, zone: l.zone, shared: len(pieces) > 1}
		l.read(m, p, file.form)
		list = append(list, &record{m: m, own: xxhash.Sum64String(p.text)})
	}
	return list
}

// read reads one article. A bug that it brings to light costs it alone (XC23).
func (l *look) read(m *manuscript, p piece, f form) {
	defer func() {
		if fault := recover(); fault != nil {
			m.fail(0, "it cannot be read because of a fault in the program: %v", fault)
		}
	}()
	switch f {
	case formMarkdown:
		m.readMarkdown(p.text, l.markdown)
	case formHTML:
		m.readPage(p.text)
	default:
		m.readText(p.text, p.line)
	}
	m.finish()
}

// finish completes a manuscript from what is known of its file, and checks
// that there is something to publish: an empty file is probably still being
// written (XJ02).
func (m *manuscript) finish() {
	if m.Title == "" && m.HTML == "" && !m.failed {
		m.fail(0, "there is nothing in it")
	}
	if len(m.HTML) > feed.MaxHTML {
		m.warn(0, "the text has over %d bytes; it is cut", feed.MaxHTML)
	}
	m.draft = m.draft || within(m.file, "_drafts")
	m.finishAuthors()
	m.settle()
	m.collectRefs()
	slices.SortStableFunc(m.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
}
