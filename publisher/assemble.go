package publisher

import (
	"bytes"
	"encoding/json"
	"errors"
)

// feeds lists the formats of a channel.
func (c *channelView) feeds() (list []plan) {
	for _, doc := range []plan{
		{"rss.xml", rssType, kindFeed, func(list []*fragment) ([]byte, error) { return rssBytes(c, list) }},
		{"atom.xml", atomType, kindFeed, func(list []*fragment) ([]byte, error) { return atomBytes(c, list) }},
		{"feed.json", jsonType, kindFeed, func(list []*fragment) ([]byte, error) { return jsonBytes(c, list) }},
	} {
		if c.publishes(doc.name) {
			list = append(list, doc)
		}
	}
	return list
}

// join puts fragments together and returns the namespaces that the document
// around them declares.
func join(list []*fragment, part func(*fragment) ([]byte, spaces)) (items []byte, used spaces) {
	size := 0
	for _, f := range list {
		item, own := part(f)
		used, size = used.and(own), size+len(item)
	}
	meanings := used.prefixes()
	items = make([]byte, 0, size)
	for _, f := range list {
		item, own := part(f)
		items = append(items, enclosed(item, own, meanings)...)
	}
	return items, used
}

func rssBytes(v *channelView, list []*fragment) ([]byte, error) {
	items, used := join(list, func(f *fragment) ([]byte, spaces) { return f.rss, f.rssSpaces })
	if _, err := checkedXML(v.rss(nil, used)); err != nil {
		return nil, err
	}
	return marshalXML(v.rss(items, used), len(items))
}

func atomBytes(v *channelView, list []*fragment) ([]byte, error) {
	items, used := join(list, func(f *fragment) ([]byte, spaces) { return f.atom, f.atomSpaces })
	if _, err := checkedXML(v.atom(nil, used)); err != nil {
		return nil, err
	}
	return marshalXML(v.atom(items, used), len(items))
}

// jsonBytes puts items, each of which was read back, into the document's list,
// which stands last: the encoder would read all of them again.
func jsonBytes(v *channelView, list []*fragment) ([]byte, error) {
	envelope, err := marshalJSON(v.json([]json.RawMessage{}))
	if err != nil {
		return nil, err
	}
	head, ok := bytes.CutSuffix(envelope, []byte("]}\n"))
	if !ok {
		return nil, errors.New("the list of items is not the last of a JSON document")
	}
	size := len(envelope)
	for _, f := range list {
		size += len(f.json)
	}
	doc := append(make([]byte, 0, size), head...)
	for i, f := range list {
		if i > 0 {
			doc = append(doc, ',')
		}
		doc = append(doc, bytes.TrimSuffix(f.json, []byte("\n"))...)
	}
	return append(doc, "]}\n"...), nil
}
