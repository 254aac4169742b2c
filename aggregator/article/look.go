package article

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
)

// record is what is remembered of one file between two looks.
type record struct {
	info fs.FileInfo
	// trusted says that the file was old enough when it was read for its next
	// edit to show in its modification time.
	trusted bool
	// sum is of the file's bytes.
	sum uint64
	m   *manuscript
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
	// parsed counts the bytes that this look had to parse.
	parsed int64
}

func (l *look) report(p Problem) { l.problems = append(l.problems, p) }

// settled reports whether a file is old enough for its modification time to
// be trusted.
func (l *look) settled(info fs.FileInfo) bool { return l.now.Sub(info.ModTime()) > settled }

// gather reads every article that changed and forgets those that are gone.
func (l *look) gather(ctx context.Context) error {
	w := &walker{root: l.root, report: l.report}
	files, err := w.list(ctx)
	if err != nil {
		return err
	}
	l.slugs = make(map[string]string, len(files))
	records := make(map[string]*record, len(files))
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := l.load(file)
		if err != nil {
			l.report(Problem{File: file.path, Text: err.Error()})
			continue
		}
		records[file.path] = r
		l.problems = append(l.problems, r.m.problems...)
		if !r.m.failed {
			l.kept = append(l.kept, r)
			l.slugs[file.path] = r.m.slug
		}
	}
	l.Folder.records = records
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

// load returns the record of a file, parsed only when its bytes changed.
func (l *look) load(file found) (*record, error) {
	known := l.records[file.path]
	if known != nil && known.trusted && unchanged(known.info, file.info) {
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
	if known != nil && known.sum == sum {
		known.info, known.trusted = info, l.settled(info)
		return known, nil
	}
	if l.parsed += int64(len(data)); l.parsed > maxText {
		return nil, fmt.Errorf("more than %d bytes of articles changed at once; it is read at the next look", maxText)
	}
	return &record{info: info, trusted: l.settled(info), sum: sum, m: l.parse(file, data)}, nil
}

// parse reads one file. A bug that a file brings to light costs that file
// alone (XC23).
func (l *look) parse(file found, data []byte) (m *manuscript) {
	m = &manuscript{file: file.path, zone: l.zone}
	defer func() {
		if p := recover(); p != nil {
			m.fail(0, "it cannot be read because of a fault in the program: %v", p)
		}
	}()
	text, err := decode(data, file.form)
	if err != nil {
		m.fail(0, "%v", err)
		return m
	}
	switch file.form {
	case formMarkdown:
		m.readMarkdown(text, l.markdown)
	case formHTML:
		m.readPage(text)
	default:
		m.readText(text)
	}
	m.finish()
	return m
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
	m.finishAuthors()
	m.settle()
	m.collectRefs()
	slices.SortStableFunc(m.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
}

// result turns what was gathered into what is published now.
func (l *look) result() *Result {
	res := &Result{Document: l.document()}
	var live []*record
	for _, r := range l.kept {
		switch {
		case r.m.draft:
			res.Drafts++
		case !r.m.expires.IsZero() && !r.m.expires.After(l.now):
			res.Expired++
		default:
			live = append(live, r)
		}
	}
	for _, r := range l.distinct(live) {
		res.next(l.now, r.m.expires)
		if at := r.m.due(); at.After(l.now) {
			res.next(l.now, at)
			res.Scheduled = append(res.Scheduled, Scheduled{r.m.file, r.m.slug, r.item.Title, at})
			continue
		}
		res.Document.Items = append(res.Document.Items, l.item(r))
	}
	slices.SortStableFunc(res.Scheduled, func(a, b Scheduled) int { return a.At.Compare(b.At) })
	l.order(res.Document)
	l.finishProblems(res)
	return res
}

// next remembers the earliest instant ahead.
func (r *Result) next(now, at time.Time) {
	if at.After(now) && (r.Next.IsZero() || at.Before(r.Next)) {
		r.Next = at
	}
}

// item is a copy of the record's item, so that its key and traits can be set.
func (l *look) item(r *record) feed.Item {
	it := *r.item
	it.Published = r.m.published
	if mod := feed.Micro(r.info.ModTime()); it.Published.IsZero() && !mod.After(l.now) {
		it.Published = mod
	}
	return it
}

// distinct leaves out articles that claim one slug or one id: which of them
// is meant cannot be told, and what is published already stays.
func (l *look) distinct(live []*record) []*record {
	claims := make(map[string][]*record, 2*len(live))
	for _, r := range live {
		claims["slug "+r.m.slug] = append(claims["slug "+r.m.slug], r)
		claims["id "+r.m.id] = append(claims["id "+r.m.id], r)
	}
	var alone []*record
	for _, r := range live {
		slugs, ids := claims["slug "+r.m.slug], claims["id "+r.m.id]
		switch {
		case len(slugs) > 1:
			l.report(collision(r, slugs, "slug", r.m.slug, func(m *manuscript) int { return m.slugLine }))
		case len(ids) > 1:
			l.report(collision(r, ids, "id", r.m.id, func(m *manuscript) int { return m.idLine }))
		default:
			alone = append(alone, r)
		}
	}
	return alone
}

// collision names the other articles that claim what r does.
func collision(r *record, all []*record, what, text string, line func(*manuscript) int) Problem {
	var others []string
	for _, o := range all {
		if o != r && len(others) < 3 {
			others = append(others, strings.TrimSuffix(Problem{File: o.m.file, Line: line(o.m)}.Error(), ": "))
		}
	}
	return Problem{
		File: r.m.file,
		Line: line(r.m),
		Text: fmt.Sprintf("%s %q is also that of %s: neither is published as it is now", what, text, strings.Join(others, ", ")),
	}
}

// document is the folder's, without items.
func (l *look) document() *feed.Document {
	return &feed.Document{
		Format: "articles",
		Profile: feed.Profile{
			Title: cmp.Or(l.source.Title, l.site.Hostname()),
			Link:  l.site.String(),
			Local: true,
		},
		Context: l.context,
	}
}

// order puts the items newest first and numbers them.
func (l *look) order(doc *feed.Document) {
	slices.SortFunc(doc.Items, func(a, b feed.Item) int {
		return cmp.Or(b.Published.Compare(a.Published), strings.Compare(a.Slug, b.Slug))
	})
	doc.Seen = make([]feed.Known, len(doc.Items))
	for i := range doc.Items {
		it := &doc.Items[i]
		it.Position = i
		doc.Seen[i].Hash = it.Hash
		for _, t := range [...]time.Time{it.Published, it.Updated} {
			if t.After(doc.Profile.Updated) && !t.After(l.now) {
				doc.Profile.Updated = t
			}
		}
	}
}

// finishProblems sorts the problems, and marks the document when something is
// missing in it.
func (l *look) finishProblems(res *Result) {
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	for _, p := range l.problems {
		res.Document.Partial = res.Document.Partial || !p.Warning
	}
	if more := len(l.problems) - maxProblems; more > 0 {
		l.problems = append(l.problems[:maxProblems:maxProblems], Problem{
			File: ".", Text: fmt.Sprintf("%d more problems", more), Warning: true,
		})
	}
	res.Problems = l.problems
	for _, p := range l.problems {
		if len(res.Document.Warnings) < maxWarnings {
			res.Document.Warnings = append(res.Document.Warnings, p.Error())
		}
	}
}
