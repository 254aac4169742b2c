package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Load reads, checks and completes the file at path. The error is [Problems]
// when the file was read but does not hold a usable configuration, and wraps
// the one of the operating system when it could not be read.
func Load(path string, env Env, over Overrides) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	c, err := Parse(data, path, env, over)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o004 != 0 && HoldsPassword(data) {
		c.Warnings = append(c.Warnings, Problem{File: path, Message: "holds a password and can be read by everybody",
			Hint: "chmod o-r the file, or write ${NAME} and set the variable"})
	}
	return c, nil
}

// HoldsPassword reports whether a file itself spells user:password@ in an
// address, or what stands behind basic_auth or a header that holds a key, so
// that nobody else should be able to read it (XJ13).
func HoldsPassword(data []byte) bool {
	for line := range bytes.Lines(data) {
		s := string(bytes.TrimSpace(line))
		if strings.HasPrefix(s, "#") {
			continue
		}
		if spelt.MatchString(s) {
			return true
		}
		if !strings.Contains(s, "//") {
			continue
		}
		if redacted := redactUsers(s); redacted != s && !strings.Contains(s, "${") {
			return true
		}
	}
	return false
}

// spelt finds a secret that is written out: neither in a variable nor in a file.
var spelt = regexp.MustCompile(`(?i)\b(?:basic_auth|authorization|cookie|[\w-]*(?:-key|-token|-secret))["']?:\s+["']?(?:basic |bearer )?[^\s"'$#{}]*[^\s"'$#{}][^$]*$`)

// Parse is [Load] on bytes already read; path names them in problems, and its
// folder is where relative paths start.
func Parse(data []byte, path string, env Env, over Overrides) (*Config, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the configuration's folder: %w", err)
	}
	w := &walker{file: path, dir: filepath.Dir(absolute), env: env, over: over}
	if env == nil {
		w.env = func(string) (string, bool) { return "", false }
	}
	root, problem := tree(data)
	if problem != nil {
		problem.File = path
		return nil, Problems{*problem}
	}
	c := w.root(root)
	c.Path = absolute
	return w.finish(c)
}

// Default is the configuration of a run without a file: the given feeds,
// relative ones and the store in the folder dir. Its site.since is a constant,
// so that the same addresses keep the same ids.
func Default(dir string, urls []string, env Env, over Overrides) (*Config, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find the folder: %w", err)
	}
	w := &walker{file: "arguments", dir: absolute, env: env, over: over}
	if env == nil {
		w.env = func(string) (string, bool) { return "", false }
	}
	const since = "2026-11-24"
	feeds := &yaml.Node{Kind: yaml.SequenceNode}
	for _, u := range urls {
		// What a shell handed over was expanded there.
		feeds.Content = append(feeds.Content, scalar(strings.ReplaceAll(u, "${", "$${")))
	}
	site := mapping("since", scalar(since))
	return w.finish(w.root(mapping("site", site, "feeds", feeds)))
}

func scalar(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(pairs); i += 2 {
		n.Content = append(n.Content, scalar(pairs[i].(string)), pairs[i+1].(*yaml.Node))
	}
	return n
}

// finish returns the configuration, or all that is wrong with it.
func (w *walker) finish(c *Config) (*Config, error) {
	w.checkEnviron()
	if len(w.problems) > 0 {
		return nil, sorted(w.problems)
	}
	c.Warnings = sorted(w.warnings)
	c.Digest = c.digest()
	return c, nil
}

// tree parses YAML. A syntax error ends it: what follows cannot be trusted to
// mean what it seems to.
func tree(data []byte) (*yaml.Node, *Problem) {
	if len(data) > maxFile {
		return nil, &Problem{Message: fmt.Sprintf("is larger than %d MiB", maxFile>>20)}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if p := checkBytes(data); p != nil {
		return nil, p
	}
	var doc yaml.Node
	err := yaml.Load(data, &doc, yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	switch {
	case err == nil && len(doc.Content) == 1 && !absent(doc.Content[0]):
		return doc.Content[0], nil
	case err == nil || doc.Kind == 0 && len(bytes.TrimSpace(data)) == 0:
		return nil, emptyFile()
	}
	return nil, syntax(err, data)
}

func emptyFile() *Problem {
	return &Problem{Message: "holds no configuration", Hint: "weir init writes one to begin with"}
}

// checkBytes finds what YAML cannot hold, with its place, which the library
// does not tell.
func checkBytes(data []byte) *Problem {
	line, column := 1, 1
	for i := 0; i < len(data); {
		c := data[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '\n':
				line, column = line+1, 0
			case c < ' ' && c != '\t' && c != '\r', c == 0x7f:
				return &Problem{Line: line, Column: column, Message: fmt.Sprintf("the control character %#02x is not allowed", c)}
			}
			i++
			column++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return &Problem{Line: line, Column: column, Message: "is not valid UTF-8", Hint: "save the file as UTF-8"}
		}
		i += size
		column++
	}
	return nil
}

// syntax translates the library's error.
func syntax(err error, data []byte) *Problem {
	var one *yaml.LoadError
	var many *yaml.LoadErrors
	switch {
	case errors.As(err, &many) && len(many.Errors) > 0 && many.Errors[0].Mark.Line == 0:
		if line := secondDocument(data); line > 0 {
			return &Problem{Line: line, Column: 1, Message: "a second document begins here", Hint: "the configuration is one document: take the line out"}
		}
		return emptyFile()
	case errors.As(err, &one):
		p := &Problem{Line: one.Mark.Line, Column: one.Mark.Column, Message: "is not YAML: " + Redact(cut(one.Message))}
		switch {
		case strings.Contains(one.Message, "max depth"):
			p.Message = fmt.Sprintf("is nested deeper than %d levels", maxDepth)
		case strings.Contains(one.Message, "tab character"), tabAt(data, p.Line, p.Column):
			p.Message, p.Hint = "is not YAML: a tab indents the line", "indent with spaces"
		case strings.Contains(one.Message, "did not find expected"):
			p.Hint = "look at the indentation and the brackets of this line and the one before"
		case strings.Contains(one.Message, "mapping values are not allowed"):
			p.Hint = "put a value that holds a colon and a blank in quotes"
		}
		return p
	default:
		return &Problem{Message: "is not YAML: " + Redact(cut(err.Error()))}
	}
}

// tabAt reports whether a tab stands at the place, or blanks and a tab before
// it: the library has several words for that.
func tabAt(data []byte, line, column int) bool {
	n := 0
	for text := range bytes.Lines(data) {
		if n++; n == line {
			indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
			return column <= len(indent)+1 && bytes.IndexByte(indent, '\t') >= 0
		}
	}
	return false
}

// secondDocument finds the line of the marker that begins another document.
func secondDocument(data []byte) int {
	n, content := 0, false
	for line := range bytes.Lines(data) {
		n++
		s := bytes.TrimSpace(line)
		marker := bytes.HasPrefix(line, []byte("---")) || bytes.HasPrefix(line, []byte("..."))
		switch {
		case marker && content:
			return n
		case len(s) > 0 && s[0] != '#' && s[0] != '%':
			content = true
		}
	}
	return 0
}
