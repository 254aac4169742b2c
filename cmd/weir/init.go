package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"weir/config"
)

func (a *app) initCommand() *cobra.Command {
	var o initOptions
	c := &cobra.Command{
		Use:   "init [URL|FILE|-]…",
		Short: "Write a config.yaml and a first article",
		Long: `Init writes a commented config.yaml with the given feeds, and a first article
into the folder articles/. It overwrites no configuration unless --force is
given, and no article. When an address holds a password, nobody else may read
the file.

What is given is the address of a site, of which the feed is found as "weir
discover" does, or of a feed; or a list of feeds, in a file, at an address or on
standard input (-): OPML, or a text with an address on each line. A site without
a feed is an error; one that does not answer is written down as it is, and told.
With --offline all addresses are, and nobody is asked.`,
		Example: `  weir init https://go.dev/blog/ https://blog.example/feed.xml
  weir init subscriptions.opml
  weir init --title "Our planet" --url https://planet.example.org/ feeds.txt`,
		RunE: func(c *cobra.Command, args []string) error {
			o.given = args
			return a.initialize(c.Context(), o)
		},
	}
	c.Flags().StringVar(&o.title, "title", "My planet", "`title` of the site")
	c.Flags().StringVar(&o.url, "url", "", "public `address` of the site")
	c.Flags().BoolVar(&o.offline, "offline", false, "take the addresses as they are and ask nobody")
	c.Flags().BoolVar(&o.force, "force", false, "overwrite the configuration that is there")
	return c
}

type initOptions struct {
	title, url     string
	force, offline bool
	// given are addresses and lists.
	given []string
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

func (a *app) initialize(ctx context.Context, o initOptions) error {
	path, now := a.configPath(), time.Now()
	if err := o.check(filepath.Dir(path), now); err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil && !o.force {
		return errThere(path, fs.ErrExist)
	}
	feeds, err := a.starters(ctx, o)
	if err != nil {
		return err
	}
	text := config.Sample(now, o.title, o.url, feeds...)
	// What is written must be usable here, where variables stand above it.
	if _, err := config.Parse(text, path, os.LookupEnv, config.Overrides{Today: now}); err != nil {
		return shown(err, text)
	}
	article := filepath.Join(filepath.Dir(path), "articles", "hello.md")
	if info, err := os.Stat(filepath.Dir(article)); err == nil && !info.IsDir() {
		return withHint(fmt.Errorf("%s is a file, but the articles need a folder of that name", filepath.Dir(article)),
			"move it away, or begin in another folder with --config")
	}
	if err := create(path, text, o.force); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(article), 0o755); err != nil {
		return fmt.Errorf("make the folder of articles: %w", err)
	}
	done := "wrote %s and %s\n"
	err = create(article, fmt.Appendf(nil, firstArticle, now.UTC().Format(time.RFC3339)), false)
	if errors.Is(err, fs.ErrExist) {
		done, err = "wrote %s and kept %s as it was\n", nil
	}
	if err == nil && !a.flags.quiet {
		_, err = fmt.Fprintf(a.out, done+"next:\n  weir check\n  weir serve\n", path, article)
	}
	return err
}

// check refuses what the command line says before there is a file to blame.
func (o *initOptions) check(dir string, now time.Time) error {
	flags := map[string]string{}
	if o.title != "" {
		flags["site.title"] = o.title
	}
	if o.url != "" {
		flags["site.url"] = o.url
	}
	names := []string{"--site-title", "--title", "--site-url", "--url"}
	var addresses []string
	for i, g := range o.given {
		if !isList(g) {
			names = append(names, fmt.Sprintf("feeds[%d]", len(addresses)), fmt.Sprintf("argument %d", i+1))
			addresses = append(addresses, completed(g))
		}
	}
	_, err := config.Default(dir, addresses, nil, config.Overrides{Flags: flags, Today: now})
	var problems config.Problems
	if !errors.As(err, &problems) {
		return err
	}
	said := strings.NewReplacer(names...)
	for i := range problems {
		p := &problems[i]
		place := p.Path
		if strings.HasPrefix(p.File, "--") {
			place = p.File
		}
		p.File, p.Path, p.Hint = "weir init: "+said.Replace(place), "", said.Replace(p.Hint)
	}
	return shown(problems, nil)
}

// errThere is a configuration that nobody asked to overwrite.
func errThere(path string, err error) error {
	return withHint(fmt.Errorf("%s is there already: %w", path, err), "choose another with --config, or overwrite it with --force")
}

// create writes a file that is not there, or any with force. A file that holds
// a password is for its owner alone (XJ13).
func create(path string, data []byte, force bool) error {
	flags, mode := os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(0o644)
	if force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	private := config.HoldsPassword(data)
	if private {
		mode = 0o600
	}
	f, err := os.OpenFile(path, flags, mode)
	if errors.Is(err, fs.ErrExist) {
		return errThere(path, err)
	}
	if err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	if private { // A file that was there keeps its mode otherwise.
		if err := f.Chmod(mode); err != nil {
			return errors.Join(fmt.Errorf("protect %s: %w", path, err), f.Close())
		}
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), f.Close())
	}
	return f.Close()
}
