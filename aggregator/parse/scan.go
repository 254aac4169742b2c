package parse

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
)

// opened is an element whose end was not seen yet.
type opened struct {
	name  span // local name
	scope int  // declarations in force outside it
}

// scanner is the state of one pass. It may be reused and then allocates
// nothing.
type scanner struct {
	doc    document
	limits Limits
	stack  []opened
	in     scope
	// item is the place of the open item on the stack, -1 when there is none.
	item int
	leniency
	// hidden counts the items that elements of the head hold, within those of
	// the current one, deep those that elements of the open item hold, and
	// lost those that are held by what does not end.
	hidden, within, deep, lost int
	// odd is the prefix of a channel that does not seem to be RSS's.
	odd span
	// gap is where the current range of the head began.
	gap                             int
	elements, work, fragments, torn int
}

// leniency is what a pass takes for granted because one without it found no
// items, or lost some.
type leniency struct {
	// adopt ends whatever is open at the next item.
	adopt bool
	// alias is a prefix that is taken for the format's own.
	alias span
}

// maxTorn bounds how often markup that does not end is passed over: each time
// the document is searched to its end in vain.
const maxTorn = 8

// scan finds head and items of a text whose root element was found.
func (s *scanner) scan(text []byte, root token, f format, limits Limits) (*document, error) {
	var kind leniency
	err := s.pass(text, root, f, limits, kind)
	if err == nil && s.odd.hi > 0 && len(s.doc.items) == 0 && s.doc.channel.hi == 0 {
		kind.alias = s.odd
		err = s.pass(text, root, f, limits, kind)
	}
	if err == nil && (s.lost > 0 || s.hidden > 0 && len(s.doc.items) == 0) {
		kind.adopt = true
		err = s.pass(text, root, f, limits, kind)
	}
	if err != nil {
		return nil, err
	}
	for i := range s.doc.items {
		it := &s.doc.items[i]
		it.hash = xxhash.Sum64(it.of(text))
	}
	return &s.doc, nil
}

func (s *scanner) pass(text []byte, root token, f format, limits Limits, kind leniency) error {
	*s = scanner{
		limits: limits, stack: s.stack[:0], in: s.in[:0], item: -1, leniency: kind,
		doc: document{
			text: text, format: f, root: root, adopted: kind.adopt, alias: kind.alias, scratch: s.doc.scratch,
			head: s.doc.head[:0], items: s.doc.items[:0], own: s.doc.own[:0],
		},
	}
	prefix, _ := split(root.name.of(text))
	s.doc.prefixed = prefix != nil
	for pos := root.lo; ; {
		t := next(text, pos, len(text))
		if t.kind == kindCut || t.kind == kindTorn && !s.goesOn(t.lo) {
			s.truncated(t.lo)
			return nil
		}
		s.fragments++
		if s.fragments > s.limits.Fragments {
			return &LimitError{Limit: "number of fragments in an item", Value: s.fragments, Max: s.limits.Fragments}
		}
		switch t.kind {
		case kindStart, kindEmpty:
			if err := s.start(t); err != nil || len(s.stack) == 0 {
				return err
			}
		case kindEnd:
			if s.end(t) {
				return nil
			}
			if s.work > limits.Work {
				return &LimitError{Limit: "work to match end tags", Value: s.work, Max: limits.Work}
			}
		case kindStray, kindTorn:
			s.doc.broken = true
		}
		pos = t.hi
	}
}

