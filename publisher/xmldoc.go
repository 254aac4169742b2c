package publisher

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/gorilla/feeds"
)

// prolog begins every XML document. feeds.WriteXML would leave no line of its
// own to it (F3, F15).
const prolog = `<?xml version="1.0" encoding="utf-8"?>` + "\n"

// marshalXML returns a document of the kinds that gorilla/feeds writes, whose
// items have so many bytes.
func marshalXML(doc feeds.XmlFeed, items int) ([]byte, error) {
	var buf bytes.Buffer
	buf.Grow(items + 8<<10)
	buf.WriteString(prolog)
	enc := xml.NewEncoder(&buf)
	enc.Indent("", "  ")
	if err := enc.Encode(doc.FeedXml()); err != nil {
		return nil, err
	}
	buf.WriteByte('\n')
	return buf.Bytes(), nil
}

// marshalItem returns one element as it stands inside a document.
func marshalItem(item any, prefix string) ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteByte('\n')
	enc := xml.NewEncoder(&buf)
	enc.Indent(prefix, "  ")
	if err := enc.Encode(item); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// checkedXML returns a document that was read strictly.
func checkedXML(doc feeds.XmlFeed) ([]byte, error) {
	out, err := marshalXML(doc, 0)
	if err != nil {
		return nil, err
	}
	var nothing reading
	if _, err := nothing.strictly(bytes.NewReader(out)); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return out, nil
}

// Formats of dates. Atom and JSON keep the source's precision: rounded, a
// burst of entries would share one instant (T7, T8). RSS has whole seconds
// (R11).
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func rssDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC1123Z)
}
