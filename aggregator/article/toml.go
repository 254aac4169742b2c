package article

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// tomlFields decodes TOML front matter whose first line is the file's line
// first. The decoder gives no positions of values, so keys are looked up in
// the text.
func tomlFields(text string, first int) ([]field, *lineError) {
	if line := deepLine(text); line > 0 {
		return nil, atLine(first+line-1, "lists and maps nest deeper than %d", maxNesting)
	}
	var top map[string]any
	if _, err := toml.Decode(text, &top); err != nil {
		var parse toml.ParseError
		if errors.As(err, &parse) {
			return nil, atLine(first+max(parse.Position.Line, 1)-1, "the TOML cannot be read: %s", tomlMessage(parse))
		}
		return nil, atLine(first, "the TOML cannot be read: %v", err)
	}
	t := tomlTree{lines: strings.Split(text, "\n"), first: first}
	v, err := t.value(top, 1, 0)
	if err != nil {
		return nil, err
	}
	return v.fields, nil
}

// tomlMessage is the parser's message, which it gives either alone or inside
// a sentence.
func tomlMessage(err toml.ParseError) string {
	if err.Message != "" {
		return err.Message
	}
	return strings.TrimPrefix(err.Error(), "toml: ")
}

// deepLine is the first line (from 1) with more brackets open than front
// matter may nest, or 0. The decoder itself has no limit. Brackets inside
// strings count too, so the bound is generous.
func deepLine(text string) int {
	open, line := 0, 1
	for i := range len(text) {
		switch text[i] {
		case '[', '{':
			if open++; open > 8*maxNesting {
				return line
			}
		case ']', '}':
			open = max(open-1, 0)
		case '\n':
			line++
		}
	}
	return 0
}

type tomlTree struct {
	lines []string
	first int
}

// lineOf is the file's line on which a key is set, looked for from a line of
// the front matter (from 1) on.
func (t *tomlTree) lineOf(key string, from int) int {
	for i := from - 1; i < len(t.lines); i++ {
		line := strings.TrimSpace(t.lines[i])
		if rest, ok := strings.CutPrefix(strings.Trim(line, "[]"), key); ok && strings.HasPrefix(line, "[") && rest == "" {
			return i + 1
		}
		name, _, ok := strings.Cut(line, "=")
		if ok && strings.Trim(strings.TrimSpace(name), `"'`) == key {
			return i + 1
		}
	}
	return from
}

func (t *tomlTree) value(x any, line, depth int) (value, *lineError) {
	v := value{line: t.first + line - 1}
	if depth > maxNesting {
		return v, atLine(v.line, "lists and maps nest deeper than %d", maxNesting)
	}
	switch x := x.(type) {
	case string:
		v.kind, v.text = kindText, x
	case bool:
		v.kind, v.text = kindBool, fmt.Sprint(x)
	case time.Time:
		v.kind, v.text = kindTime, tomlTime(x)
	case map[string]any:
		return t.table(x, v, line, depth)
	case []map[string]any:
		list := make([]any, len(x))
		for i := range x {
			list[i] = x[i]
		}
		return t.value(list, line, depth)
	case []any:
		v.kind = kindList
		for _, e := range x {
			item, err := t.value(e, line, depth+1)
			if err != nil {
				return v, err
			}
			v.items = append(v.items, item)
		}
	default:
		v.kind, v.text = kindNumber, fmt.Sprint(x)
	}
	return v, nil
}

// table converts a map; its keys come in the order of their lines.
func (t *tomlTree) table(x map[string]any, v value, line, depth int) (value, *lineError) {
	v.kind = kindMap
	for _, key := range slices.Sorted(maps.Keys(x)) {
		at := t.lineOf(key, line)
		item, err := t.value(x[key], at, depth+1)
		if err != nil {
			return v, err
		}
		v.fields = append(v.fields, field{key, t.first + at - 1, item})
	}
	slices.SortStableFunc(v.fields, func(a, b field) int { return cmp.Compare(a.line, b.line) })
	return v, repeated(v.fields)
}

// tomlTime spells a date as the file did: the decoder marks local ones, which
// have no zone, by the name of theirs.
func tomlTime(t time.Time) string {
	switch t.Location().String() {
	case "date-local":
		return t.Format("2006-01-02")
	case "datetime-local", "time-local":
		return t.Format("2006-01-02T15:04:05.999999999")
	}
	return t.Format(time.RFC3339Nano)
}
