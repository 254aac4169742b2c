package publisher

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// errNotOne says that a fragment would open or close elements of the document
// around it.
var errNotOne = errors.New("fragment is not one element")

// meant is what one element of a fragment is to say when it is read back. Of
// several with the same name the elements stand in their order.
type meant struct {
	// name is in no namespace if it is of the format's own vocabulary.
	name xml.Name
	// attr is the attribute that says it; empty where the text does.
	attr string
	// rel is the relation of a link; empty for other elements.
	rel string
	// text is empty where nothing is to be said. when is compared in its place
	// if layout is set.
	text   string
	when   time.Time
	layout string
	// more says that others of its name may follow, from the source.
	more bool
	// met says that the element was there.
	met bool
}

// says is an element of the format's own vocabulary with a text.
func says(name, text string) meant { return meant{name: xml.Name{Local: name}, text: text} }

// dated is one with a date.
func dated(name, layout string, when time.Time) meant {
	return meant{name: xml.Name{Local: name}, when: when, layout: layout}
}

// in is the same in another vocabulary.
func (m meant) in(space string) meant {
	m.name.Space = space
	return m
}

// linking are elements of a name, each with an address: exactly these. There is
// always one, which says that none is to follow.
func linking(name, attr, rel string, addresses ...string) (list []meant) {
	for _, a := range append(addresses, "")[:max(len(addresses), 1)] {
		list = append(list, meant{name: xml.Name{Local: name}, attr: attr, rel: rel, text: a})
	}
	return list
}

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
		err = back.missing()
	}
	return err
}

// reading is a fragment that is read back.
type reading struct {
	want []meant
	// inside is what the element that is being read is to say; rest is what it
	// did not say yet, and date what it says where that is a date.
	inside *meant
	rest   string
	date   []byte
}

// open follows an element of an item.
func (r *reading) open(t *xml.StartElement) error {
	again := false
	for i := range r.want {
		w := &r.want[i]
		if t.Name != w.name || w.rel != "" && attrOf(t, "rel") != w.rel {
			continue
		}
		if w.met {
			again = !w.more
			continue
		}
		w.met = true
		if w.attr != "" {
			return w.compare(attrOf(t, w.attr))
		}
		r.inside, r.rest, r.date = w, w.text, r.date[:0]
		return nil
	}
	if again {
		return fmt.Errorf("%s stands there once too often", t.Name.Local)
	}
	return nil
}

func attrOf(t *xml.StartElement, name string) string {
	for i := range t.Attr {
		if a := &t.Attr[i]; a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// hear compares a piece of the text with what is to be said next, so that nothing
// long is copied.
func (r *reading) hear(text []byte) error {
	w := r.inside
	if w == nil {
		return nil
	}
	if w.dated() {
		r.date = append(r.date, text...)
		return nil
	}
	if len(text) > len(r.rest) || r.rest[:len(text)] != string(text) {
		return fmt.Errorf("%s is read back with %.80q, not %.80q", w.name.Local, text, r.rest)
	}
	r.rest = r.rest[len(text):]
	return nil
}

func (r *reading) close() error {
	w := r.inside
	r.inside = nil
	switch {
	case w == nil:
		return nil
	case w.dated():
		return w.compare(string(r.date))
	case r.rest != "":
		return fmt.Errorf("%s is read back without %.80q", w.name.Local, r.rest)
	}
	return nil
}

// dated reports whether a date is meant.
func (m *meant) dated() bool { return m.layout != "" && !m.when.IsZero() }

// compare finds what does not say what was meant.
func (m *meant) compare(got string) error {
	if !m.dated() {
		if got != m.text {
			return fmt.Errorf("%s is read back as %.80q, not %.80q", m.name.Local, got, m.text)
		}
		return nil
	}
	if when, err := time.Parse(m.layout, got); err != nil || !when.Equal(m.when) {
		return fmt.Errorf("%s is read back as %.80q, not %v", m.name.Local, got, m.when)
	}
	return nil
}

// missing finds what should have been there.
func (r *reading) missing() error {
	for i := range r.want {
		if w := &r.want[i]; !w.met && (w.text != "" || !w.when.IsZero()) {
			return fmt.Errorf("%s is not there when it is read back", w.name.Local)
		}
	}
	return nil
}

// strictly reads every token, notes what is said, and counts the elements below
// the root. It asks for more than encoding/xml does: every prefix must have been
// declared, and no attribute may stand twice.
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
				err = r.open(&t)
			}
			depth++
			if err = errors.Join(err, sound(&t)); err != nil {
				return below, err
			}
		case xml.EndElement:
			if depth--; depth == 2 {
				if err := r.close(); err != nil {
					return below, err
				}
			}
		case xml.CharData:
			if err := r.hear(t); err != nil {
				return below, err
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

// sound finds names whose prefix was left as it is because nothing declared it,
// for a namespace is an address and a prefix is not, and attributes that stand
// twice (XML 1.0 §3.1, Unique Att Spec; Namespaces in XML §6.3).
func sound(t *xml.StartElement) error {
	if undeclared(t.Name.Space) {
		return fmt.Errorf("undeclared prefix %s", t.Name.Space)
	}
	for i := range t.Attr {
		name := &t.Attr[i].Name
		if name.Space != "xmlns" && undeclared(name.Space) {
			return fmt.Errorf("undeclared prefix %s", name.Space)
		}
		for j := range i {
			if have := &t.Attr[j].Name; have.Local == name.Local && have.Space == name.Space {
				return fmt.Errorf("attribute %s stands twice", name.Local)
			}
		}
	}
	return nil
}

func undeclared(space string) bool { return space != "" && !strings.Contains(space, ":") }
