package config

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// insertions are texts with the feeds in the list, one of which means that.
// Where a list ends cannot be told from its nodes, as comments and texts of
// several lines look alike; so the likeliest place comes first, and what each
// text means is looked at.
func (s *sequence) insertions(data []byte, feeds []NewFeed) [][]byte {
	lines := bytes.SplitAfter(data, []byte("\n"))
	end := lineEnd(data)
	flow := s.root.Style&yaml.FlowStyle != 0
	switch {
	case s.node != nil && s.node.Kind == yaml.SequenceNode && s.node.Style&yaml.FlowStyle != 0:
		return s.appendFlow(data, feeds)
	case flow:
		return nil
	case s.key == nil:
		indent := strings.Repeat(" ", s.root.Column-1)
		block := append([]string{"", indent + "feeds:"}, blocks(feeds, indent+"  ")...)
		return [][]byte{splice(lines, len(lines), block, end)}
	case s.node.Kind == yaml.ScalarNode && s.node.Value == "":
		indent := strings.Repeat(" ", s.key.Column+1)
		return [][]byte{splice(lines, s.key.Line, blocks(feeds, indent), end)}
	case s.node.Kind == yaml.SequenceNode && len(s.node.Content) > 0:
		indent := s.node.Column - 1
		block := blocks(feeds, strings.Repeat(" ", indent))
		content, whole := extentOf(lines, s.node.Content[len(s.node.Content)-1].Line, indent)
		return [][]byte{splice(lines, content, block, end), splice(lines, whole, block, end)}
	}
	return nil
}

// cuts are texts without an element of the list, one of which means that.
func (s *sequence) cuts(data []byte, index int) [][]byte {
	if s.node.Style&yaml.FlowStyle != 0 {
		return s.cutFlow(data, index)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	indent := s.node.Column - 1
	begin := s.node.Content[index].Line
	first := 1
	if index > 0 {
		first = s.node.Content[index-1].Line + 1
	}
	for begin > first && !dashed(lines[begin-1], indent) {
		begin-- // The dash stands on a line of its own, above its element.
	}
	content, whole := extentOf(lines, s.node.Content[index].Line, indent)
	var texts [][]byte
	for _, until := range []int{content, whole} {
		text := bytes.Join(lines[:begin-1], nil)
		texts = append(texts, append(text, bytes.Join(lines[until:], nil)...))
	}
	return texts
}

// extentOf returns the last line, from 1, of an element that has content on the
// given one and whose dash stands at the indent: without the comments that
// follow, and with those that are indented as if they belonged to it.
func extentOf(lines [][]byte, line, indent int) (content, whole int) {
	content, whole = line, line
	for i := line; i < len(lines); i++ {
		text := bytes.TrimRight(lines[i], "\r\n")
		rest := bytes.TrimLeft(text, " ")
		deep := len(text)-len(rest) > indent
		switch {
		case len(rest) == 0:
		case rest[0] == '#' && deep:
			whole = i + 1
		case rest[0] == '#':
		case deep:
			content, whole = i+1, i+1
		default:
			return content, whole
		}
	}
	return content, whole
}

// dashed reports whether a line has the dash of an element at the indent.
func dashed(line []byte, indent int) bool {
	return len(line) > indent && line[indent] == '-' && len(bytes.TrimLeft(line[:indent], " ")) == 0
}

// splice inserts lines of text behind the first n lines.
func splice(lines [][]byte, n int, block []string, end string) []byte {
	text := bytes.Join(lines[:n], nil)
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, end...)
	}
	for _, l := range block {
		text = append(append(text, l...), end...)
	}
	return append(text, bytes.Join(lines[n:], nil)...)
}

// lineEnd is how the first line of a file ends.
func lineEnd(data []byte) string {
	if line, _, ok := bytes.Cut(data, []byte("\n")); ok && bytes.HasSuffix(line, []byte("\r")) {
		return "\r\n"
	}
	return "\n"
}

func blocks(feeds []NewFeed, indent string) []string {
	var lines []string
	for _, f := range feeds {
		lines = append(lines, f.block(indent)...)
	}
	return lines
}

// block is the feed as an element of a list in block style.
func (f NewFeed) block(indent string) []string {
	pairs := f.pairs()
	if len(pairs) == 1 {
		return []string{indent + "- " + quote(f.URL)}
	}
	lines := make([]string, len(pairs))
	for i, p := range pairs {
		lines[i] = indent + "  " + p
	}
	lines[0] = indent + "- " + pairs[0]
	return lines
}

// pairs are the keys of the feed and their values as YAML.
func (f NewFeed) pairs() []string {
	pairs := []string{"url: " + quote(f.URL)}
	if f.ID != "" {
		pairs = append(pairs, "id: "+quote(f.ID))
	}
	if f.Title != "" {
		pairs = append(pairs, "title: "+quote(f.Title))
	}
	if len(f.Tags) > 0 {
		tags := make([]string, len(f.Tags))
		for i, t := range f.Tags {
			tags[i] = quote(t)
		}
		pairs = append(pairs, "tags: ["+strings.Join(tags, ", ")+"]")
	}
	return pairs
}

// node is what a feed means as YAML.
func (f NewFeed) node() *yaml.Node {
	var doc yaml.Node
	if err := yaml.Load([]byte(strings.Join(f.block(""), "\n")), &doc); err != nil || len(doc.Content) == 0 || len(doc.Content[0].Content) == 0 {
		return &yaml.Node{} // Equal to nothing, so that nothing is written.
	}
	return doc.Content[0].Content[0]
}

// offset is the place of a node in the text.
func offset(data []byte, n *yaml.Node) int {
	at := 0
	for range n.Line - 1 {
		at += bytes.IndexByte(data[at:], '\n') + 1
	}
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(data[at:])
		at += size
	}
	return at
}
