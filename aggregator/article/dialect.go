package article

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// The parser's work grows with the square of what these bound: a megabyte of
// ">" or of "[a](" would keep it busy for an hour (XJ03).
const (
	// maxContainers is how many quotations and lists one line opens.
	maxContainers = 100
	// maxMarks bounds the sum of squares of the marks in each paragraph; at
	// the bound a file takes about half a second.
	maxMarks = 250_000_000
)

// marks are the characters at which the parser looks for markup in a line.
const marks = "[]()*_~`<@"

// dialect is the Markdown that authors expect.
type dialect struct {
	goldmark.Markdown
	// blocks finds paragraphs alone, in time that grows with the size.
	blocks parser.Parser
}

// newDialect returns Markdown with tables, strikethrough, bare addresses and
// footnotes. Raw HTML passes here because everything passes through
// markup.Clean later (XE22).
func newDialect() *dialect {
	return &dialect{
		Markdown: goldmark.New(
			// Other tools give headings ids in braces: {#here}.
			goldmark.WithParserOptions(parser.WithAttribute()),
			goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify,
				// The way back from a footnote needs ids, which cleaning drops.
				extension.NewFootnote(extension.WithFootnoteBacklinkHTML(""))),
			goldmark.WithRendererOptions(html.WithUnsafe()),
		),
		blocks: parser.NewParser(
			parser.WithBlockParsers(append(parser.DefaultBlockParsers(),
				util.Prioritized(extension.NewFootnoteBlockParser(), 999))...),
			parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
		),
	}
}

// parse returns the syntax tree of a text whose first line is the file's line
// first, unless finding it would take too long.
func (d *dialect) parse(source []byte, first int) (ast.Node, *lineError) {
	if line := deepContainers(source); line > 0 {
		return nil, atLine(first+line-1, "more than %d quotations and lists are open on one line", maxContainers)
	}
	work, at := 0, -1
	// The walker below returns no error.
	_ = ast.Walk(d.blocks.Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Type() == ast.TypeInline || n.IsRaw() {
			return ast.WalkContinue, nil
		}
		count := 0
		for i := range n.Lines().Len() {
			s := n.Lines().At(i)
			count += countMarks(source[s.Start:s.Stop])
		}
		if work += count * count; work > maxMarks {
			at = n.Lines().At(0).Start
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	if at >= 0 {
		return nil, atLine(first+bytes.Count(source[:at], []byte("\n")),
			"the paragraph holds too much markup to be read: divide it by blank lines")
	}
	return d.Parser().Parse(text.NewReader(source)), nil
}

// deepContainers is the first line (from 1) that opens more quotations and
// lists than are read, or 0.
func deepContainers(source []byte) int {
	number := 0
	for line := range bytes.Lines(source) {
		number++
		open := 0
		for i, c := range line {
			if strings.IndexByte("> \t-*+.)0123456789", c) < 0 {
				break
			}
			if c == '>' || (c == ' ' || c == '\t') && i > 0 && strings.IndexByte("-*+.)", line[i-1]) >= 0 {
				open++
			}
		}
		if open > maxContainers {
			return number
		}
	}
	return 0
}

func countMarks(line []byte) int {
	count := 0
	for _, c := range line {
		if strings.IndexByte(marks, c) >= 0 {
			count++
		}
	}
	return count
}
