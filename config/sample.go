package config

import (
	"bytes"
	_ "embed" // For the text of the sample.
	"strings"
	"text/template"
	"time"
)

//go:embed sample.yaml
var sample string

// Sample returns the commented config.yaml that "weir init" writes: title and
// url may be empty, and without feeds the list holds an example in a comment.
// The result is a valid configuration whatever the strings hold.
func Sample(today time.Time, title, url string, feeds ...NewFeed) []byte {
	if title == "" {
		title = "My planet"
	}
	t := template.Must(template.New("config.yaml").Funcs(template.FuncMap{"q": quote}).Parse(sample))
	var b bytes.Buffer
	err := t.Execute(&b, map[string]any{
		"Title": title, "URL": url, "Since": today.UTC().Format(time.DateOnly), "Feeds": blocks(feeds, "  "),
	})
	if err != nil {
		panic(err) // The text and its data are constants of this package.
	}
	return b.Bytes()
}

// quote writes s as YAML that means s, plainly where that is safe.
func quote(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	s = strings.ReplaceAll(printable(s), "${", "$${")
	if plainYAML(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// plainYAML reports whether s needs no quotes: letters first, and nothing that
// YAML reads as more than text.
func plainYAML(s string) bool {
	if s == "" || strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasSuffix(s, ":") {
		return false
	}
	if c := s[0] | 0x20; c < 'a' || c > 'z' {
		return false
	}
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off":
		return false
	}
	return !strings.ContainsAny(s, "{}[],&*!|>'\"%@`\\")
}
