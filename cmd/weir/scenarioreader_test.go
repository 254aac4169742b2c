package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// listed is an entry as a channel's JSON Feed has it.
type listed struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	External  string    `json:"external_url"`
	Title     string    `json:"title"`
	HTML      string    `json:"content_html"`
	Text      string    `json:"content_text"`
	Published time.Time `json:"date_published"`
	Modified  time.Time `json:"date_modified"`
	Weir      struct {
		Slug   string   `json:"slug"`
		Source markedBy `json:"source"`
		Also   []struct {
			Source markedBy `json:"source"`
		} `json:"also"`
	} `json:"_weir"`
}

type markedBy struct {
	ID string `json:"id"`
}

// same reports whether a reader shows the same.
func (l *listed) same(o *listed) bool {
	return l.Title == o.Title && l.URL == o.URL && l.HTML == o.HTML && l.Text == o.Text
}

// clause returns what an expectation may say of an entry. Of a text, want is
// looked for.
func (l *listed) clause(name, want string) (string, error) {
	switch name {
	case "slug":
		return l.Weir.Slug, nil
	case "from":
		return l.Weir.Source.ID, nil
	case "also":
		var ids []string
		for _, a := range l.Weir.Also {
			ids = append(ids, a.Source.ID)
		}
		return cmp.Or(strings.Join(ids, ", "), "nobody"), nil
	case "published":
		return l.Published.UTC().Format("2006-01-02 15:04"), nil
	case "updated":
		if l.Modified.IsZero() {
			return "never", nil
		}
		return l.Modified.UTC().Format("2006-01-02 15:04"), nil
	case "id":
		return l.ID, nil
	case "link":
		return l.URL, nil
	case "external":
		return l.External, nil
	case "text":
		if strings.Contains(l.HTML+l.Text, want) {
			return want, nil
		}
		return l.HTML + l.Text, nil
	}
	return "", fmt.Errorf("an entry has no %q", name)
}

// readChannel reads a channel's three documents, which must list the same
// entries in the same order (U7), each once.
func readChannel(dir string) ([]listed, error) {
	body, err := os.ReadFile(filepath.Join(dir, "feed.json"))
	if err != nil {
		return nil, err
	}
	var doc struct {
		Items []listed `json:"items"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	var ids, slugs []string
	for i := range doc.Items {
		ids, slugs = append(ids, doc.Items[i].ID), append(slugs, doc.Items[i].Weir.Slug)
	}
	for name, read := range map[string]func([]byte) ([]told, error){"rss.xml": strictRSS, "atom.xml": strictAtom} {
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		list, err := read(body)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		var others []string
		for _, e := range list {
			others = append(others, e.id)
		}
		if !slices.Equal(ids, others) {
			return nil, fmt.Errorf("feed.json lists %q and %s lists %q", ids, name, others)
		}
	}
	for _, list := range [][]string{ids, slugs} {
		slices.Sort(list)
		if len(slices.Compact(slices.Clone(list))) < len(list) {
			return nil, fmt.Errorf("something is there twice: %q", list)
		}
	}
	return doc.Items, nil
}

// subscriber reads a channel after every poll and remembers every entry for
// ever.
type subscriber struct {
	known map[string]*listed
	// present are the ids of the document that was read last.
	present map[string]bool
	// stories maps title and link, with date or text, to an id.
	stories map[string]string
	visit
}

// visit is what a subscriber noticed in one poll.
type visit struct {
	fresh, changed, gone, back, repeated []listed
	// excused says that the story spoke of what came back or is repeated.
	excused bool
}

func newSubscriber() *subscriber {
	return &subscriber{known: map[string]*listed{}, present: map[string]bool{}, stories: map[string]string{}}
}

// settle ends a visit: what must never happen must have been spoken of.
func (s *subscriber) settle() error {
	defer func() { s.visit = visit{} }()
	if s.excused {
		return nil
	}
	if len(s.back) > 0 {
		return fmt.Errorf("came back, unexpected:\n%s", titles(s.back))
	}
	if len(s.repeated) > 0 {
		return fmt.Errorf("the subscriber saw a story twice, under different ids:\n%s", titles(s.repeated))
	}
	return nil
}

// read compares a document with all before.
func (s *subscriber) read(list []listed) error {
	present := map[string]bool{}
	for i := range list {
		e := &list[i]
		present[e.ID] = true
		old := s.known[e.ID]
		s.known[e.ID] = e
		switch {
		case old == nil:
			s.fresh = append(s.fresh, *e)
			if s.told(e) {
				s.repeated = append(s.repeated, *e)
			}
			continue
		case old.Weir.Slug != e.Weir.Slug:
			return fmt.Errorf("the slug of %s was %q and is %q", e.ID, old.Weir.Slug, e.Weir.Slug)
		case !old.Published.Equal(e.Published):
			return fmt.Errorf("%q was published at %s and now at %s", e.Title, old.Published, e.Published)
		case !s.present[e.ID]:
			s.back = append(s.back, *e)
		}
		if !old.same(e) {
			s.changed = append(s.changed, *e)
		}
		s.told(e)
	}
	for id := range s.present {
		if !present[id] {
			s.gone = append(s.gone, *s.known[id])
		}
	}
	slices.SortFunc(s.gone, func(a, b listed) int { return strings.Compare(a.Title, b.Title) })
	s.present = present
	return nil
}

// told remembers a story and reports whether it had another id before.
func (s *subscriber) told(e *listed) (before bool) {
	head := e.Title + "\n" + e.URL + "\n"
	for _, story := range []string{head + e.Published.String(), head + e.HTML + e.Text} {
		before = before || s.stories[story] != "" && s.stories[story] != e.ID
		s.stories[story] = e.ID
	}
	return before
}

func titles(list []listed) string {
	var b strings.Builder
	for i := range list {
		fmt.Fprintf(&b, "  %s | slug %s | id %s\n", list[i].Title, list[i].Weir.Slug, list[i].ID)
	}
	return b.String()
}

// channelsIn returns the folders of the channels in an output, by their id.
func channelsIn(output string) (map[string]string, error) {
	dirs := map[string]string{}
	if _, err := os.Stat(filepath.Join(output, "feed.json")); err == nil {
		dirs["all"] = output
	}
	entries, err := os.ReadDir(output)
	if errors.Is(err, fs.ErrNotExist) {
		return dirs, nil
	}
	for _, e := range entries {
		dir := filepath.Join(output, e.Name())
		if _, err := os.Stat(filepath.Join(dir, "feed.json")); err == nil {
			dirs[e.Name()] = dir
		}
	}
	return dirs, err
}

// filesIn returns the bytes of all files of an output but Weir's own notes.
func filesIn(output string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(output, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == ".weir.json" {
			return err
		}
		body, err := os.ReadFile(path)
		name, _ := filepath.Rel(output, path)
		files[name] = string(body)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return files, nil
	}
	return files, err
}