// start opens an element.
func (s *scanner) start(t token) error {
	d := &s.doc
	own := len(s.in)
	if err := s.admit(t); err != nil {
		return err
	}
	_, local := split(t.name.of(d.text))
	name := span{t.name.hi - len(local), t.name.hi}
	depth := len(s.stack)
	if t.loose && (depth == 0 || s.isItem(local)) && t.kind == kindEmpty {
		t.kind = kindStart // the slash is the last of an address
	}
	switch {
	case depth == 0:
		d.own = append(d.own, s.in...)
		s.gap = t.hi
	case s.item >= 0:
		// An item directly inside an item means that the first was not closed;
		// deeper ones belong to whatever holds them, if that ends.
		if s.isItem(local) && d.structural(t, s.in) {
			if depth > s.item+1 && !s.adopt {
				s.deep++
				break
			}
			d.mended = true
			return s.openOutside(t, name, own, s.item)
		}
	case s.isItem(local) && d.structural(t, s.in):
		if s.itemParent(depth) {
			return s.openItem(t, name, own)
		}
		if s.adopt {
			return s.openOutside(t, name, own, s.outer())
		}
		s.hidden++
		s.within++
	case depth == 1 && d.format != formatAtom && fold(local, "channel"):
		if !d.structural(t, s.in) {
			s.odd = span{t.name.lo, name.lo - 1}
			break
		}
		d.channel = t
		s.enter(own)
		s.closeGap(t.lo)
		s.gap = t.hi
	}
	if t.kind == kindEmpty || void(local) && depth > 2 {
		s.in = s.in[:own]
		if depth == 0 {
			s.doc.end = t.hi
		}
		return nil
	}
	s.stack = append(s.stack, opened{name, own})
	return nil
}

// enter keeps the declarations of a channel: they hold in all items, for
// documents have one channel. What further ones declare is kept while it fits,
// because each name is looked for among all of it (XC03).
func (s *scanner) enter(own int) {
	if d := &s.doc; len(d.own)+len(s.in)-own <= s.limits.Namespaces {
		d.own = append(d.own, s.in[own:]...)
	}
}

// admit counts an element against the limits and brings its namespaces into
// scope.
func (s *scanner) admit(t token) error {
	l := &s.limits
	s.in = s.in.declare(s.doc.text, t)
	s.elements++
	s.work += 1 + max(len(s.in), len(s.doc.own))
	s.doc.broken = s.doc.broken || t.loose
	switch {
	case len(s.stack) >= l.Depth:
		return &LimitError{Limit: "element depth", Value: len(s.stack) + 1, Max: l.Depth}
	case t.nattr > l.Attributes:
		return &LimitError{Limit: "number of attributes of an element", Value: t.nattr, Max: l.Attributes}
	case len(s.in) > l.Namespaces:
		return &LimitError{Limit: "number of namespaces in scope", Value: len(s.in), Max: l.Namespaces}
	case s.elements > l.Elements:
		return &LimitError{Limit: "number of elements", Value: s.elements, Max: l.Elements}
	case s.work > l.Work:
		return &LimitError{Limit: "work to resolve namespaces", Value: s.work, Max: l.Work}
	}
	return nil
}

func (s *scanner) isItem(local []byte) bool {
	if s.doc.format == formatAtom {
		return fold(local, "entry") || fold(local, "item")
	}
	return fold(local, "item")
}

// itemParent reports whether an element at this depth has the root or a
// channel as its parent.
func (s *scanner) itemParent(depth int) bool { return depth <= s.outer() }

// outer is the depth of what belongs to the root or, inside it, the channel.
func (s *scanner) outer() int {
	if len(s.stack) > 1 && s.doc.format != formatAtom && s.doc.lists(s.stack[1].name.of(s.doc.text)) {
		return 2
	}
	return 1
}

func (s *scanner) openItem(t token, name span, own int) error {
	d := &s.doc
	if len(d.items) >= s.limits.Items {
		return &LimitError{Limit: "number of items", Value: len(d.items) + 1, Max: s.limits.Items}
	}
	s.closeGap(t.lo)
	s.fragments = 0
	d.items = append(d.items, region{span: span{t.lo, t.hi}, tag: t})
	if t.kind == kindEmpty {
		s.gap = t.hi
		s.in = s.in[:own]
		return nil
	}
	s.item = len(s.stack)
	s.stack = append(s.stack, opened{name, own})
	return nil
}

