package publisher

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

const (
	// manifestName is the file by which a later run knows what it wrote.
	manifestName = ".weir.json"
	// layout is the version of what is written for the same content: the
	// manifest's form, and the set and form of the documents.
	layout = 3
	// maxHeader bounds the manifest's first line: channels and revisions.
	maxHeader = 1 << 20
)

// manifestHeader is the first line of the manifest. What [Current] must know
// stands there, so that asking costs the same whatever the number of files.
type manifestHeader struct {
	Layout  int    `json:"weir"`
	Version string `json:"version"`
	Digest  string `json:"digest"`
	// Complete is false while files are being written: what a file holds is
	// then unknown, only whose it is.
	Complete  bool              `json:"complete"`
	Revisions map[string]uint64 `json:"revisions"`
}

// manifest lists the files in a directory that were written by this package,
// with the hash of each.
type manifest struct {
	manifestHeader
	Files map[string]string
	// Pages are the archives and older pages, each with what it was made from.
	Pages map[string]string
	// Removed is what the operator removed.
	Removed []remembered
}

// bytes returns the manifest as one JSON object whose header ends the first
// line.
func (m *manifest) bytes() ([]byte, error) {
	head, err := json.Marshal(m.manifestHeader)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	buf.Write(bytes.TrimSuffix(head, []byte("}")))
	for _, part := range []struct {
		name  string
		value any
		is    bool
	}{{"files", m.Files, true}, {"pages", m.Pages, len(m.Pages) > 0}, {"removed", m.Removed, len(m.Removed) > 0}} {
		if !part.is {
			continue
		}
		value, err := json.MarshalIndent(part.value, "", " ")
		if err != nil {
			return nil, err
		}
		buf.WriteString(",\n\"" + part.name + "\":")
		buf.Write(value)
	}
	buf.WriteString("}\n")
	return buf.Bytes(), nil
}

// readManifest returns what an earlier run wrote; nothing at all where there
// was none.
func readManifest(root *os.Root) (*manifest, error) {
	m := &manifest{Files: make(map[string]string)}
	data, err := root.ReadFile(manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	var read struct {
		manifestHeader
		Files map[string]string `json:"files"`
		Pages map[string]string `json:"pages"`
		// An odd one must not cost whose the files are.
		Removed json.RawMessage `json:"removed"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		// A torn one tells nothing: what is right is recognised by its bytes,
		// and what is not counts as somebody else's.
		return m, nil
	}
	m.manifestHeader, m.Pages = read.manifestHeader, read.Pages
	if json.Unmarshal(read.Removed, &m.Removed) != nil {
		m.Removed = nil
	}
	for path, sum := range read.Files {
		// The file may have been tampered with; nothing outside is ever ours.
		if fs.ValidPath(path) {
			m.Files[path] = sum
		}
	}
	return m, nil
}

// Current reports whether dir already holds what a snapshot of this digest and
// these revisions would hold. It reads one line of one file and looks whether
// the front page is there, so that a poll that found nothing new touches no
// file. The digest is that of [Options].
func Current(dir, digest string, revisions map[string]uint64) bool {
	f, err := os.Open(filepath.Join(dir, manifestName))
	if err != nil {
		return false
	}
	defer f.Close()
	line, err := bufio.NewReader(io.LimitReader(f, maxHeader)).ReadBytes('\n')
	if err != nil {
		return false
	}
	line = append(bytes.TrimSuffix(bytes.TrimSpace(line), []byte(",")), '}')
	var h manifestHeader
	if json.Unmarshal(line, &h) != nil || h.Layout != layout || !h.Complete || h.Digest != digest || len(h.Revisions) == 0 {
		return false
	}
	for id, revision := range h.Revisions {
		if now, ok := revisions[id]; !ok || now != revision {
			return false
		}
	}
	_, err = os.Stat(filepath.Join(dir, "index.html"))
	return err == nil
}

// newManifest describes what a directory is to hold.
func newManifest(s *Snapshot, w *writer) *manifest {
	m := &manifest{
		manifestHeader: manifestHeader{Layout: layout, Version: s.version, Digest: s.digest, Complete: true, Revisions: maps.Clone(s.revisions)},
		Files:          make(map[string]string, len(w.wanted)),
		Pages:          w.pages,
		Removed:        w.removed,
	}
	for path, f := range w.wanted {
		m.Files[path] = hex.EncodeToString(f.sum[:])
	}
	return m
}
