package publisher_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// strictNode is an element of a document as [parseXML] reads it.
type strictNode struct {
	space, name string
	attrs       []strictAttr
	// text is all that stands directly in it.
	text     string
	children []*strictNode
}

type strictAttr struct{ space, name, value string }

func (n *strictNode) attr(name string) string {
	for _, a := range n.attrs {
		if a.space == "" && a.name == name {
			return a.value
		}
	}
	return ""
}

// all returns the children of a name.
func (n *strictNode) all(space, name string) (list []*strictNode) {
	for _, c := range n.children {
		if c.name == name && c.space == space {
			list = append(list, c)
		}
	}
	return list
}

// said returns the text of the children of a name.
func (n *strictNode) said(space, name string) (list []string) {
	for _, c := range n.all(space, name) {
		list = append(list, c.text)
	}
	return list
}

// parseXML reads a document as XML 1.0 and Namespaces in XML have it, without
// encoding/xml, whose strict mode lets pass: prefixes that nothing declares,
// attributes that stand twice, attributes without space between them, names
// such as "a:". Instructions and document types, which none of ours has, are
// errors.
func parseXML(doc string) (*strictNode, error) {
	p := xmlParser{s: doc}
	root, err := p.document()
	if err != nil {
		from := max(0, p.at-40)
		return nil, fmt.Errorf("at byte %d, behind %q: %w", p.at, doc[from:p.at], err)
	}
	return root, nil
}

type xmlParser struct {
	s  string
	at int
	// bound are the declarations in scope, the innermost last.
	bound []strictAttr
}

func (p *xmlParser) document() (*strictNode, error) {
	if !utf8.ValidString(p.s) {
		return nil, errors.New("not UTF-8")
	}
	for i, r := range p.s {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			p.at = i
			return nil, fmt.Errorf("character %U", r)
		}
	}
	if !p.take(`<?xml version="1.0" encoding="utf-8"?>`) {
		return nil, errors.New("no declaration")
	}
	p.blank()
	if !p.take("<") {
		return nil, errors.New("no root element")
	}
	root, err := p.element(0)
	if err != nil {
		return nil, err
	}
	if p.blank(); p.at < len(p.s) {
		return nil, errors.New("something behind the root")
	}
	return root, nil
}

func (p *xmlParser) take(s string) bool {
	if !strings.HasPrefix(p.s[p.at:], s) {
		return false
	}
	p.at += len(s)
	return true
}

// blank passes over white space and reports whether there was any.
func (p *xmlParser) blank() bool {
	from := p.at
	for p.at < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.at]) >= 0 {
		p.at++
	}
	return p.at > from
}

// element reads what follows a <.
func (p *xmlParser) element(depth int) (*strictNode, error) {
	if depth > 64 {
		return nil, errors.New("too deep")
	}
	tag, err := p.qualified()
	if err != nil {
		return nil, err
	}
	var n strictNode
	scope := len(p.bound)
	empty, err := p.attributes(&n)
	if err != nil {
		return nil, err
	}
	if err := p.resolve(tag, &n); err != nil {
		return nil, err
	}
	if !empty {
		if err := p.content(&n, depth); err != nil {
			return nil, err
		}
		if !p.take(tag) {
			return nil, fmt.Errorf("<%s> is not closed", tag)
		}
		if p.blank(); !p.take(">") {
			return nil, fmt.Errorf("</%s without an end", tag)
		}
	}
	p.bound = p.bound[:scope]
	return &n, nil
}

// attributes reads a start tag from behind its name to its end.
func (p *xmlParser) attributes(n *strictNode) (empty bool, err error) {
	for {
		parted := p.blank()
		switch {
		case p.take("/>"):
			return true, nil
		case p.take(">"):
			return false, nil
		case !parted:
			return false, errors.New("attributes without space between them")
		}
		name, err := p.qualified()
		if err != nil {
			return false, err
		}
		p.blank()
		if !p.take("=") {
			return false, fmt.Errorf("attribute %s without a value", name)
		}
		p.blank()
		value, err := p.quoted()
		if err != nil {
			return false, err
		}
		for _, a := range n.attrs {
			if a.name == name {
				return false, fmt.Errorf("attribute %s stands twice", name)
			}
		}
		n.attrs = append(n.attrs, strictAttr{name: name, value: value})
		if err := p.declare(name, value); err != nil {
			return false, err
		}
	}
}

func (p *xmlParser) declare(name, value string) error {
	prefix, declares := strings.CutPrefix(name, "xmlns:")
	switch {
	case name == "xmlns":
		prefix = ""
	case !declares:
		return nil
	case value == "" || prefix == "xml" || prefix == "xmlns":
		return fmt.Errorf("declaration %s=%q", name, value)
	}
	if value == "http://www.w3.org/XML/1998/namespace" || value == "http://www.w3.org/2000/xmlns/" {
		return fmt.Errorf("declaration %s=%q", name, value)
	}
	if u, err := url.Parse(value); err != nil || !u.IsAbs() || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>\"{}|\\^`[]", r) }) {
		return fmt.Errorf("namespace %q is no URI", value)
	}
	p.bound = append(p.bound, strictAttr{name: prefix, value: value})
	return nil
}

// resolve gives an element and its attributes their namespaces.
func (p *xmlParser) resolve(tag string, n *strictNode) (err error) {
	if n.space, n.name, err = p.expand(tag, true); err != nil {
		return err
	}
	kept := n.attrs[:0]
	for _, a := range n.attrs {
		if a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:") {
			continue
		}
		if a.space, a.name, err = p.expand(a.name, false); err != nil {
			return err
		}
		for _, have := range kept {
			if have.space == a.space && have.name == a.name {
				return fmt.Errorf("attribute {%s}%s stands twice", a.space, a.name)
			}
		}
		kept = append(kept, a)
	}
	n.attrs = kept
	return nil
}

func (p *xmlParser) expand(name string, byDefault bool) (space, local string, err error) {
	prefix, local, ok := strings.Cut(name, ":")
	if !ok {
		prefix, local = "", name
	}
	if prefix == "xml" {
		return "http://www.w3.org/XML/1998/namespace", local, nil
	}
	for i := len(p.bound) - 1; i >= 0 && (ok || byDefault); i-- {
		if p.bound[i].name == prefix {
			return p.bound[i].value, local, nil
		}
	}
	if ok {
		return "", "", fmt.Errorf("undeclared prefix in %s", name)
	}
	return "", local, nil
}
