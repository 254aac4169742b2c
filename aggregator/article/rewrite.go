package article

import (
	"regexp"
	"strings"
)

// What other publishing tools add to Markdown is read rather than shown: code
// of Hugo, Jekyll and Eleventy (template.go), links and comments of Obsidian
// (wiki.go), components of MDX (mdx.go). What has a meaning without the tool
// keeps it; what has none is left out and pointed out once. Code blocks and
// code spans stay as they are.

// maxConstruct is how long one piece of such code may be, in bytes: without a
// bound a file of opening brackets would be searched again from each of them
// (XJ03).
const maxConstruct = 4 << 10

// rewriter goes through a text once.
type rewriter struct {
	m   *manuscript
	src string
	at  int
	out strings.Builder
	// line is the file's line on which the source begins.
	line int
	// page says that the source is HTML, of which only template code is read;
	// liquid that {{ }} is code too; mdx that braces and components are.
	page, liquid, mdx bool
	// none are the marks that do not come any more.
	none map[string]bool
	// lost is what was left out first, on line lostLine, and how many in all.
	lost     string
	lostLine int
	losses   int
	// eol is where the line ends on which it was looked for last.
	eol int
	// spent is how many bytes balanced looked at in vain.
	spent int
	// blank, list and code say what the line above was.
	blank, list, code bool
	// marked is where a highlighted text ends.
	marked int
}

// rewritten is the Markdown or HTML without what only another tool reads.
func (m *manuscript) rewritten(source string, line int, page bool) string {
	mdx := m.mdx()
	if !mdx && !foreign(source, page) {
		return source
	}
	r := &rewriter{
		m: m, src: source, line: line, page: page, mdx: mdx, none: map[string]bool{}, blank: true, marked: -1,
		liquid: !mdx && (m.liquid || liquidTag.MatchString(source)),
	}
	r.run()
	switch {
	case r.losses > 1:
		m.warn(r.lostLine, "%s means nothing here; it and %d more are left out", clip(r.lost, 80), r.losses-1)
	case r.losses > 0:
		m.warn(r.lostLine, "%s means nothing here and is left out", clip(r.lost, 80))
	}
	return r.out.String()
}

// foreign reports whether a text may hold anything to rewrite; most do not.
func foreign(source string, page bool) bool {
	marks := []string{"{{", "{%", "[[", "%%", "==", "> [!", "[ ] ", "[x] ", " ^", "{:", "{# "}
	if page {
		marks = marks[:2]
	}
	for _, mark := range marks {
		if strings.Contains(source, mark) {
			return true
		}
	}
	return false
}

// run rewrites the source.
func (r *rewriter) run() {
	special := "\n\\`{[!%=^<"
	if r.page {
		special = "{"
	}
	for r.at < len(r.src) {
		if !r.page && (r.at == 0 || r.src[r.at-1] == '\n') && r.opening() {
			continue
		}
		i := strings.IndexAny(r.src[r.at:], special)
		if i < 0 {
			i = len(r.src) - r.at
		}
		r.copy(i)
		if r.at < len(r.src) && !r.construct(r.src[r.at]) {
			r.copy(1)
		}
	}
}

// copy takes n bytes over as they are.
func (r *rewriter) copy(n int) {
	r.out.WriteString(r.src[r.at : r.at+n])
	r.at += n
}

// construct rewrites what begins with c here, or reports that it is text.
func (r *rewriter) construct(c byte) bool {
	rest := r.src[r.at:]
	switch c {
	case '\\':
		r.copy(min(2, len(rest)))
		return true
	case '`':
		return r.codeSpan()
	case '{':
		return r.template() || r.mdx && r.expression()
	case '[':
		return strings.HasPrefix(rest, "[[") && r.wikiLink(2)
	case '!':
		return strings.HasPrefix(rest, "![[") && r.wikiLink(3)
	case '%':
		return strings.HasPrefix(rest, "%%") && r.wikiComment()
	case '=':
		return strings.HasPrefix(rest, "==") && r.highlight()
	case '^':
		return r.blockID()
	case '<':
		return r.mdx && r.component()
	}
	return false
}

var (
	// liquidTag tells Liquid and Nunjucks from Hugo's {{% %}}.
	liquidTag   = regexp.MustCompile(`(?:^|[^{])\{%-? `)
	calloutLine = regexp.MustCompile(`^([ \t]*(?:>[ \t]*)+)\[!([A-Za-z][\w-]*)(?:\|[^\]]*)?\][+-]?[ \t]*(.*)$`)
	taskLine    = regexp.MustCompile(`^([ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)\[([ xX])\]([ \t])`)
)

