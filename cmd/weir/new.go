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

	"weir/aggregator/article"
	"weir/config"
	"weir/feed"
)

func (a *app) newCommand() *cobra.Command {
	var source string
	c := &cobra.Command{
		Use:   "new TITLE…",
		Short: "Begin an article",
		Long: `New writes a draft into the first folder of articles that the configuration
names, or into the one given with --source, and prints its path and nothing
else. The file is named by the title's words; one that is there already is
never touched. It stays unpublished until the line "draft: true" is removed.`,
		Example: `  weir new "Why water waits"
  weir new --source notes "A short note"
  $EDITOR "$(weir new "Why water waits")"`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{text: "an article needs a title", hint: `weir new "Why water waits"`}
			}
			return a.newArticle(c.Context(), source, strings.Join(args, " "))
		},
	}
	c.Flags().StringVar(&source, "source", "", "`id` of the folder, where there are several")
	return c
}

func (a *app) newArticle(ctx context.Context, source, title string) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	src, err := articleSource(cfg, source)
	if err != nil {
		return err
	}
	folder, err := article.Open(articleOptions(cfg, src))
	if err != nil {
		return err
	}
	name, err := folder.Draft(ctx, title, time.Now())
	switch {
	case errors.Is(err, article.ErrTitle):
		return &usageError{text: fmt.Sprintf("%v: it has 1 to %d bytes", err, feed.MaxTitle), hint: `weir new "Why water waits"`}
	case errors.Is(err, fs.ErrExist):
		return withHint(err, "edit the one that is there, or choose another title")
	case err != nil:
		return err
	}
	_, err = fmt.Fprintln(a.out, near(filepath.Join(src.URL, name)))
	return err
}

// articleSource is the folder with the id, or the first.
func articleSource(c *config.Config, id string) (feed.Source, error) {
	var folders []string
	for _, s := range named(c) {
		if s.Kind != feed.Articles {
			continue
		}
		if id == "" || s.ID == id {
			return s, nil
		}
		folders = append(folders, s.ID)
	}
	if len(folders) > 0 {
		return feed.Source{}, &usageError{text: fmt.Sprintf("there is no folder of articles %q", id), hint: "weir new --source " + folders[0]}
	}
	return feed.Source{}, shown(config.Problems{{
		File: c.Path, Path: "articles", Message: "no folder of articles is named", Hint: `add the line "articles: [articles]"`,
	}}, nil)
}

// near is a path as seen from the working directory where it lies inside.
func near(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
