package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// argumentMistake says in our words what a check of arguments found wrong.
func argumentMistake(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		err := check(c, args)
		if usage := (*usageError)(nil); err == nil || errors.As(err, &usage) {
			return err
		}
		return &usageError{text: misgiven(c, args), hint: c.CommandPath() + " --help"}
	}
}

// misgiven tells arguments from what a command's line of usage asks for.
func misgiven(c *cobra.Command, args []string) string {
	name := strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ")
	asks := strings.Fields(c.Use)[1:]
	if len(args) > len(asks) {
		return fmt.Sprintf("%s takes %s; %q is too many", name, enough(len(asks)), printable(args[len(asks)]))
	}
	if len(c.ValidArgs) > 0 && len(args) > 0 && !slices.Contains(c.ValidArgs, args[0]) {
		return fmt.Sprintf("%s takes %s, not %q", name, either(c.ValidArgs), printable(args[0]))
	}
	needs := make([]string, len(asks))
	for i, ask := range asks {
		words := strings.Split(ask, "|")
		for k, word := range words {
			words[k] = spelled(word)
		}
		needs[i] = either(words)
	}
	return name + " needs " + strings.Join(needs, " and ")
}

func enough(n int) string {
	if n == 0 {
		return "no arguments"
	}
	return count(n, "argument") + " at most"
}

// either joins alternatives.
func either(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// spelled is what a placeholder of a line of usage stands for.
func spelled(placeholder string) string {
	words := map[string]string{
		"URL": "an address", "SLUG": "a slug", "OTHER": "another slug", "SOURCE": "a source", "FILE": "a file", "-": "- for standard input", "TITLE": "a title",
	}
	if w := words[strings.Trim(placeholder, "[]…")]; w != "" {
		return w
	}
	return placeholder
}

// flagMistake says in our words what is wrong with a flag.
func flagMistake(c *cobra.Command, err error) error {
	text := err.Error()
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &missing):
		text = dashed(missing.GetFlag()) + " needs " + valueOf(missing.GetFlag())
	case errors.As(err, &invalid):
		text = fmt.Sprintf("%s takes %s, not %q", dashed(invalid.GetFlag()), valueOf(invalid.GetFlag()), printable(invalid.GetValue()))
	}
	return &usageError{text: strings.ToValidUTF8(text, "?"), hint: c.CommandPath() + " --help"}
}

func dashed(f *pflag.Flag) string { return "--" + f.Name }

// valueOf is what a flag takes.
func valueOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int", "count":
		return "a number"
	case "bool":
		return "true or false"
	}
	return "a value"
}
