package article

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
	"weir/feed/markup"
)

// Options say which folder is read and where its articles are published.
type Options struct {
	// Dir is the folder.
	Dir string
	// SiteURL is the public address, http or https; an article's own is
	// SiteURL + "e/" + slug + "/".
	SiteURL string
	// Source is the folder as the configuration names it.
	Source feed.Source
	// Zone is that of dates that state none; nil means UTC.
	Zone *time.Location
}

// Folder is a folder of articles. Its methods may be called concurrently. It
// holds nothing open between calls.
type Folder struct {
	dir      string
	site     *url.URL
	source   feed.Source
	zone     *time.Location
	context  uint64
	markdown *dialect

	mu      sync.Mutex
	records map[string][]*record
	sums    map[string]sum
}

// Open returns the folder of articles at Options.Dir. Nothing is read yet: a
// folder that is not there is an error of Read, which may come and go.
func Open(o Options) (*Folder, error) {
	site, err := url.Parse(o.SiteURL)
	if err != nil || site.Host == "" || (site.Scheme != "http" && site.Scheme != "https") {
		return nil, fmt.Errorf("articles in %s: site address %q is not an absolute http(s) URL", o.Dir, o.SiteURL)
	}
	site.User, site.RawQuery, site.Fragment = nil, "", ""
	if !strings.HasSuffix(site.Path, "/") {
		site.Path += "/"
	}
	f := &Folder{
		dir:      o.Dir,
		site:     site,
		source:   o.Source,
		zone:     o.Zone,
		markdown: newDialect(),
		records:  make(map[string][]*record),
		sums:     make(map[string]sum),
	}
	if f.zone == nil {
		f.zone = time.UTC
	}
	f.context = f.digest()
	return f, nil
}

// open opens the folder anew, because the name may have come to mean another
// directory since: deployments swap whole folders.
func (f *Folder) open() (*os.Root, error) {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, f.wrap(err)
	}
	return root, nil
}

// wrap names the folder in an error, once.
func (f *Folder) wrap(err error) error {
	return fmt.Errorf("articles in %s: %w", f.dir, cause(err))
}

// cause is an error without the path, which the one around it names.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// digest covers everything beside a file's bytes that its item depends on.
func (f *Folder) digest() uint64 {
	d := xxhash.New()
	fmt.Fprintf(d, "%d %d %q %q %q %q %t", version, markup.Policy,
		f.site, f.zone, f.source.Author, f.source.Tags, f.source.KeepUntitled)
	return d.Sum64()
}

// link is the permalink of the article with the slug.
func (f *Folder) link(slug string) *url.URL { return f.site.JoinPath("e", slug, "/") }

// Read looks at the folder as it is at the instant now. The error is about the
// folder as a whole; what is wrong with single files is in Result.Problems.
func (f *Folder) Read(ctx context.Context, now time.Time) (*Result, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	root, err := f.open()
	if err != nil {
		return nil, err
	}
	defer root.Close()
	l := &look{Folder: f, root: root, now: feed.Micro(now)}
	err = l.gather(ctx)
	if err == nil {
		err = l.assemble(ctx)
	}
	if err != nil {
		return nil, f.wrap(err)
	}
	return l.result(), nil
}
