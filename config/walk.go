package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Limits on what a file may hold.
const (
	maxFile     = 4 << 20
	maxDepth    = 32
	maxValues   = 1 << 20 // Values read, each alias counted anew (XJ04).
	maxProblems = 1000
	maxText     = 8 << 10
	maxShown    = 80 // Characters of a value that a problem quotes.
)

// walker reads the tree of a file. It goes on after every problem, so that all
// are told at once, and leaves the zero value where one was.
type walker struct {
	file     string
	dir      string
	env      Env
	over     Overrides
	problems Problems
	warnings Problems
	values   int
	// addresses are those of the feeds.
	addresses []told
	// reached says that hubs reach the site.
	reached bool
}

// value is one setting with its place: a node of the file, or what a flag or a
// variable says.
type value struct {
	node *yaml.Node
	// from names the flag or the variable; empty for the file.
	from string
	text string
	path string
}

// add notes a problem at v.
func (w *walker) add(v value, message, hint string) {
	p := w.problem(v, message, hint)
	p.Value = shown(v)
	w.append(p)
}

// addKey notes a problem that is not about the value's own text.
func (w *walker) addKey(v value, message, hint string) {
	w.append(w.problem(v, message, hint))
}

func (w *walker) append(p Problem) {
	switch {
	case len(w.problems) < maxProblems:
		w.problems = append(w.problems, p)
	case len(w.problems) == maxProblems:
		w.problems = append(w.problems, Problem{File: w.file, Line: p.Line, Column: p.Column,
			Message: "too many problems; those that follow are left out"})
	}
}

func (w *walker) warn(v value, message, hint string) {
	if len(w.warnings) < maxProblems {
		w.warnings = append(w.warnings, w.problem(v, message, hint))
	}
}

func (w *walker) problem(v value, message, hint string) Problem {
	p := Problem{File: w.file, Path: v.path, Message: message, Hint: hint}
	if v.from != "" {
		p.File = v.from
	}
	if v.node != nil {
		p.Line, p.Column = v.node.Line, v.node.Column
	}
	return p
}

// shown is a value as a problem may quote it: as it was written, not as it was
// expanded, and without secrets.
func shown(v value) string {
	s := v.text
	if v.node != nil {
		s = v.node.Value
	}
	return head(Redact(s), maxShown)
}

// full reports whether reading must stop: no file that people write comes
// near the limits, but aliases of aliases grow without bound.
func (w *walker) full(v value) bool {
	w.values++
	if w.values == maxValues+1 {
		w.addKey(v, "the file expands to more values than anybody can mean", "use fewer aliases")
	}
	return w.values > maxValues || len(w.problems) > maxProblems
}

// resolve follows an alias; a chain of them cannot exist in YAML.
func resolve(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// absent reports whether nothing was written: no node, or an empty value, as
// when everything under a key is commented out.
func absent(n *yaml.Node) bool {
	return n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

// section is a mapping of the file whose keys have been checked.
type section struct {
	w    *walker
	path string
	// node is the place for problems about what is missing; nil if the whole
	// section is.
	node *yaml.Node
	vals map[string]*yaml.Node
}

// section checks that n is a mapping with known keys, each said once.
func (w *walker) section(n *yaml.Node, path, keys string) section {
	s := section{w: w, path: path}
	if absent(resolve(n)) {
		return s
	}
	place := value{node: n, path: path}
	n = resolve(n)
	s.node = n
	if n.Kind != yaml.MappingNode {
		w.add(place, "must be a mapping of keys, not "+kindOf(n), "")
		return s
	}
	s.vals = make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if w.full(value{node: key, path: path}) {
			break
		}
		if s.checkKey(key, keys) {
			s.vals[key.Value] = n.Content[i+1]
		}
	}
	return s
}

// checkKey reports whether the key may be read.
func (s section) checkKey(key *yaml.Node, keys string) bool {
	at := value{node: key, path: s.path}
	first, again := s.vals[key.Value]
	switch {
	case key.Kind != yaml.ScalarNode:
		s.w.addKey(at, "a key must be a word, not "+kindOf(key), "")
	case key.Tag == "!!merge":
		s.w.addKey(at, "merge keys are not supported", "write the keys out")
	case again:
		s.w.addKey(at, fmt.Sprintf("the key %q stands here twice", key.Value),
			"the first is on line "+strconv.Itoa(first.Line))
	case contains(keys, key.Value):
		return true
	default:
		s.w.addKey(at, fmt.Sprintf("unknown key %q", Redact(cut(key.Value))), keyHint(key.Value, keys))
	}
	return false
}

func keyHint(key, keys string) string {
	if n := near(key, keys); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return "known here: " + strings.Join(strings.Fields(keys), ", ")
}

// cut shortens a text for a message.
func cut(s string) string { return head(s[:min(len(s), 4*maxShown)], maxShown) }

// at returns the path of a key of the section.
func (s section) at(key string) string {
	if s.path == "" {
		return key
	}
	return s.path + "." + key
}

// value returns what the file says under key.
func (s section) value(key string) (value, bool) {
	n := s.vals[key]
	if absent(resolve(n)) {
		return value{path: s.at(key)}, false
	}
	return value{node: n, path: s.at(key)}, true
}

// values returns what the file, the environment and the command line say, in
// that order: the last one holds, but each is checked. An empty variable says
// nothing.
func (s section) values(key string) []value {
	var all []value
	v, ok := s.value(key)
	if ok {
		all = append(all, v)
	}
	if !contains(settings, v.path) {
		return all
	}
	if text, ok := s.w.env(envName(v.path)); ok && text != "" {
		all = append(all, value{from: envName(v.path), text: text, path: v.path})
	}
	if text, ok := s.w.over.Flags[v.path]; ok {
		all = append(all, value{from: flagName(v.path), text: text, path: v.path})
	}
	return all
}

// last returns what holds of a key whose every value was good.
func (s section) last(key string) value {
	all := s.values(key)
	if len(all) == 0 {
		return value{path: s.at(key)}
	}
	return all[len(all)-1]
}

// flagName is how a flag is called in problems: poll.every is --poll-every.
func flagName(path string) string {
	return "--" + strings.NewReplacer(".", "-", "_", "-").Replace(path)
}

// list returns the elements under key. A single value is not taken for a list:
// "tags: go, rust" would be one tag.
func (s section) list(key string, most int) []value {
	v, ok := s.value(key)
	if !ok {
		return nil
	}
	n := resolve(v.node)
	switch {
	case n.Kind != yaml.SequenceNode && n.Kind != yaml.ScalarNode:
		s.w.addKey(v, "must be a list, not "+kindOf(n), "")
		return nil
	case n.Kind == yaml.ScalarNode:
		s.w.add(v, "must be a list, not a single value", "put it in brackets: ["+Redact(cut(n.Value))+"]")
		return nil
	case len(n.Content) > most:
		s.w.addKey(v, fmt.Sprintf("has %d elements, at most %d are allowed", len(n.Content), most), "")
		return nil
	}
	elements := make([]value, 0, len(n.Content))
	for i, e := range n.Content {
		at := value{node: e, path: v.path + "[" + strconv.Itoa(i) + "]"}
		if s.w.full(at) {
			break
		}
		if absent(resolve(e)) {
			s.w.addKey(at, "is empty", "")
			continue
		}
		elements = append(elements, at)
	}
	return elements
}

// sorted orders problems by place; those of flags and variables come last.
func sorted(ps Problems) Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if (a.Line == 0) != (b.Line == 0) {
			return cmp.Compare(b.Line, a.Line)
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.File, b.File))
	})
	return ps
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	default:
		return "a single value"
	}
}
