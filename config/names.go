package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"weir/feed"
)

// name is what a source could be called, and what it is told apart by.
type name struct {
	value
	// id is the one chosen in the file at idAt; empty if none is.
	id   string
	idAt value
	// address is as configured, with variables as they are written, so that
	// no digit of the id depends on what they hold; key is its normal form.
	address, key string
	// short and long are candidates: the host, then host and path.
	short, long string
}

// fromURL derives candidates from an address: blog.example, then
// blog.example/feeds/all.
func (n *name) fromURL(u *url.URL, host string) {
	site := strings.TrimPrefix(strings.TrimPrefix(host, "www."), "feeds.")
	if site == "" {
		site = host
	}
	n.short = idOf(site)
	n.long = idOf(site + "-" + strings.TrimSuffix(u.Path, feedExt(u.Path)))
}

// fromPath derives candidates from a path as configured, so that the folder
// that holds the configuration plays no part.
func (n *name) fromPath(path string) {
	path = filepath.ToSlash(filepath.Clean(path))
	path = strings.TrimSuffix(path, feedExt(path))
	n.short = idOf(path[strings.LastIndexByte(path, '/')+1:])
	n.long = idOf(path)
}

// feedExt is the extension of a path if it says no more than "feed".
func feedExt(path string) string {
	switch ext := filepath.Ext(path); ext {
	case ".xml", ".rss", ".rdf", ".atom", ".json", ".opml":
		return ext
	default:
		return ""
	}
}

// idOf makes an id of a text: what is not a letter or a digit becomes one
// hyphen, and what is too long is cut.
func idOf(s string) string {
	b := make([]byte, 0, feed.MaxSourceID)
	for i := 0; i < len(s) && len(b) < feed.MaxSourceID; i++ {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b = append(b, c)
		case len(b) > 0 && b[len(b)-1] != '-':
			b = append(b, '-')
		}
	}
	return strings.TrimSuffix(string(b), "-")
}

// hashed is the last candidate: the long one and hex digits of the address.
func (n *name) hashed(digits int) string {
	sum := sha256.Sum256([]byte(n.address))
	tail := hex.EncodeToString(sum[:])[:digits]
	head := strings.TrimSuffix(n.long[:min(len(n.long), feed.MaxSourceID-1-digits)], "-")
	if head == "" {
		return tail
	}
	return head + "-" + tail
}

// names gives every source an id. The outcome does not depend on the order of
// the file: where two sources could be called the same, neither is.
type names struct {
	w       *walker
	all     []name
	ids     map[string]value // Chosen ids.
	sources map[string]value // Addresses in their normal form.
}

func newNames(w *walker, most int) *names {
	return &names{w: w, ids: make(map[string]value), sources: make(map[string]value, most), all: make([]name, 0, most)}
}

// claim notes a source; it refuses an id or an address said before (XF12).
func (ns *names) claim(n name) bool {
	if first, ok := ns.sources[n.key]; ok {
		ns.w.add(n.value, "this source stands here twice", "the first is "+place(first))
		return false
	}
	ns.sources[n.key] = n.value
	if n.id != "" {
		if first, ok := ns.ids[n.id]; ok {
			ns.w.add(n.idAt, "is the id of another source", "the first is "+place(first))
			return false
		}
		ns.ids[n.id] = n.idAt
	}
	ns.all = append(ns.all, n)
	return true
}

// place names a value for a hint.
func place(v value) string {
	if v.node == nil || v.node.Line == 0 {
		return v.path
	}
	return fmt.Sprintf("%s on line %d", v.path, v.node.Line)
}

// assign returns the ids in order of claim.
func (ns *names) assign() []string {
	ids := make([]string, len(ns.all))
	taken := make(map[string]bool, len(ns.all))
	for i, n := range ns.all {
		if n.id != "" {
			ids[i] = n.id
			taken[n.id] = true
		}
	}
	candidates := []func(*name) string{
		func(n *name) string { return n.short },
		func(n *name) string { return n.long },
	}
	for digits := 6; digits < feed.MaxSourceID-1; digits += 2 {
		candidates = append(candidates, func(n *name) string { return n.hashed(digits) })
	}
	for _, candidate := range candidates {
		if !ns.round(ids, taken, candidate) {
			break
		}
	}
	return ids
}

// round gives an id to every source whose candidate is its own, and reports
// whether any is left without one.
func (ns *names) round(ids []string, taken map[string]bool, candidate func(*name) string) bool {
	wanted := make([]string, len(ids))
	count := make(map[string]int, len(ids))
	for i := range ids {
		if ids[i] == "" {
			wanted[i] = candidate(&ns.all[i])
			count[wanted[i]]++
		}
	}
	left := false
	for i, id := range wanted {
		switch {
		case ids[i] != "":
		case id != "" && count[id] == 1 && !taken[id]:
			ids[i] = id
		default:
			left = true
		}
	}
	for _, id := range ids {
		taken[id] = true
	}
	return left
}
