package publisher

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"weir/feed"
)

// jsonSpace is what an item has in one namespace of XML. It is a member of the
// item by the name of the namespace's prefix behind an underscore, such as
// _itunes (J10). Elements are a list, whatever their names and however many
// they are, so that programs find the same shape in every item.
type jsonSpace struct {
	// About is the namespace.
	About    string        `json:"about"`
	Elements []jsonElement `json:"elements"`
}

// jsonElement is an element, or a run of text between elements, which has no
// name.
type jsonElement struct {
	// Space is there where the namespace is not that of the element around it.
	Space      string            `json:"space,omitempty"`
	Name       string            `json:"name,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Text       string            `json:"text,omitempty"`
	Elements   []jsonElement     `json:"elements,omitempty"`
}

// member is a member of an item's object.
type member struct {
	name  string
	value any
}

// extensionMembers returns elements as members of an item: the namespaces of
// the table in its order, then the others by their address.
func extensionMembers(list []element) (members []member) {
	var order []*namespace
	bySpace := make(map[string]*jsonSpace)
	for i := range list {
		row := list[i].space
		group := bySpace[row.uri]
		if group == nil {
			group = &jsonSpace{About: row.uri}
			bySpace[row.uri], order = group, append(order, row)
		}
		group.Elements = append(group.Elements, list[i].json(row))
	}
	slices.SortFunc(order, func(a, b *namespace) int {
		// What is not in the table has no bit: it comes last.
		return cmp.Or(cmp.Compare(a.bit-1, b.bit-1), strings.Compare(a.uri, b.uri))
	})
	for _, row := range order {
		members = append(members, member{"_" + row.prefix, bySpace[row.uri]})
	}
	return members
}

// json returns the element as it stands inside one of the given namespace.
func (e *element) json(around *namespace) jsonElement {
	out := jsonElement{Name: e.name, Text: e.text}
	if e.space == nil {
		return out
	}
	if e.space.uri != around.uri {
		out.Space = e.space.uri
	}
	for _, a := range e.attrs {
		if out.Attributes == nil {
			out.Attributes = make(map[string]string, len(e.attrs))
		}
		out.Attributes[a.name] = a.value
	}
	for i := range e.inner {
		out.Elements = append(out.Elements, e.inner[i].json(e.space))
	}
	return out
}

// sourceMembers returns the extensions that an item of a JSON Feed came with,
// as they came. Those that go by a name that Weir itself writes would be taken
// for Weir's (J10).
func sourceMembers(list []feed.Extension) (members []member) {
	room := maxForeignBytes
	for i := range list {
		e := &list[i]
		again := slices.ContainsFunc(members, func(m member) bool { return m.name == e.Name })
		if e.Space != feed.SpaceJSON || again || !isExtensionKey(e.Name) || len(e.Text) > room || !interchangeable(e.Text) {
			continue
		}
		var compact bytes.Buffer
		if json.Compact(&compact, []byte(e.Text)) != nil {
			continue
		}
		room -= compact.Len()
		members = append(members, member{e.Name, json.RawMessage(compact.Bytes())})
	}
	return members
}

// isExtensionKey reports whether a name is one for extensions, an underscore
// and a letter and no dot, and not taken by Weir, in any case.
func isExtensionKey(name string) bool {
	rest, ok := strings.CutPrefix(name, "_")
	if !ok || !isName(rest) || rest[0] == '_' || strings.Contains(rest, ".") || strings.EqualFold(rest, "weir") {
		return false
	}
	return !slices.ContainsFunc(namespaces[:], func(n namespace) bool { return strings.EqualFold(rest, n.prefix) })
}

// Member reports whether a member of an item of a JSON Feed may pass by its
// name, where a channel passes on all extensions.
func Member(name string) bool { return isExtensionKey(name) }

// extend adds members to an object, those whose name is not there yet.
func extend(object []byte, members []member) ([]byte, error) {
	object = bytes.TrimSuffix(bytes.TrimSpace(object), []byte("}"))
	for i, m := range members {
		if slices.ContainsFunc(members[:i], func(have member) bool { return have.name == m.name }) {
			continue
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := marshalJSON(m.value)
		if err != nil {
			return nil, err
		}
		object = append(append(append(append(object, ','), name...), ':'), bytes.TrimSpace(value)...)
	}
	return append(object, '}', '\n'), nil
}
