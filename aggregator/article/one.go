package article

import (
	"context"
	"path"
	"strings"
	"time"

	"weir/feed"
)

// Named reports whether a file is called as articles are, so that a folder
// would read it.
func Named(name string) bool { return formOf(name) != formNone && !ignored(path.Base(name)) }

// ReadOne looks at one file of the folder as [Folder.Read] would read it, name
// being slash-separated and relative to the folder. It is for showing: drafts,
// articles that wait for their date and expired ones are counted as such and
// are in the document all the same. Of the other files only those are read
// that the article seems to point at, so that a large folder costs little; two
// files with one slug are not found out.
func (f *Folder) ReadOne(ctx context.Context, name string, now time.Time) (*Result, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	root, err := f.open()
	if err != nil {
		return nil, err
	}
	defer root.Close()
	l := &look{Folder: f, root: root, now: feed.Micro(now)}
	if err := l.gatherOne(ctx, name); err != nil {
		return nil, f.wrap(err)
	}
	res := &Result{Document: l.document()}
	for _, r := range l.distinct(l.kept) {
		l.build(r)
		l.problems = append(l.problems, r.notes...)
		res.Document.Items = append(res.Document.Items, l.item(r))
		switch at := r.m.due(); {
		case r.m.draft:
			res.Drafts++
		case !r.m.expires.IsZero() && !r.m.expires.After(l.now):
			res.Expired++
		case at.After(l.now):
			res.waits(r, at)
		}
	}
	res.orderWaiting()
	l.order(res.Document)
	l.finishProblems(res)
	return res, nil
}

// gatherOne reads one file and what it may point at.
func (l *look) gatherOne(ctx context.Context, name string) error {
	own := &walker{root: l.root, report: l.report}
	own.file(name)
	others := &walker{root: l.root, report: func(Problem) {}}
	files, err := others.list(ctx)
	if err != nil {
		return err
	}
	l.assets, l.slugs = others.assets, make(map[string]string, len(files))
	called := map[string]bool{}
	for _, file := range own.articles {
		list, err := l.load(file)
		if err != nil {
			l.report(Problem{File: name, Text: err.Error()})
			continue
		}
		for _, r := range list {
			l.problems = append(l.problems, r.m.problems...)
			if !r.m.failed {
				l.kept = append(l.kept, r)
				l.slugs[name] = r.m.slug
			}
			r.m.calls(called)
		}
	}
	for _, file := range files {
		if file.path != name {
			l.slugs[file.path] = l.slugAt(file, called)
		}
	}
	return ctx.Err()
}

// calls adds what the manuscript's references call files.
func (m *manuscript) calls(names map[string]bool) {
	for _, ref := range m.refs {
		name, _ := localPath(m.file, ref)
		if wanted, _, _, ok := cutName(ref); ok {
			name = wanted
		}
		names[path.Base(callName(strings.TrimSuffix(name, "/")))] = true
	}
}

// slugAt is the slug of another article: the one that it states where it may
// be meant, else the one of its name.
func (l *look) slugAt(file found, called map[string]bool) string {
	if called[path.Base(callName(file.path))] {
		if list, err := l.load(file); err == nil && len(list) > 0 && !list[0].m.failed {
			return list[0].m.slug
		}
	}
	words, _ := nameOf(file.path, l.zone)
	return slugOf(words)
}