// opening rewrites what stands at the beginning of a line, or reports that it
// is ordinary.
func (r *rewriter) opening() bool {
	line, next := r.restOfLine()
	blank := r.blank
	bare := strings.TrimLeft(line, " \t>")
	r.blank = strings.TrimSpace(line) == ""
	indented := !r.blank && (strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t"))
	r.code = indented && !r.mdx && !r.list && (blank || r.code)
	if !r.blank && !indented {
		r.list = itemOf(strings.TrimLeft(line, " ")) > 0 || r.list && line[0] == ' '
	}
	switch {
	case r.mdx && blank && (strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "export ")):
		r.module()
	case fenceOf(bare[itemOf(bare):]) != "":
		r.fence(fenceOf(bare[itemOf(bare):]))
	case indented && r.mdx && !r.list:
		// There is no indented code: components indent what is in them.
		r.at += len(line) - len(strings.TrimLeft(line, " \t"))
	case r.code:
		r.out.WriteString(r.unescaped(r.src[r.at:next]))
		r.at = next
	case r.liquid && strings.HasPrefix(bare, "{:") && strings.HasSuffix(strings.TrimSpace(bare), "}"):
		// kramdown's attributes of the block above or below.
		r.at = next
	default:
		return r.callout(line) || r.task(line)
	}
	return true
}

// restOfLine is the line from here on, and where the next one begins.
func (r *rewriter) restOfLine() (line string, next int) {
	if r.at > r.eol || r.at == 0 {
		r.eol = len(r.src)
		if i := strings.IndexByte(r.src[r.at:], '\n'); i >= 0 {
			r.eol = r.at + i
		}
	}
	return r.src[r.at:r.eol], min(r.eol+1, len(r.src))
}

// fenceOf is the run of ` or ~ that opens a code block, or nothing.
func fenceOf(line string) string {
	if line == "" || line[0] != '`' && line[0] != '~' {
		return ""
	}
	n := len(line) - len(strings.TrimLeft(line, line[:1]))
	if n < 3 || line[0] == '`' && strings.Contains(line[n:], "`") {
		return ""
	}
	return line[:n]
}

// fence copies a code block up to its end.
func (r *rewriter) fence(mark string) {
	start := r.at
	_, r.at = r.restOfLine()
	for r.at < len(r.src) {
		line, next := r.restOfLine()
		r.at = next
		bare := strings.TrimLeft(line, " \t>")
		if rest, ok := strings.CutPrefix(bare, mark); ok && strings.Trim(rest, mark[:1]+" \t") == "" {
			break
		}
	}
	r.out.WriteString(r.unescaped(r.src[start:r.at]))
	r.blank = false
}

// codeSpan copies a code span, which ends with as many marks as it began with
// in the same paragraph.
func (r *rewriter) codeSpan() bool {
	rest := r.src[r.at:]
	n := len(rest) - len(strings.TrimLeft(rest, "`"))
	mark := rest[:n]
	from := n
	if n > 8 || r.none[mark] {
		from = len(rest)
	}
	for from < len(rest) {
		i := strings.Index(rest[from:], mark)
		if i < 0 {
			r.none[mark] = true
			break
		}
		end := from + i + n
		for end < len(rest) && rest[end] == '`' {
			end++
		}
		if end == from+i+n {
			if strings.Contains(rest[:end], "\n\n") {
				break
			}
			r.out.WriteString(r.unescaped(rest[:end]))
			r.at += end
			return true
		}
		from = end
	}
	r.copy(n)
	return true
}

// callout makes the title of a callout a paragraph of its own.
func (r *rewriter) callout(line string) bool {
	m := calloutLine.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	title := strings.TrimSpace(m[3])
	if title == "" {
		title = strings.ToUpper(m[2][:1]) + strings.ToLower(m[2][1:])
	}
	quote := strings.TrimRight(m[1], " \t")
	r.out.WriteString(quote + " **" + title + "**\n" + quote)
	r.at += len(line)
	return true
}

// task draws the box of a task: the cleaned page has no form.
func (r *rewriter) task(line string) bool {
	m := taskLine.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	box := "☐"
	if m[2] != " " {
		box = "☑"
	}
	r.out.WriteString(m[1] + box + m[3])
	r.at += len(m[0])
	return true
}

// leave leaves out what ends at end, and remembers it for its author.
func (r *rewriter) leave(end int) bool {
	if r.losses++; r.losses == 1 {
		r.lost = strings.Join(strings.Fields(r.src[r.at:end]), " ")
		r.lostLine = r.line + strings.Count(r.src[:r.at], "\n")
	}
	return r.skip(end)
}

// skip leaves out what ends at end.
func (r *rewriter) skip(end int) bool {
	r.at = end
	return true
}

// put writes text in the place of what ends at end.
func (r *rewriter) put(text string, end int) bool {
	r.out.WriteString(text)
	return r.skip(end)
}

// closes is where what begins here is closed by a mark, or 0.
func (r *rewriter) closes(from int, mark string) int {
	ahead := r.src[min(len(r.src), r.at+from):min(len(r.src), r.at+maxConstruct)]
	if i := strings.Index(ahead, mark); i >= 0 {
		return r.at + from + i + len(mark)
	}
	return 0
}
