package article

import (
	"fmt"
	"strings"
)

// kind is what front matter calls a value.
type kind uint8

const (
	kindNull kind = iota
	kindText
	kindBool
	kindNumber
	kindTime
	kindList
	kindMap
)

// String names the kind for an author.
func (k kind) String() string {
	return [...]string{"nothing", "text", "yes or no", "a number", "a date", "a list", "a map"}[k]
}

// value is one value of the front matter. Scalars keep the spelling of the
// file in text, so that a title of 1.10 stays 1.10.
type value struct {
	kind   kind
	line   int
	text   string
	items  []value
	fields []field
}

// field is a key and its value; labels and <meta> elements are fields too.
type field struct {
	key   string
	line  int
	value value
}

// scalar reports whether the value has a text of its own.
func (v *value) scalar() bool { return v.kind >= kindText && v.kind <= kindTime }

// empty reports whether a template's key was never filled in.
func (v *value) empty() bool {
	return v.kind == kindNull || v.kind == kindText && strings.TrimSpace(v.text) == ""
}

// lineError is what is wrong with one line of a file.
type lineError struct {
	line int
	text string
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.text) }

func atLine(line int, format string, args ...any) *lineError {
	return &lineError{line, fmt.Sprintf(format, args...)}
}

// textField is a field as a label or a <meta> element gives it.
func textField(key string, line int, text string) field {
	return field{key, line, value{kind: kindText, line: line, text: text}}
}
