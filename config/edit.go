package config

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// NewFeed is a feed to write into a configuration. Everything but URL may be
// empty.
type NewFeed struct {
	URL, ID, Title string
	Tags           []string
}

// EditError says that a file is written in a way that cannot be edited without
// touching more of it than is asked for. Nothing is lost: ByHand is what to do
// instead, in lines for people.
type EditError struct {
	ByHand string
}

// Error implements error.
func (e *EditError) Error() string {
	return "the configuration is written in a way that only people can change"
}

// Extend returns the text of a configuration with feeds added at the end of its
// list of feeds, and what it then means. Not a byte of what stands there is
// changed: comments, order and style stay. A new feed that would take away the
// id of another gets an id of its own, and one for which another's id is asked
// is refused: all others keep what they are called.
//
// The error is [Problems] when the text is no usable configuration, or would be
// none with the feeds in it, and [*EditError] when it cannot be edited.
func Extend(data []byte, path string, env Env, over Overrides, feeds []NewFeed) ([]byte, *Config, error) {
	old, err := Parse(data, path, env, over)
	if err != nil {
		return nil, nil, err
	}
	names := make(map[string]bool, len(old.Feeds)+len(old.Articles))
	for _, s := range old.Sources() {
		names[s.ID] = true
	}
	for _, f := range feeds {
		if names[f.ID] {
			return nil, nil, Problems{{File: path, Path: "id", Value: f.ID, Message: "is the id of another source"}}
		}
	}
	feeds = slices.Clone(feeds)
	text, c, err := extend(data, path, env, over, feeds)
	if err != nil || sameNames(old, c) {
		return text, c, err
	}
	for i := range feeds {
		var n name
		if message, _ := checkFeed(feeds[i].URL); message == "" {
			u, _ := url.Parse(feeds[i].URL) // checkFeed has parsed it.
			n.fromURL(u, asciiHost(u))
		}
		if feeds[i].ID == "" && (names[n.short] || names[n.long]) {
			feeds[i].ID = c.Feeds[len(old.Feeds)+i].ID
		}
	}
	return extend(data, path, env, over, feeds)
}

func extend(data []byte, path string, env Env, over Overrides, feeds []NewFeed) ([]byte, *Config, error) {
	text, err := add(data, feeds)
	if err != nil {
		return nil, nil, err
	}
	c, err := Parse(text, path, env, over)
	return text, c, err
}

// sameNames reports whether the sources of old are called the same in c, which
// has more feeds.
func sameNames(old, c *Config) bool {
	for i := range old.Feeds {
		if old.Feeds[i].ID != c.Feeds[i].ID {
			return false
		}
	}
	for i := range old.Articles {
		if old.Articles[i].ID != c.Articles[i].ID {
			return false
		}
	}
	return true
}

