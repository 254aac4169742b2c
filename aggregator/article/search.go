package article

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"weir/feed"
)

// cutName splits an address that names a file wherever it lies.
func cutName(ref string) (name, fragment string, link, ok bool) {
	rest, link := strings.CutPrefix(ref, linkScheme)
	if !link {
		if rest, ok = strings.CutPrefix(ref, fileScheme); !ok {
			return "", "", false, false
		}
	}
	rest, fragment, _ = strings.Cut(rest, "#")
	name, err := url.PathUnescape(rest)
	if err != nil {
		name = rest
	}
	if f, err := url.PathUnescape(fragment); err == nil {
		fragment = f
	}
	return strings.Trim(name, "/"), fragment, link, true
}

// callName is what a file is called in links: articles without extension,
// bundles by their folder, in any case and however its accents are composed.
func callName(file string) string {
	file = norm.NFC.String(file)
	if formOf(file) == formNone {
		return feed.Fold(file)
	}
	if stem := strings.TrimSuffix(file, path.Ext(file)); path.Base(stem) != "index" || path.Dir(stem) == "." {
		return feed.Fold(stem)
	}
	return feed.Fold(path.Dir(file))
}

// byName lists the folder's articles and assets by the last part of what they
// are called.
func (l *look) byName() map[string][]string {
	if l.names != nil {
		return l.names
	}
	l.names = map[string][]string{}
	add := func(file string) {
		key := path.Base(callName(file))
		l.names[key] = append(l.names[key], file)
	}
	for file := range l.slugs {
		add(file)
	}
	for _, file := range l.assets {
		add(file)
	}
	for _, files := range l.names {
		slices.SortFunc(files, func(a, b string) int {
			return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), strings.Compare(a, b))
		})
	}
	return l.names
}

// search finds the file that a name in an article means: the one beside it,
// else the one that lies least deep, else the first.
func (l *look) search(from, name string) string {
	wanted := callName(path.Clean(name))
	best := ""
	for _, file := range l.byName()[path.Base(wanted)] {
		called := callName(file)
		if called != wanted && !strings.HasSuffix(called, "/"+wanted) {
			continue
		}
		if path.Dir(file) == path.Dir(from) {
			return file
		}
		if best == "" {
			best = file
		}
	}
	return best
}

// actual is the file that a path means: the one of that name, else the one
// whose accents are composed another way, as file systems and keyboards differ
// in that.
func (l *look) actual(name string) string {
	if _, err := l.root.Lstat(name); err == nil || !strings.ContainsFunc(name, func(c rune) bool { return c >= 0x80 }) {
		return name
	}
	composed := norm.NFC.String(name)
	for _, file := range l.byName()[path.Base(callName(name))] {
		if f := norm.NFC.String(file); f == composed || strings.HasPrefix(f, composed+"/index.") {
			return file
		}
	}
	return name
}
