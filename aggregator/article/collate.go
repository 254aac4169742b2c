package article

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"weir/feed"
)

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
			res.waits(r, at)
			continue
		}
		res.Document.Items = append(res.Document.Items, l.item(r))
	}
	res.Document.Withheld = res.Drafts + res.Expired + len(res.Document.Waiting)
	res.orderWaiting()
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

// waits tells of an article whose date lies ahead.
func (r *Result) waits(a *record, at time.Time) {
	r.Document.Waiting = append(r.Document.Waiting, feed.Waiting{File: a.m.file, Title: a.item.Title, At: at})
}

// orderWaiting puts those that wait in the order in which they will come.
func (r *Result) orderWaiting() {
	d := r.Document
	slices.SortStableFunc(d.Waiting, func(a, b feed.Waiting) int { return a.At.Compare(b.At) })
	d.Waiting = d.Waiting[:min(len(d.Waiting), feed.MaxWaiting)]
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
