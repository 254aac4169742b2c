package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weir/config"
)

// settingFlags gives a command flags that stand above the same keys of the
// configuration file.
func (a *app) settingFlags(c *cobra.Command, keys ...string) {
	usage := map[string]string{
		"listen": "`address` to serve at, instead of listen: in the configuration",
		"output": "`folder` for static files, instead of output: in the configuration",
		"store":  "`file` of the store, instead of store: in the configuration",
	}
	for _, key := range keys {
		c.Flags().Var(&setting{app: a, key: key}, key, usage[key])
	}
}

// confirmation gives a command the flag that confirms what it refuses without.
func (a *app) confirmation(c *cobra.Command) {
	c.Flags().BoolVar(&a.flags.yes, "yes", false, "go on although over half of the sources, at least three, are gone from the configuration, or over half of a list that is followed")
}

// setting is a flag that remembers whether it was given.
type setting struct {
	app *app
	key string
}

func (s *setting) String() string { return "" }
func (s *setting) Type() string   { return "string" }

func (s *setting) Set(v string) error {
	if s.app.flags.set == nil {
		s.app.flags.set = map[string]string{}
	}
	s.app.flags.set[s.key] = v
	return nil
}

// settings are the flags that were given, by key.
func (a *app) settings() map[string]string { return a.flags.set }

// sourceIDs lists every configured source.
func sourceIDs(c *config.Config) []string {
	var ids []string
	for _, s := range c.Sources() {
		ids = append(ids, s.ID)
	}
	return ids
}

// knownSources refuses names that the configuration does not have.
func knownSources(c *config.Config, names []string) error {
	if len(names) == 0 {
		return nil
	}
	ids := sourceIDs(c)
	for _, n := range names {
		if !slices.Contains(ids, n) {
			return &usageError{text: fmt.Sprintf("there is no source %q", n), hint: "weir status, which lists: " + some(ids)}
		}
	}
	return nil
}

func some(ids []string) string {
	const most = 8
	if len(ids) > most {
		return strings.Join(ids[:most], ", ") + ", …"
	}
	return strings.Join(ids, ", ")
}

// covered are the addresses of all sources by id, their secrets covered.
func covered(c *config.Config) map[string]string {
	addresses := make(map[string]string, len(c.Feeds)+len(c.Articles))
	for i := range c.Feeds {
		addresses[c.Feeds[i].ID] = c.Feeds[i].URL.String()
	}
	for i := range c.Articles {
		addresses[c.Articles[i].ID] = c.Articles[i].Dir
	}
	return addresses
}
