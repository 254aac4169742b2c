package rule

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"weir/feed"
)

const (
	// maxSource bounds the length of an expression in bytes, maxNodes the
	// number of its parts (XC26).
	maxSource = 4 << 10
	maxNodes  = 1 << 10
	// memoryBudget bounds how many elements one answer may collect.
	memoryBudget = 1 << 16
)

// Compile compiles an expression. Its error shows line, column and place:
// unknown names, wrong types and results that are not bool are errors here and
// not later.
func Compile(source string) (*Rule, error) {
	switch {
	case len(source) > maxSource:
		return nil, fmt.Errorf("expression of %d bytes is longer than %d", len(source), maxSource)
	case strings.TrimSpace(source) == "":
		return nil, errors.New("expression is empty")
	}
	use := inspector{}
	program, err := expr.Compile(source, append(builtins(), expr.Env(environment{}), expr.AsBool(), expr.WarnOnAny(),
		expr.MaxNodes(maxNodes), expr.Patch(&use))...)
	if use.problem != nil {
		err = use.problem.Bind(file.NewSource(source))
	}
	if err != nil {
		return nil, fmt.Errorf("expression: %w", err)
	}
	x := &expression{program: program, used: use.used}
	x.machines.New = func() any { return newMachine() }
	return &Rule{match: x.match, digest: digest("expression", source)}, nil
}

// builtins allows the functions that answer the same everywhere and whose
// results are no larger than what they are given.
func builtins() []expr.Option {
	options := []expr.Option{expr.DisableAllBuiltins()}
	for _, name := range []string{
		"all", "any", "none", "one", "filter", "map", "count", "find", "findIndex", "first", "last", "len",
		"lower", "upper", "trim", "trimPrefix", "trimSuffix", "hasPrefix", "hasSuffix", "indexOf", "lastIndexOf",
		"abs", "min", "max", "int", "float", "string", "date", "duration",
	} {
		options = append(options, expr.EnableBuiltin(name))
	}
	return options
}

// expression is a compiled expression with the machines that run it.
type expression struct {
	program  *vm.Program
	used     usage
	machines sync.Pool
}

// machine is what one answer needs.
type machine struct {
	vm  vm.VM
	env environment
}

func newMachine() *machine {
	m := &machine{vm: vm.VM{MemoryBudget: memoryBudget}}
	m.env.Text = m.env.text
	return m
}

// match runs the expression. What it fails on it does not want; the machine
// itself turns panics into errors.
func (x *expression) match(e *feed.Entry) bool {
	m := x.machines.Get().(*machine)
	m.env.set(e, x.used)
	answer, err := m.vm.Run(x.program, &m.env)
	m.env.clear()
	x.machines.Put(m)
	wanted, _ := answer.(bool)
	return err == nil && wanted
}
