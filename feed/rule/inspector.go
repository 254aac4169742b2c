package rule

import (
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"weir/feed"
)

// usage is a set of what an expression uses and only costs something then.
type usage uint8

const (
	useTags usage = 1 << iota
	useAuthors
	useSources
	useAttachments
)

// inspector walks over an expression before its types are checked: it notes
// what is used, makes text a call so that it is read late, and refuses what
// could take time without bound.
type inspector struct {
	used    usage
	problem *file.Error
	// loops are the predicates met and how deep they lie.
	loops map[ast.Node]int
}

// Visit implements ast.Visitor. Children are visited before their parents.
func (v *inspector) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		v.identifier(node, n)
	case *ast.BinaryNode:
		v.binary(n)
	case *ast.PredicateNode:
		v.predicate(n)
	case *ast.CallNode:
		if _, twice := n.Callee.(*ast.CallNode); twice {
			v.refuse(n, "text is not a function")
		}
	case *ast.MemberNode:
		if name, ok := n.Property.(*ast.StringNode); ok && name.Value == "Local" {
			v.refuse(n, "Local would answer by where Weir runs")
		}
	}
}

func (v *inspector) identifier(node *ast.Node, n *ast.IdentifierNode) {
	switch n.Value {
	case "tags":
		v.used |= useTags
	case "authors":
		v.used |= useAuthors
	case "sources":
		v.used |= useSources
	case "has_audio", "has_image":
		v.used |= useAttachments
	case "text":
		ast.Patch(node, &ast.CallNode{Callee: &ast.IdentifierNode{Value: "text"}})
	case "$env":
		v.refuse(n, "$env is not available")
	}
}

func (v *inspector) binary(n *ast.BinaryNode) {
	switch n.Operator {
	case "..":
		v.refuse(n, "ranges are not available")
	case "matches":
		if _, constant := n.Right.(*ast.StringNode); !constant {
			v.refuse(n, "matches needs a constant pattern")
		}
	case "in":
		// Tags are compared folded, so what is looked for is folded too.
		needle, constant := n.Left.(*ast.StringNode)
		if where, ok := n.Right.(*ast.IdentifierNode); ok && constant && where.Value == "tags" {
			needle.Value = feed.Fold(needle.Value)
		}
	}
}

func (v *inspector) refuse(n ast.Node, message string) {
	if v.problem == nil {
		v.problem = &file.Error{Location: n.Location(), Message: message}
	}
}

// predicate refuses a loop in a loop in a loop, whose time would be the third
// power of what it looks at.
func (v *inspector) predicate(n *ast.PredicateNode) {
	inner := deepest{of: v.loops}
	ast.Walk(&n.Node, &inner)
	if v.loops == nil {
		v.loops = map[ast.Node]int{}
	}
	v.loops[n] = inner.depth + 1
	if inner.depth == 2 {
		v.refuse(n, "functions over lists lie more than two deep")
	}
}

// deepest finds the deepest of the loops in an expression.
type deepest struct {
	of    map[ast.Node]int
	depth int
}

// Visit implements ast.Visitor.
func (d *deepest) Visit(node *ast.Node) { d.depth = max(d.depth, d.of[*node]) }
