package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"weir/config"
)

// edited is a configuration before and after a change.
type edited struct {
	before, after *config.Config
}

// edit changes the configuration file: change gets its text and what that
// means, and gives the new text. Either the whole change is made or none.
func (a *app) edit(change func(text []byte, c *config.Config) ([]byte, error)) (*edited, error) {
	path := a.configPath()
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, withHint(fmt.Errorf("%w: %s does not exist", errNoConfig, path), "run `weir init`, or name a file with --config")
	}
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	var e edited
	if e.before, err = config.Parse(text, path, os.LookupEnv, a.overrides()); err != nil {
		return nil, shown(err, text)
	}
	after, err := change(text, e.before)
	if err != nil {
		return nil, byHand(path, err)
	}
	if e.after, err = config.Parse(after, path, os.LookupEnv, a.overrides()); err != nil {
		return nil, fmt.Errorf("nothing is written: the change would make a configuration that is wrong: %w", err)
	}
	if bytes.Equal(text, after) {
		return &e, nil
	}
	return &e, replaceFile(path, after, config.HoldsPassword(after) && !config.HoldsPassword(text))
}

// overrides are the settings that stand above the file.
func (a *app) overrides() config.Overrides {
	return config.Overrides{Flags: a.settings(), Environ: os.Environ(), Today: a.time()}
}

// byHand says what to do with a file that cannot be edited.
func byHand(path string, err error) error {
	if manual := (*config.EditError)(nil); errors.As(err, &manual) {
		return withHint(fmt.Errorf("%s is as it was: %w", path, err), "by hand, "+printableLines(manual.ByHand))
	}
	return err
}

// printableLines keeps line ends of a text that is printable otherwise, and
// covers passwords.
func printableLines(s string) string {
	var b bytes.Buffer
	for i, line := range bytes.Split([]byte(s), []byte("\n")) {
		if i > 0 {
			b.WriteByte('\n')
		}
		text := string(line)
		if strings.Contains(text, "@") { // Else a query would be hidden that is to be written.
			text = config.Redact(text)
		}
		b.WriteString(printable(text))
	}
	return b.String()
}

// replaceFile puts data in the place of a file that is there, whole or not at
// all, and keeps its mode; one that holds a password from now on is none of
// everybody's (XJ13). Of a link it is what the link leads to that is replaced.
func replaceFile(path string, data []byte, private bool) (err error) {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("find %s: %w", path, err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return fmt.Errorf("find %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+"-*")
	if err != nil {
		return withHint(fmt.Errorf("write %s: %w", path, err), "the configuration is as it was; make its folder writable")
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
		}
	}()
	mode := info.Mode().Perm()
	if private {
		mode &^= 0o007
	}
	_, failed := f.Write(data)
	if err := errors.Join(failed, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), target); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(target))
	if err != nil {
		return nil // It is renamed; only a power cut could undo that.
	}
	_ = dir.Sync()
	return dir.Close()
}
