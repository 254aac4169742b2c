package article

import (
	"html"
	"net/url"
	"strings"
	"unicode"
)

// The schemes of addresses that name a file wherever it lies in the folder. A
// link without a target is no link; a file without one is pointed out.
const (
	linkScheme = "weir-link:"
	fileScheme = "weir-file:"
)

// nameRef is the address of what has the name in the folder.
func nameRef(scheme, name string) string {
	name, fragment, _ := strings.Cut(name, "#")
	ref := scheme + url.PathEscape(strings.TrimSpace(name))
	if fragment != "" {
		ref += "#" + url.PathEscape(fragment)
	}
	return strings.NewReplacer("(", "%28", ")", "%29").Replace(ref)
}

// wikiLink rewrites [[name]], [[name|text]] and, as a file, ![[name]]; open is
// the length of the brackets in front.
func (r *rewriter) wikiLink(open int) bool {
	line, _ := r.restOfLine()
	inner, after, ok := strings.Cut(line[open:min(len(line), 512)], "]]")
	if !ok || strings.Contains(inner, "[[") || strings.TrimSpace(inner) != inner ||
		!strings.ContainsFunc(inner, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
		return false
	}
	if open == 2 && (strings.HasPrefix(after, "(") || strings.HasPrefix(after, "[") || strings.HasPrefix(after, ":")) {
		// An ordinary link whose text stands in brackets.
		return false
	}
	end := r.at + open + len(inner) + 2
	name, label, labelled := strings.Cut(inner, "|")
	name = strings.TrimSuffix(name, `\`) // Tables need the bar escaped.
	file, place, _ := strings.Cut(name, "#")
	switch {
	case !labelled && file == "":
		label = place
	case !labelled && place != "":
		label = file + " > " + strings.TrimPrefix(place, "^")
	case !labelled:
		label = file
	}
	if file == "" {
		return r.put(escapeMarkdown(label), end)
	}
	if open == 3 {
		return r.put(embedded(file, label, labelled), end)
	}
	return r.put("["+escapeMarkdown(label)+"]("+nameRef(linkScheme, file)+")", end)
}

// embedded shows a file in the text, or links to it.
func embedded(file, label string, labelled bool) string {
	ref := nameRef(fileScheme, file)
	switch kind, _, _ := strings.Cut(typeOf(file), "/"); kind {
	case "image":
		if labelled && strings.Trim(label, "0123456789x") == "" {
			label = "" // A size.
		}
		return "![" + escapeMarkdown(label) + "](" + ref + ")"
	case "audio", "video":
		return "<" + kind + ` controls src="` + html.EscapeString(ref) + `"></` + kind + ">"
	case "":
		ref = nameRef(linkScheme, file)
	}
	return "[" + escapeMarkdown(label) + "](" + ref + ")"
}

// escapeMarkdown keeps text from being read as markup.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, c := range s {
		if c < 0x80 && (unicode.IsPunct(c) || unicode.IsSymbol(c)) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// wikiComment leaves out %%what only the author sees%%.
func (r *rewriter) wikiComment() bool {
	if r.at > 0 && !strings.ContainsRune(" \t\n>", rune(r.src[r.at-1])) || r.none["%%"] {
		return false
	}
	i := strings.Index(r.src[r.at+2:], "%%")
	if i < 0 {
		r.none["%%"] = true
		return false
	}
	return r.skip(r.at + 2 + i + 2)
}

// highlight makes ==text== a <mark>. It begins after a space or a bracket, so
// that a comparison in a sentence is none.
func (r *rewriter) highlight() bool {
	if r.at == r.marked {
		return r.put("</mark>", r.at+2)
	}
	line, _ := r.restOfLine()
	if r.at > 0 && !strings.ContainsRune(" \t\n(\"'*_>", rune(r.src[r.at-1])) || r.marked > r.at {
		return false
	}
	i := strings.Index(line[2:min(len(line), maxConstruct)], "==")
	if i < 1 || line[2] == ' ' || line[2] == '=' || line[1+i] == ' ' {
		return false
	}
	r.marked = r.at + 2 + i
	return r.put("<mark>", r.at+2)
}

// blockID leaves out the name that a line has for links to it.
func (r *rewriter) blockID() bool {
	line, _ := r.restOfLine()
	id := strings.TrimSpace(line[1:])
	if len(id) < 4 || len(id) > 64 || r.at > 0 && !strings.ContainsRune(" \n", rune(r.src[r.at-1])) ||
		strings.Trim(strings.ToLower(id), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return false
	}
	return r.skip(r.at + len(line))
}