// Without returns the text of a configuration without the sources of the given
// ids. Every other byte is kept, the comments above a source included. The
// error is an [*EditError] when the text cannot be edited.
func (c *Config) Without(data []byte, ids ...string) ([]byte, error) {
	var feeds, folders []int
	for i := range c.Feeds {
		if slices.Contains(ids, c.Feeds[i].ID) {
			feeds = append(feeds, i)
		}
	}
	for i := range c.Articles {
		if slices.Contains(ids, c.Articles[i].ID) {
			folders = append(folders, i)
		}
	}
	// From the end on, so that the places of the others stay what they are.
	for _, i := range slices.Backward(feeds) {
		var err error
		if data, err = cutSource(data, "feeds", i, c.Feeds[i].ID); err != nil {
			return nil, err
		}
	}
	for _, i := range slices.Backward(folders) {
		var err error
		if data, err = cutSource(data, "articles", i, c.Articles[i].ID); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// cutSource takes an element out of a list.
func cutSource(data []byte, list string, index int, id string) ([]byte, error) {
	refused := &EditError{ByHand: fmt.Sprintf("take the source %s out of %s", id, list)}
	bom, data := splitMark(data)
	seq, err := find(data, list)
	if err != nil || index >= len(seq.elements()) || !plainLines(data) {
		return nil, refused
	}
	if where := seq.node.Content[index].Line; where > 0 {
		refused.ByHand += fmt.Sprintf(": it begins on line %d", where)
	}
	want := slices.Delete(slices.Clone(seq.node.Content), index, index+1)
	for _, text := range seq.cuts(data, index) {
		if seq.verify(text, list, want) {
			return append(bom, text...), nil
		}
	}
	return nil, refused
}

// add puts feeds at the end of the list of feeds.
func add(data []byte, feeds []NewFeed) ([]byte, error) {
	if len(feeds) == 0 {
		return data, nil
	}
	bom, data := splitMark(data)
	seq, err := find(data, "feeds")
	if err == nil && plainLines(data) {
		want := slices.Clone(seq.elements())
		for _, f := range feeds {
			want = append(want, f.node())
		}
		for _, text := range seq.insertions(data, feeds) {
			if seq.verify(text, "feeds", want) {
				return append(bom, text...), nil
			}
		}
	}
	var b strings.Builder
	b.WriteString("add below feeds:")
	for _, f := range feeds {
		for _, line := range f.block("  ") {
			b.WriteString("\n" + line)
		}
	}
	return nil, &EditError{ByHand: b.String()}
}

// splitMark parts a byte order mark from the text behind it.
func splitMark(data []byte) (mark, text []byte) {
	const bom = "\xef\xbb\xbf"
	if bytes.HasPrefix(data, []byte(bom)) {
		return []byte(bom), data[len(bom):]
	}
	return nil, data
}

// plainLines reports whether lines end as editors end them. YAML knows more
// ends of lines (YAML 1.1 §5.4), and counts by them; who wrote those did not
// mean them.
func plainLines(data []byte) bool {
	for i, c := range data {
		if c == '\r' && (i+1 == len(data) || data[i+1] != '\n') {
			return false
		}
	}
	return !bytes.ContainsAny(data, "\u0085\u2028\u2029")
}

// sequence is a list at the root of a file, with the place where it stands.
type sequence struct {
	root *yaml.Node
	// key and node are nil where the file does not have the list; node is a
	// null where nothing stands in it.
	key, node *yaml.Node
}

var errNoRoot = errors.New("the file is no mapping")

// find parses a file and finds a list at its root.
func find(data []byte, list string) (sequence, error) {
	root, problem := tree(data)
	switch {
	case problem != nil:
		return sequence{}, Problems{*problem}
	case root.Kind != yaml.MappingNode:
		return sequence{}, errNoRoot
	}
	s := sequence{root: root}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == list {
			s.key, s.node = root.Content[i], root.Content[i+1]
		}
	}
	return s, nil
}

// elements are those of the list, none if there is no list.
func (s *sequence) elements() []*yaml.Node {
	if s.node == nil || s.node.Kind != yaml.SequenceNode {
		return nil
	}
	return s.node.Content
}

// verify reports whether a text means what the old one means, but that the list
// holds what is wanted.
func (s *sequence) verify(text []byte, list string, want []*yaml.Node) bool {
	got, err := find(text, list)
	if err != nil || !slices.EqualFunc(got.elements(), want, sameTree) {
		return false
	}
	return slices.EqualFunc(s.others(), got.others(), sameTree)
}

// others are the keys and values of the root but for the list.
func (s *sequence) others() []*yaml.Node {
	var all []*yaml.Node
	for i := 0; i+1 < len(s.root.Content); i += 2 {
		if s.root.Content[i] != s.key {
			all = append(all, s.root.Content[i], s.root.Content[i+1])
		}
	}
	return all
}

// sameTree reports whether two trees mean the same, however they are written.
func sameTree(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Tag == b.Tag && a.Value == b.Value && a.Anchor == b.Anchor &&
		slices.EqualFunc(a.Content, b.Content, sameTree)
}
