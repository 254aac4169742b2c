package parse

import (
	"bytes"
	"errors"
	"iter"
	"unicode"
)

// pick is an element that is wanted of an item, under the name that gofeed
// knows it by: what it says in text and attributes (of a person, in its
// children), or that gofeed is asked.
type pick struct {
	name  string
	asked bool
	text  string
	attrs [maxAttrs]string
}

// maxAttrs is how many attributes of an element are wanted at most.
const maxAttrs = 6

// or returns what the element says, or gofeed's answer.
func (p *pick) or(answer string) string {
	if p.asked {
		return answer
	}
	return p.text
}

// picked are the picks of one item.
type picked struct {
	lo, hi int
	// asked says that gofeed is asked about some of them.
	asked bool
	page  page
}

// ask renders what gofeed is asked about the wanted items: choose picks from
// the k-th. Items about which nothing is asked are left out; asked counts the
// others.
func (r *rendition) ask(want []int, name string, choose func(k int)) (asked int) {
	r.forget()
	for k, i := range want {
		// What its start tag says is seldom wanted and can be long (XC17).
		it := &r.doc.items[i]
		r.doc.turn(span{it.tag.hi, max(it.tag.hi, it.hi)})
		lo, begin := len(r.picks), len(r.buf)
		r.open(name)
		empty := len(r.buf)
		choose(k)
		p := picked{lo: lo, hi: len(r.picks), asked: len(r.buf) > empty, page: r.doc.page}
		if p.asked {
			r.close(name)
			asked++
		} else {
			r.buf = r.buf[:begin]
		}
		r.items = append(r.items, p)
	}
	return asked
}

// of goes back to the k-th item: its picks, and whether gofeed was asked.
func (r *rendition) of(k int) (picks []pick, asked bool) {
	it := &r.items[k]
	r.doc.page = it.page
	return r.picks[it.lo:it.hi], it.asked
}

// forget lets go of the strings of a document.
func (r *rendition) forget() {
	clear(r.picks)
	clear(r.items)
	r.picks, r.items = r.picks[:0], r.items[:0]
}

// pick takes from the nodes what the table wants, in document order, and
// renders for gofeed what is not stated in XML's own terms.
func (r *rendition) pick(nodes []node, table []wanted) {
	for row, n := range r.doc.matches(nodes, table) {
		w := &table[row]
		p := pick{name: w.name}
		if p.asked = !p.stated(r.doc, n, w); p.asked {
			r.element(*n, w.name, w.limit, w.attrs...)
		}
		r.picks = append(r.picks, p)
	}
}

// matches yields the nodes that a table wants, each with its row: the first
// ones that say anything.
func (d *document) matches(nodes []node, table []wanted) iter.Seq2[int, *node] {
	return func(yield func(int, *node) bool) {
		var count [16]int
		for i := range nodes {
			n := &nodes[i]
			row := rowOf(table, n)
			if row < 0 || count[row] == table[row].many {
				continue
			}
			if in := trim(d.text, n.inner); in.lo == in.hi && len(table[row].attrs) == 0 {
				continue
			}
			count[row]++
			if !yield(row, n) {
				return
			}
		}
	}
}

// rowOf finds the row of a table that wants an element, or -1.
func rowOf(table []wanted, n *node) int {
	name := n.native()
	if n.vocab == vocabContent && n.word == "encoded" {
		name = "content:encoded"
	}
	for i := range table {
		if name != "" && table[i].word == name {
			return i
		}
	}
	return -1
}

// stated reads text and attributes of an element where they stand, and
// reports whether that can be done.
func (p *pick) stated(d *document, n *node, w *wanted) (ok bool) {
	for i, name := range w.attrs {
		if p.attrs[i], ok = d.statedAttr(n.tag, lowerWord(name)); !ok {
			return false
		}
	}
	if w.limit > 0 {
		p.text, ok = d.statedText(n, w.limit)
	}
	return ok
}

// statedText is at most limit bytes of what an element says, if it says it in
// XML's own terms.
func (d *document) statedText(n *node, limit int) (string, bool) {
	return d.stated(trimSpace(d.text, n.inner), limit)
}

// trimSpace cuts what gofeed takes for white space: all that is in Unicode.
func trimSpace(text []byte, in span) span {
	in.lo = in.hi - len(bytes.TrimLeftFunc(in.of(text), unicode.IsSpace))
	in.hi = in.lo + len(bytes.TrimRightFunc(in.of(text), unicode.IsSpace))
	return in
}

var (
	errUnanswered = errors.New("an answer is missing")
	errUnread     = errors.New("nobody reads it")
)

// answer puts gofeed's answer in place.
func answer[T any](place, said *T) error {
	if said == nil {
		return errUnanswered
	}
	*place = *said
	return nil
}

// collect appends what an element says, or the next of gofeed's answers.
func collect[T any](list *[]T, p *pick, own T, answers *[]*T) error {
	if p.asked {
		if len(*answers) == 0 {
			return errUnanswered
		}
		own, *answers = *(*answers)[0], (*answers)[1:]
	}
	*list = append(*list, own)
	return nil
}

// point makes gofeed's list of pointers.
func point[T any](pointers []*T, list []T) []*T {
	for i := range list {
		pointers = append(pointers, &list[i])
	}
	return pointers
}
