package article

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// jsonMatter takes a JSON object off the beginning of a file.
func jsonMatter(source string) (matter, *lineError) {
	head := source[:min(len(source), maxFrontMatter)]
	r := &jsonReader{text: head, line: 1, dec: json.NewDecoder(strings.NewReader(head))}
	r.dec.UseNumber()
	top, err := r.value(0)
	if err != nil {
		return matter{}, err
	}
	end := int(r.dec.InputOffset())
	line := r.here()
	body := source[end:]
	if rest, ok := strings.CutPrefix(strings.TrimLeft(body, " \t"), "\n"); ok {
		body, line = rest, line+1
	}
	return matter{top.fields, body, line}, nil
}

// jsonFields decodes JSON front matter whose first line is the file's line
// first.
func jsonFields(text string, first int) ([]field, *lineError) {
	m, err := jsonMatter(strings.Repeat("\n", first-1) + text)
	if err == nil && strings.TrimSpace(m.body) != "" {
		err = atLine(m.line, "there is text below the JSON of the front matter")
	}
	return m.fields, err
}

// jsonReader reads token by token, because that alone tells lines and
// repeated keys.
type jsonReader struct {
	text string
	dec  *json.Decoder
	// at is how far lines are counted, line the one reached.
	at, line int
}

// here is the line that the decoder has reached.
func (r *jsonReader) here() int {
	to := min(int(r.dec.InputOffset()), len(r.text))
	r.line += strings.Count(r.text[r.at:to], "\n")
	r.at = to
	return r.line
}

func (r *jsonReader) token() (json.Token, *lineError) {
	tok, err := r.dec.Token()
	if err == nil {
		return tok, nil
	}
	// The offset in a SyntaxError counts from the value, not from the file.
	line := r.here()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, atLine(1, "the JSON front matter is not closed within %d bytes", maxFrontMatter)
	}
	return nil, atLine(line, "the JSON cannot be read: %v", err)
}

func (r *jsonReader) value(depth int) (value, *lineError) {
	tok, err := r.token()
	if err != nil {
		return value{}, err
	}
	v := value{line: r.here()}
	if depth > maxNesting {
		return v, atLine(v.line, "lists and maps nest deeper than %d", maxNesting)
	}
	switch tok := tok.(type) {
	case string:
		v.kind, v.text = kindText, tok
	case bool:
		v.kind, v.text = kindBool, "false"
		if tok {
			v.text = "true"
		}
	case json.Number:
		v.kind, v.text = kindNumber, tok.String()
	case json.Delim:
		return r.composite(v, tok, depth)
	}
	return v, nil
}

// composite reads a list or an object up to its end.
func (r *jsonReader) composite(v value, open json.Delim, depth int) (value, *lineError) {
	v.kind = kindList
	if open == '{' {
		v.kind = kindMap
	}
	for r.dec.More() {
		var key string
		if open == '{' {
			tok, err := r.token()
			if err != nil {
				return v, err
			}
			key, _ = tok.(string)
		}
		line := r.here()
		item, err := r.value(depth + 1)
		if err != nil {
			return v, err
		}
		if open == '{' {
			v.fields = append(v.fields, field{key, line, item})
		} else {
			v.items = append(v.items, item)
		}
	}
	if _, err := r.token(); err != nil {
		return v, err
	}
	if open == '{' {
		return v, repeated(v.fields)
	}
	return v, nil
}
