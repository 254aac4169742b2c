package publisher

import (
	"bytes"
	"encoding/xml"
)

// extensionXML returns elements as RSS and Atom have them, each on a line of
// its own, and the namespaces that they use.
func extensionXML(list []element, indent string) ([]byte, spaces) {
	var buf bytes.Buffer
	var used spaces
	for i := range list {
		buf.WriteString(indent)
		list[i].write(&buf)
		used = used.and(list[i].used)
	}
	return buf.Bytes(), used
}

// write writes an element, or a run of text between elements.
func (e *element) write(buf *bytes.Buffer) {
	if e.space == nil {
		escape(buf, e.text)
		return
	}
	name := e.space.prefix + ":" + e.name
	buf.WriteString("<" + name)
	for _, a := range e.attrs {
		buf.WriteString(" " + a.name + `="`)
		escape(buf, a.value)
		buf.WriteByte('"')
	}
	if e.text == "" && len(e.inner) == 0 {
		buf.WriteString("/>")
		return
	}
	buf.WriteByte('>')
	buf.Write(plainXML(e.text))
	for i := range e.inner {
		e.inner[i].write(buf)
	}
	buf.WriteString("</" + name + ">")
}

func escape(buf *bytes.Buffer, s string) {
	// A bytes.Buffer never fails to be written to.
	_ = xml.EscapeText(buf, []byte(s))
}