// openOutside begins an item further out than where it stands: what is open
// beyond that depth ends before it.
func (s *scanner) openOutside(t token, name span, own, depth int) error {
	declared := append(scope(nil), s.in[own:]...)
	if s.item >= 0 {
		s.closeItem(t.lo, depth)
	} else {
		s.pop(depth)
	}
	s.in = append(s.in, declared...)
	return s.openItem(t, name, len(s.in)-len(declared))
}

// closeItem ends the open item at a position and leaves depth elements open.
func (s *scanner) closeItem(at, depth int) {
	s.doc.items[len(s.doc.items)-1].hi = at
	s.item = -1
	s.gap = at
	s.fragments, s.deep = 0, 0
	s.pop(depth)
}

func (s *scanner) pop(depth int) {
	if depth < len(s.stack) {
		s.in = s.in[:s.stack[depth].scope]
		s.stack = s.stack[:depth]
	}
}

// end closes the innermost element of that name with all that is open inside
// it, as encoding/xml does when it is not strict. An end tag that closes
// nothing says nothing. It reports whether the root was closed: nothing after
// it is read (XC20).
func (s *scanner) end(t token) bool {
	d := &s.doc
	_, local := split(t.name.of(d.text))
	at := len(s.stack) - 1
	for at >= 0 && !sameName(s.stack[at].name.of(d.text), local) {
		at--
		s.work += matching
	}
	if at != len(s.stack)-1 {
		d.broken = true
	}
	switch {
	case at < 0:
		return false
	case s.item >= 0 && at == s.item:
		s.closeItem(t.hi, at)
	case s.item >= 0 && at < s.item:
		d.mended = true
		s.lost += s.deep
		s.closeItem(t.lo, at)
	}
	outer := s.outer()
	if at < outer {
		s.closeGap(t.lo)
		s.gap = t.hi
		s.lost += s.within
	}
	if at <= outer {
		s.within = 0
	}
	s.pop(at)
	d.end = t.hi
	return at == 0
}

// closeGap ends a range of the head, which is kept if it says anything.
func (s *scanner) closeGap(at int) {
	if g := trim(s.doc.text, span{s.gap, at}); g.lo < g.hi {
		s.doc.head = append(s.doc.head, g)
	}
}

// truncated ends the scan of a document that ends before its root does (XC21).
func (s *scanner) truncated(at int) {
	d := &s.doc
	d.end = len(d.text)
	d.partial = true
	s.lost += s.within + s.deep
	if s.item >= 0 {
		it := &d.items[len(d.items)-1]
		it.hi, it.cut = len(d.text), true
		return
	}
	s.closeGap(at)
}

// goesOn reports whether behind markup that does not end there is an item's
// end or the root's, so that the markup is a slip and not where the document
// was cut.
func (s *scanner) goesOn(at int) bool {
	if s.torn++; s.torn > maxTorn {
		return false
	}
	text := s.doc.text
	_, root := split(s.doc.root.name.of(text))
	for {
		i := bytes.Index(text[at:], []byte("</"))
		if i < 0 {
			return false
		}
		t := endTag(text, at+i, len(text))
		if _, local := split(t.name.of(text)); s.isItem(local) || sameName(local, root) {
			return true
		}
		at = t.hi
	}
}

// sameName compares local names in any case.
func sameName(a, b []byte) bool {
	if len(a) != len(b) || len(a) > 0 && lower(a[0]) != lower(b[0]) {
		return false
	}
	return bytes.Equal(a, b) || bytes.EqualFold(a, b)
}

// void reports whether an element is one of HTML's that never have content:
// in descriptions that were not escaped they would otherwise pile up.
func void(local []byte) bool {
	switch len(local) {
	case 2:
		return fold(local, "br") || fold(local, "hr")
	case 3:
		return fold(local, "img") || fold(local, "wbr")
	}
	return false
}
