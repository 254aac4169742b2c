package config

import "strings"

// expand replaces ${NAME} and ${NAME:-default} in a value; $${ stands for ${
// itself. As in a shell, the default also stands in for an empty variable.
// It returns a message and a hint when that is not possible.
func expand(s string, env Env) (text, message, hint string) {
	if !strings.Contains(s, "${") {
		return s, "", ""
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			b.WriteString(s)
			return b.String(), "", ""
		}
		if i > 0 && s[i-1] == '$' {
			b.WriteString(s[:i])
			b.WriteByte('{')
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		inner, rest, closed := strings.Cut(s[i+2:], "}")
		if !closed {
			return "", "the variable is not closed", "write ${NAME}, or $${ for the characters themselves"
		}
		name, fallback, defaulted := strings.Cut(inner, ":-")
		if !validVariable(name) {
			return "", "the name of the variable is not valid", "write ${NAME} or ${NAME:-default}"
		}
		value, ok := env(name)
		switch {
		case defaulted && value == "":
			value = fallback
		case !ok:
			return "", "the variable " + name + " is not set", "set it, or give a default: ${" + name + ":-default}"
		}
		b.WriteString(value)
		s = rest
	}
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
