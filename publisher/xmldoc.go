package publisher

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gorilla/feeds"
)

// prolog begins every XML document. feeds.WriteXML would leave no line of its
// own to it (F3, F15).
const prolog = `<?xml version="1.0" encoding="utf-8"?>` + "\n"

// marshalXML returns a document of the kinds that gorilla/feeds writes.
func marshalXML(doc feeds.XmlFeed) ([]byte, error) {
	var buf bytes.Buffer
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

// errNotOne says that a fragment would open or close elements of the document
// around it.
var errNotOne = errors.New("fragment is not one element")

// meant is what an element of a fragment is to say when it is read back: its
// name, which is in no vocabulary but the format's own, and its text.
type meant struct{ name, text string }

// verifyItem reads a fragment strictly, in an envelope that declares the
// namespaces it may use, and compares what it says with what was meant (S22).
func verifyItem(item []byte, used spaces, want ...meant) error {
	head, err := xml.Marshal(struct {
		XMLName    xml.Name   `xml:"envelope"`
		Namespaces []xml.Attr `xml:",any,attr"`
	}{Namespaces: used.declare()})
	if err != nil {
		return fmt.Errorf("envelope: %w", err)
	}
	head = bytes.TrimSuffix(head, []byte("</envelope>"))
	r := io.MultiReader(bytes.NewReader(head), bytes.NewReader(item), bytes.NewReader([]byte("</envelope>")))
	back := reading{want: want}
	roots, err := back.strictly(r)
	if err == nil && roots != 1 {
		err = errNotOne
	}
	if err == nil {
		err = back.compare()
	}
	return err
}

// reading is a fragment that is read back.
type reading struct {
	want []meant
	// said are the texts of the wanted elements, as far as they were there.
	said map[string]string
	// inside is the wanted element that is being read.
	inside string
	text   []byte
}

// compare finds what does not say what was meant. What was to be empty need not
// be there.
func (r *reading) compare() error {
	for _, w := range r.want {
		// White space at the ends is no part of an id or a title.
		if got := r.said[w.name]; strings.TrimSpace(got) != strings.TrimSpace(w.text) {
			return fmt.Errorf("%s is read back as %.80q, not %.80q", w.name, got, w.text)
		}
	}
	return nil
}

// open and close follow the elements of an item: those of its own format are
// wanted by their names.
func (r *reading) open(name xml.Name) {
	for _, w := range r.want {
		if name.Space == "" && name.Local == w.name {
			r.inside, r.text = w.name, r.text[:0]
		}
	}
}

func (r *reading) close() {
	if r.inside == "" {
		return
	}
	if r.said == nil {
		r.said = make(map[string]string, len(r.want))
	}
	r.said[r.inside] = string(r.text)
	r.inside = ""
}

// checkedXML returns a document that was read strictly.
func checkedXML(doc feeds.XmlFeed) ([]byte, error) {
	out, err := marshalXML(doc)
	if err != nil {
		return nil, err
	}
	if _, err := readStrictly(bytes.NewReader(out)); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return out, nil
}

// readStrictly reads every token and counts the elements below the root. Every
// prefix must have been declared, which encoding/xml does not ask for.
func readStrictly(r io.Reader) (below int, err error) {
	var nothing reading
	return nothing.strictly(r)
}

// strictly is readStrictly, and notes what the wanted elements say.
func (r *reading) strictly(in io.Reader) (below int, err error) {
	dec := xml.NewDecoder(in)
	dec.Strict = true
	depth, roots := 0, 0
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			if roots != 1 {
				return below, errNotOne
			}
			return below, nil
		}
		if err != nil {
			return below, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch depth {
			case 0:
				roots++
			case 1:
				below++
			case 2:
				r.open(t.Name)
			}
			depth++
			if err := declared(t); err != nil {
				return below, err
			}
		case xml.EndElement:
			if depth--; depth == 2 {
				r.close()
			}
		case xml.CharData:
			if r.inside != "" {
				r.text = append(r.text, t...)
			}
			if depth == 1 && len(bytes.TrimSpace(t)) > 0 {
				return below, errNotOne
			}
		case xml.ProcInst:
			if t.Target != "xml" {
				return below, fmt.Errorf("processing instruction %s", t.Target)
			}
		case xml.Directive:
			return below, errors.New("document type declaration")
		}
	}
}

// declared finds names whose prefix was left as it is because nothing
// declared it: a namespace is an address, a prefix is not.
func declared(t xml.StartElement) error {
	if undeclared(t.Name.Space) {
		return fmt.Errorf("undeclared prefix %s", t.Name.Space)
	}
	for _, a := range t.Attr {
		if a.Name.Space != "xmlns" && undeclared(a.Name.Space) {
			return fmt.Errorf("undeclared prefix %s", a.Name.Space)
		}
	}
	return nil
}

func undeclared(space string) bool {
	return space != "" && !bytes.ContainsRune([]byte(space), ':')
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
