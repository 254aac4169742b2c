package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"weir/config"
)

func (a *app) initCommand() *cobra.Command {
	var o initOptions
	c := &cobra.Command{
		Use:   "init [URL…]",
		Short: "Write a config.yaml and a first article",
		Long: `Init writes a commented config.yaml with the given feeds, and a first article
into the folder articles/. It overwrites nothing unless --force is given.`,
		Example: `  weir init https://go.dev/blog/feed.atom https://blog.example/feed.xml
  weir init --title "Our planet" --url https://planet.example.org/ https://blog.example/feed.xml`,
		RunE: func(_ *cobra.Command, args []string) error {
			o.feeds = args
			return a.initialize(o)
		},
	}
	c.Flags().StringVar(&o.title, "title", "My planet", "`title` of the site")
	c.Flags().StringVar(&o.url, "url", "", "public `address` of the site")
	c.Flags().BoolVar(&o.force, "force", false, "overwrite what is there")
	return c
}

type initOptions struct {
	title, url string
	force      bool
	feeds      []string
}

const firstArticle = `---
title: Hello from Weir
date: %s
tags: [welcome]
---
This is your first article. It lives in the folder **articles**, and it is in your feeds within a second of being
saved while the server runs.

Markdown, HTML and plain text all work. Delete this file whenever you like.
`

func (a *app) initialize(o initOptions) error {
	path := a.configPath()
	now := time.Now()
	feeds := make([]config.SampleFeed, len(o.feeds))
	for i, u := range o.feeds {
		feeds[i] = config.SampleFeed{URL: u}
	}
	text := config.Sample(now, o.title, o.url, feeds...)
	// What is written must be usable, or the mistake is on the command line.
	if _, err := config.Parse(text, path, os.LookupEnv, config.Overrides{Today: now}); err != nil {
		return shown(err, text)
	}
	if err := create(path, text, o.force); err != nil {
		return err
	}
	article := filepath.Join(filepath.Dir(path), "articles", "hello.md")
	if err := os.MkdirAll(filepath.Dir(article), 0o755); err != nil {
		return fmt.Errorf("make the folder of articles: %w", err)
	}
	err := create(article, fmt.Appendf(nil, firstArticle, now.UTC().Format(time.RFC3339)), false)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if !a.flags.quiet {
		fmt.Fprintf(a.out, "wrote %s and %s\nnext:\n  weir check\n  weir serve\n", path, article)
	}
	return nil
}

// create writes a file that is not there, or any with force.
func create(path string, data []byte, force bool) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return withHint(fmt.Errorf("%s is there already: %w", path, fs.ErrExist), "choose another with --config, or overwrite it with --force")
	}
	if err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), f.Close())
	}
	return f.Close()
}
