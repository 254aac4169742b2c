package publisher

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
)

// spaces is a set of namespaces.
type spaces struct {
	known known
	// foreign are those that are not in the table, in the order of their
	// addresses, each once.
	foreign []*namespace
}

func (s spaces) has(row *namespace) bool {
	if row.bit != 0 {
		return s.known&row.bit != 0
	}
	return slices.ContainsFunc(s.foreign, func(n *namespace) bool { return n.uri == row.uri })
}

// with returns the set with rows of the table added.
func (s spaces) with(rows known) spaces { return spaces{s.known | rows, s.foreign} }

// add returns the set with one namespace more.
func (s spaces) add(row *namespace) spaces {
	if row.bit != 0 || s.has(row) {
		return s.with(row.bit)
	}
	list := append(slices.Clone(s.foreign), row)
	slices.SortFunc(list, func(a, b *namespace) int { return strings.Compare(a.uri, b.uri) })
	return spaces{s.known, list}
}

// and returns all that is in either of two sets.
func (s spaces) and(other spaces) spaces {
	s = s.with(other.known)
	if len(other.foreign) == 0 {
		return s
	}
	list := slices.Concat(s.foreign, other.foreign)
	slices.SortFunc(list, func(a, b *namespace) int { return strings.Compare(a.uri, b.uri) })
	s.foreign = slices.CompactFunc(list, func(a, b *namespace) bool { return a.uri == b.uri })
	return s
}

// declare returns the xmlns attributes of a set. No prefix is declared twice,
// even if somebody found two addresses with one prefix: that would make the
// document unreadable.
func (s spaces) declare() []xml.Attr {
	var attrs []xml.Attr
	for i := range namespaces {
		if row := &namespaces[i]; s.known&row.bit != 0 {
			attrs = append(attrs, row.declare())
		}
	}
	taken := make(map[string]bool, len(s.foreign))
	for _, row := range s.foreign {
		if !taken[row.prefix] {
			taken[row.prefix] = true
			attrs = append(attrs, row.declare())
		}
	}
	return attrs
}

func (n *namespace) declare() xml.Attr {
	return xml.Attr{Name: xml.Name{Local: "xmlns:" + n.prefix}, Value: n.uri}
}

// prefixes returns what each prefix means where the set is declared.
func (s spaces) prefixes() map[string]*namespace {
	if len(s.foreign) == 0 {
		return nil
	}
	meanings := make(map[string]*namespace, len(s.foreign))
	for _, row := range slices.Backward(s.foreign) {
		meanings[row.prefix] = row
	}
	return meanings
}

// enclosed returns a fragment with the namespaces of its own as it can stand where
// prefixes have the given meanings. Where one of its own has another, the
// fragment's element declares it: whoever finds two addresses with one prefix
// must not put words into another vocabulary (R20).
func enclosed(fragment []byte, own spaces, meanings map[string]*namespace) []byte {
	for _, row := range own.foreign {
		if meanings[row.prefix].uri == row.uri {
			continue
		}
		var buf bytes.Buffer
		name := bytes.IndexByte(fragment, '<') + 1
		name += bytes.IndexAny(fragment[name:], " />\n")
		buf.Write(fragment[:name])
		buf.WriteString(" xmlns:" + row.prefix + `="`)
		escape(&buf, row.uri)
		buf.WriteByte('"')
		buf.Write(fragment[name:])
		fragment = buf.Bytes()
	}
	return fragment
}
