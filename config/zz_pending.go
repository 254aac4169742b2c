package config

import (
	"errors"
	"io"
	"time"

	"weir/feed"
	"weir/feed/rule"
)

var errPending = errors.New("config: not built yet")

// Load reads, checks and completes the file at path.
func Load(path string, env Env, over Overrides) (*Config, error) { return nil, errPending }

// Parse is [Load] on bytes already read; path names them and fixes the folder.
func Parse(data []byte, path string, env Env, over Overrides) (*Config, error) {
	return nil, errPending
}

// Default is the configuration of a run without a file: the given feeds,
// served from the folder dir.
func Default(dir string, urls []string, env Env, over Overrides) (*Config, error) {
	return nil, errPending
}

// Bound tells the address that a listener really has, and returns a copy whose
// derived site address follows it.
func (c *Config) Bound(listen string) *Config { return c }

// Sources returns all sources in order of the file, feeds before articles.
func (c *Config) Sources() []feed.Source { return nil }

// Rules maps source ids to what the source is asked to give.
func (c *Config) Rules() map[string]*rule.Rule { return nil }

// Selections returns the channels as the store takes them.
func (c *Config) Selections() []feed.Channel { return nil }

// Format writes problems for people, each with its line of the source.
func (ps Problems) Format(w io.Writer, source []byte) {}

// Address is a URL that may hold secrets: it prints covered.
type Address string

// Redact covers user names, passwords and query values in a text.
func Redact(s string) string { return s }

// SampleFeed is a feed that [Sample] writes.
type SampleFeed struct{ URL, ID, Title string }

// Sample returns a commented config.yaml.
func Sample(today time.Time, title, url string, feeds ...SampleFeed) []byte { return nil }
