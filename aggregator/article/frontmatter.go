package article

import (
	"strings"
)

// matter is the front matter of a file, cut off its body.
type matter struct {
	// fields are in the order of the file.
	fields []field
	// body is what follows; line is the body's first.
	body string
	line int
}

// splitMatter takes the front matter off a file: YAML between lines of ---,
// TOML between lines of +++, or a JSON object. A file without any is all body.
func splitMatter(source string) (matter, *lineError) {
	first, _, _ := strings.Cut(source, "\n")
	first = strings.TrimRight(first, " \t")
	switch {
	case first == "---":
		return fencedMatter(source, yamlFields, "---", "...")
	case first == "+++":
		return fencedMatter(source, tomlFields, "+++")
	case first == "---json":
		return fencedMatter(source, jsonFields, "---")
	case first == "---js" || first == "---javascript":
		return matter{}, atLine(1, "front matter in %s is not read: write YAML between lines of ---", first[3:])
	case first == "{" || strings.HasPrefix(source, `{"`) || strings.HasPrefix(source, `{ "`):
		return jsonMatter(source)
	}
	return matter{body: source, line: 1}, nil
}

// fencedMatter takes front matter that stands between two lines of its own.
func fencedMatter(source string, decode func(string, int) ([]field, *lineError), fences ...string) (matter, *lineError) {
	_, rest, _ := strings.Cut(source, "\n")
	text, body, lines := "", "", 0
	closed := false
	for at := 0; at < len(rest); lines++ {
		line, next := rest[at:], len(rest)
		if i := strings.IndexByte(line, '\n'); i >= 0 {
			line, next = line[:i], at+i+1
		}
		if line = strings.TrimRight(line, " \t"); line == fences[0] || line == fences[len(fences)-1] {
			text, body, closed = rest[:at], rest[next:], true
			break
		}
		at = next
	}
	if !closed {
		if fences[0] == "---" && !looksLikeKey(rest) {
			// A thematic break opens the text; there is no front matter.
			return matter{body: source, line: 1}, nil
		}
		return matter{}, atLine(1, "the front matter is not closed: put a line of %s below it", fences[0])
	}
	if len(text) > maxFrontMatter {
		return matter{}, atLine(1, "the front matter has %d bytes, more than the %d allowed", len(text), maxFrontMatter)
	}
	fields, err := decode(text, 2)
	if err != nil {
		return matter{}, err
	}
	return matter{fields, body, lines + 3}, nil
}

// looksLikeKey reports whether a text opens with "key:".
func looksLikeKey(text string) bool {
	line, _, _ := strings.Cut(strings.TrimLeft(text, " \t\n"), "\n")
	key, _, ok := strings.Cut(line, ":")
	return ok && key != "" && strings.Trim(strings.ToLower(key), "abcdefghijklmnopqrstuvwxyz_-") == ""
}

// repeated reports a key that a map holds twice: the two may differ, and
// neither is more likely meant (XJ04).
func repeated(fields []field) *lineError {
	seen := make(map[string]int, len(fields))
	for _, f := range fields {
		if line, ok := seen[f.key]; ok {
			return atLine(f.line, "key %q is there twice, first on line %d", f.key, line)
		}
		seen[f.key] = f.line
	}
	if len(fields) > maxFields {
		return atLine(fields[maxFields].line, "more than %d keys", maxFields)
	}
	return nil
}
