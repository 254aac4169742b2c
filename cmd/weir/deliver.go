package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// deliveryLimit is how long the command after publishing may take, and
	// deliveryGrace how long what it started may hold on to its output then.
	deliveryLimit = 10 * time.Minute
	deliveryGrace = 5 * time.Second
	// mostSaid bounds what is told of a command that failed.
	mostSaid = 2 << 10
	// maxUndelivered bounds the list of what is left, in bytes.
	maxUndelivered = 64 << 20
)

// undelivered is the file that keeps which paths the command was not told of.
func (p *plant) undelivered() string { return p.config.Store + ".undelivered" }

// deliver runs the command of after_publish with the files that changed, and with
// those that an earlier run failed on. What it fails on is kept for the next.
func (p *plant) deliver(ctx context.Context, changed []string, log *slog.Logger) error {
	if len(p.config.AfterPublish) == 0 || p.config.Output == "" {
		return nil
	}
	left, err := readLines(p.undelivered())
	if err != nil {
		return fmt.Errorf("read what is left to deliver: %w", err)
	}
	files := slices.Concat(left, changed)
	slices.Sort(files)
	files = slices.Compact(files)
	if len(files) == 0 {
		return nil
	}
	list := strings.Join(files, "\n") + "\n"
	// It is written down before, because the run may be cut off.
	if len(changed) > 0 {
		if err := writeWhole(p.undelivered(), list); err != nil {
			return fmt.Errorf("note what is to be delivered: %w", err)
		}
	}
	if err := p.runAfter(ctx, list, log); err != nil {
		return withHint(err, "the files are written; the command gets their paths again at the next poll")
	}
	return os.Remove(p.undelivered())
}

// runAfter runs the command. It is ended with all that it started.
func (p *plant) runAfter(ctx context.Context, list string, log *slog.Logger) error {
	ctx, end := context.WithTimeout(ctx, deliveryLimit)
	defer end()
	argv := p.config.AfterPublish
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	c.Dir = p.config.Dir
	c.Env = append(os.Environ(), "WEIR_OUTPUT="+p.config.Output, "WEIR_SITE_URL="+p.config.Site.URL)
	c.Stdin = strings.NewReader(list)
	var said lastWords
	c.Stdout, c.Stderr = &said, &said
	c.WaitDelay = deliveryGrace
	alone(c)
	began := time.Now()
	err := c.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // It left somebody behind who holds its output, and went well.
	}
	switch {
	case err == nil:
		about := []any{"files", strings.Count(list, "\n"), "took", time.Since(began).Round(time.Millisecond)}
		if said.Len() > 0 {
			about = append(about, "said", said.String())
		}
		log.Info("after_publish ran", about...)
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("after_publish: %s was ended after %s", argv[0], deliveryLimit)
	case said.Len() > 0:
		return fmt.Errorf("after_publish: %s: %w: %s", argv[0], err, said.String())
	}
	return fmt.Errorf("after_publish: %s: %w", argv[0], err)
}

// lastWords keeps the end of what is written to it.
type lastWords struct{ kept []byte }

// Write implements io.Writer.
func (w *lastWords) Write(p []byte) (int, error) {
	w.kept = append(w.kept, p...)
	if len(w.kept) > 2*mostSaid {
		w.kept = append(w.kept[:0], w.kept[len(w.kept)-mostSaid:]...)
	}
	return len(p), nil
}

func (w *lastWords) Len() int { return len(w.kept) }

// String returns it as one line.
func (w *lastWords) String() string {
	kept := w.kept[max(0, len(w.kept)-mostSaid):]
	return printable(strings.Join(strings.Fields(strings.ToValidUTF8(string(kept), "")), " "))
}

// readLines reads a list of paths, none where there is no file.
func readLines(path string) ([]string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxUndelivered {
		return nil, fmt.Errorf("%s is no list of paths", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		if path := string(line); fs.ValidPath(path) {
			lines = append(lines, path)
		}
	}
	return lines, nil
}

// writeWhole replaces a file at once.
func writeWhole(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // The error before is the one that counts.
	}
	return err
}

// courier runs the command after publishing for a server, which waits for it
// nowhere.
type courier struct {
	plant *plant
	log   *slog.Logger
	// changed has the files that the command is to be told of; it holds one list,
	// to which later ones are added.
	changed chan []string
}

func (p *plant) newCourier(log *slog.Logger) *courier {
	return &courier{plant: p, log: log, changed: make(chan []string, 1)}
}

// note has files delivered, later. It is called by one goroutine.
func (c *courier) note(files []string) {
	if len(files) == 0 || len(c.plant.config.AfterPublish) == 0 {
		return
	}
	select {
	case others := <-c.changed:
		files = slices.Concat(others, files)
	default:
	}
	c.changed <- files
}

// run delivers until ctx ends: at once what an earlier run left, and what failed
// after a while.
func (c *courier) run(ctx context.Context) error {
	var files []string
	for {
		err := c.plant.deliver(ctx, files, c.log)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var again <-chan time.Time
		if err != nil {
			c.log.Error("delivering failed; it is tried again", "error", err, "in", checkGap)
			again = time.After(checkGap)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case files = <-c.changed:
		case <-again:
			files = nil
		}
	}
}
