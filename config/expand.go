package config

import "strings"

// expansion is a text of the file with its variables replaced.
type expansion struct {
	// text is what the setting means; bare is the same without what variables
	// held, and written is how the file spells it.
	text, bare, written string
	// values are what the variables held, without empty ones.
	values []string
}

// variable reports whether the text depends on the environment.
func (e *expansion) variable() bool { return e.written != e.bare }

// line folds line breaks into blanks.
func (e *expansion) line() {
	for _, s := range [...]*string{&e.text, &e.bare, &e.written} {
		if strings.ContainsAny(*s, "\n\t") {
			*s = strings.Join(strings.Fields(*s), " ")
		}
	}
}

// constant is the expansion of a text without variables.
func constant(s string) expansion { return expansion{text: s, bare: s, written: s} }

// expand replaces ${NAME} and ${NAME:-default} in a value; $${ stands for ${
// itself. As in a shell, the default also stands in for an empty variable.
// It returns a message and a hint when that is not possible.
func expand(s string, env Env) (e expansion, message, hint string) {
	if !strings.Contains(s, "${") {
		return constant(s), "", ""
	}
	var text, bare, written strings.Builder
	all := func(part string) {
		text.WriteString(part)
		bare.WriteString(part)
		written.WriteString(part)
	}
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			all(s)
			e.text, e.bare, e.written = text.String(), bare.String(), written.String()
			return e, "", ""
		}
		if i > 0 && s[i-1] == '$' {
			all(s[:i] + "{")
			s = s[i+2:]
			continue
		}
		all(s[:i])
		inner, rest, closed := strings.Cut(s[i+2:], "}")
		if !closed {
			return e, "the variable is not closed", "write ${NAME}, or $${ for the characters themselves"
		}
		value, message, hint := variable(inner, env)
		if message != "" {
			return e, message, hint
		}
		text.WriteString(value)
		written.WriteString("${" + inner + "}")
		if value = strings.TrimSpace(value); value != "" {
			e.values = append(e.values, value)
		}
		s = rest
	}
}

// variable returns what NAME or NAME:-default stands for.
func variable(inner string, env Env) (value, message, hint string) {
	name, fallback, defaulted := strings.Cut(inner, ":-")
	if !validVariable(name) {
		return "", "the name of the variable is not valid", "write ${NAME} or ${NAME:-default}"
	}
	value, ok := env(name)
	switch {
	case defaulted && value == "":
		return fallback, "", ""
	case !ok:
		return "", "the variable " + name + " is not set", "set it, or give a default: ${" + name + ":-default}"
	}
	return value, "", ""
}

func validVariable(name string) bool {
	if name == "" || len(name) > 128 || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	for i := range len(name) {
		c := name[i] | 0x20
		if (c < 'a' || c > 'z') && (name[i] < '0' || name[i] > '9') && name[i] != '_' {
			return false
		}
	}
	return true
}
