package article

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/cespare/xxhash/v2"

	"weir/feed"
)

// target is what a reference to a file of the folder means.
type target struct {
	// slug is that of the article it names, with a place on its page.
	slug, fragment string
	// asset has no name yet.
	asset *feed.Asset
	// warning says why it is neither.
	warning string
	// gone says that nothing takes the reference's place.
	gone bool
}

// sum remembers a file's digest while the file stays as it is.
type sum struct {
	info fs.FileInfo
	sum  [sha256.Size]byte
}

// targets says what each of the manuscript's references means, and digests
// it: an article is built anew when what it points at changed.
func (l *look) targets(m *manuscript) ([]target, uint64) {
	if len(m.refs) == 0 {
		return nil, 0
	}
	list := make([]target, len(m.refs))
	d := xxhash.New()
	for i, ref := range m.refs {
		t := l.target(m.file, ref)
		list[i] = t
		fmt.Fprintf(d, "%q %q %q %q", ref, t.slug, t.fragment, t.warning)
		if t.asset != nil {
			d.Write(t.asset.Sum[:])
			d.Write(binary.BigEndian.AppendUint64(nil, uint64(t.asset.Size)))
		}
	}
	return list, d.Sum64()
}

// target says what one reference means.
func (l *look) target(file, ref string) target {
	name, fragment := localPath(file, ref)
	if wanted, place, link, ok := cutName(ref); ok {
		name, fragment = l.search(file, wanted), place
		if _, article := l.slugs[name]; name == "" || !article && link && formOf(name) != formNone {
			return target{gone: true, warning: missing(wanted, link)}
		}
	}
	if !fs.ValidPath(name) {
		return target{warning: "lies outside the folder"}
	}
	name = l.actual(name)
	for _, article := range [...]string{name, name + "/index.md", name + "/index.html"} {
		if slug, ok := l.slugs[article]; ok {
			return target{slug: slug, fragment: fragment}
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if ignored(part) {
			return target{warning: "is hidden or unfinished and not published"}
		}
	}
	info, err := l.root.Lstat(name)
	switch {
	case err != nil && strings.HasPrefix(strings.TrimSpace(ref), "/"):
		// The site may well have such a page, although the folder has not.
		return target{}
	case err != nil:
		return target{warning: "does not exist"}
	case formOf(name) != formNone:
		return target{warning: "is no readable article"}
	case typeOf(name) == "":
		return target{warning: "is of a kind that is not published beside articles"}
	case !info.Mode().IsRegular():
		return target{warning: "is " + kindOf(info.Mode()) + ": only regular files are published"}
	case info.Size() > maxAsset:
		return target{warning: fmt.Sprintf("has %d bytes, more than the %d allowed", info.Size(), maxAsset)}
	}
	digest, err := l.sum(name, info)
	if err != nil {
		return target{warning: reason(err)}
	}
	return target{asset: &feed.Asset{Path: name, Size: info.Size(), Sum: digest}}
}

// missing is what is said of a name that no file has. That a link leads to a
// note which is not published is usual.
func missing(name string, link bool) string {
	if link {
		return ""
	}
	return clip(name, 200) + " does not exist"
}

// sum returns the SHA-256 of a file, read only when the file changed.
func (l *look) sum(name string, info fs.FileInfo) ([sha256.Size]byte, error) {
	if known, ok := l.sums[name]; ok && unchanged(known.info, info) && l.settled(info) {
		return known.sum, nil
	}
	file, before, err := openRegular(l.root, name)
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	defer file.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(file, maxAsset))
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	if after, err := file.Stat(); err != nil || n != before.Size() || !unchanged(before, after) {
		return [sha256.Size]byte{}, errors.New("it changes while it is read")
	}
	s := sum{info: before}
	h.Sum(s.sum[:0])
	l.sums[name] = s
	return s.sum, nil
}

// assetName is the name of a file beside the page: its own, where that needs
// no escaping and is not taken by another or by the page itself.
func assetName(name string, taken map[string]string) string {
	base := path.Base(name)
	ext := strings.ToLower(path.Ext(base))
	stem := base[:len(base)-len(ext)]
	if safeName(base) && (taken[base] == "" || taken[base] == name) {
		return base
	}
	digest := sha256.Sum256([]byte(name))
	if stem = slugOf(stem); stem != "" {
		stem += "-"
	}
	return stem + hex.EncodeToString(digest[:6]) + ext
}

// safeName reports whether a name can stand in an address as it is.
func safeName(s string) bool {
	if len(s) > 100 || s[0] == '-' || strings.HasPrefix(strings.ToLower(s), "index.") {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
