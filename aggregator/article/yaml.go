package article

import (
	"errors"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// yamlFields decodes YAML front matter whose first line is the file's line
// first. It works on the syntax tree, where an alias is a leaf: aliases are
// refused rather than followed, so that a few lines never mean millions of
// values (XJ04).
func yamlFields(text string, first int) ([]field, *lineError) {
	if !yamlHasContent(text) {
		return nil, nil
	}
	var doc yaml.Node
	if err := yaml.Load([]byte(text), &doc); err != nil {
		return nil, yamlError(err, first)
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, nil
	}
	top, err := yamlValue(doc.Content[0], first-1, 0)
	switch {
	case err != nil:
		return nil, err
	case top.kind == kindNull:
		return nil, nil
	case top.kind != kindMap:
		return nil, atLine(top.line, "the front matter is %s; it must be lines of \"key: value\"", top.kind)
	}
	return top.fields, nil
}

// yamlHasContent reports whether there is more than white space and comments.
func yamlHasContent(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return true
		}
	}
	return false
}

// yamlError names the line of a syntax error.
func yamlError(err error, first int) *lineError {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return atLine(first, "the YAML cannot be read: %v", err)
	}
	line := first
	if load.Mark.Line > 0 {
		line = first + load.Mark.Line - 1
	}
	text := load.Message
	switch {
	case strings.Contains(text, "mapping values are not allowed"):
		text += ": put quotes around a value that holds \": \""
	case strings.Contains(text, "cannot start any token"):
		text += ": indent with spaces, and put quotes around a value that begins with @, ` or %"
	}
	return atLine(line, "the YAML cannot be read: %s", strings.TrimPrefix(text, "yaml: "))
}

// yamlValue converts a node; shift is added to its line.
func yamlValue(n *yaml.Node, shift, depth int) (value, *lineError) {
	v := value{line: n.Line + shift}
	if depth > maxNesting {
		return v, atLine(v.line, "lists and maps nest deeper than %d", maxNesting)
	}
	switch n.Kind {
	case yaml.ScalarNode:
		v.kind, v.text = yamlScalar(n.ShortTag()), n.Value
		return v, nil
	case yaml.SequenceNode:
		v.kind = kindList
		for _, c := range n.Content {
			item, err := yamlValue(c, shift, depth+1)
			if err != nil {
				return v, err
			}
			v.items = append(v.items, item)
		}
		return v, nil
	case yaml.MappingNode:
		v.kind = kindMap
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode {
				return v, atLine(key.Line+shift, "a key must be a word")
			}
			item, err := yamlValue(n.Content[i+1], shift, depth+1)
			if err != nil {
				return v, err
			}
			v.fields = append(v.fields, field{key.Value, key.Line + shift, item})
		}
		return v, repeated(v.fields)
	}
	return v, atLine(v.line, "aliases (*name) are not followed: write the value out")
}

func yamlScalar(tag string) kind {
	switch tag {
	case "!!null":
		return kindNull
	case "!!bool":
		return kindBool
	case "!!int", "!!float":
		return kindNumber
	case "!!timestamp":
		return kindTime
	}
	return kindText
}
