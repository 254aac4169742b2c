package article

import "weir/feed"

// ParseFile reads bytes as if they were a file of the folder, without one.
func (f *Folder) ParseFile(name string, data []byte) (feed.Item, []Problem) {
	l := &look{Folder: f}
	m := l.parse(found{path: name, form: formOf(name)}, data)[0].m
	return feed.Item{Content: m.Content, RawID: m.id, Slug: m.slug, Published: m.published, Updated: m.updated}, m.problems
}

// Parsed is what is remembered of a file: another value once it is parsed
// again.
func (f *Folder) Parsed(file string) any {
	f.mu.Lock()
	defer f.mu.Unlock()
	if list := f.records[file]; len(list) > 0 {
		return list[0].m
	}
	return nil
}
