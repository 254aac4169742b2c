package article

import (
	"html"
	"path"
	"strings"
)

// unescaped is code as the tools show it: their own marks stand escaped there.
func (r *rewriter) unescaped(code string) string {
	if !strings.Contains(code, "{{") && !strings.Contains(code, "{%") {
		return code
	}
	return strings.NewReplacer(
		"{{</*", "{{<", "*/>}}", ">}}", "{{%/*", "{{%", "*/%}}", "%}}",
		"{% raw %}", "", "{% endraw %}", "", "{%- raw -%}", "", "{%- endraw -%}", "",
	).Replace(code)
}

// template rewrites template code: {{< >}} and {{% %}} of Hugo, {% %} of
// Liquid and Nunjucks and, in files of theirs, {{ }} and {# #}.
func (r *rewriter) template() bool {
	rest := r.src[r.at:]
	switch {
	case strings.HasPrefix(rest, "{{<"):
		return r.shortcode(r.closes(3, ">}}"))
	case strings.HasPrefix(rest, "{{%"):
		return r.shortcode(r.closes(3, "%}}"))
	case strings.HasPrefix(rest, "{%"):
		return r.tag(r.closes(2, "%}"))
	case !r.liquid:
		return false
	case strings.HasPrefix(rest, "{{"):
		return r.output(r.closes(2, "}}"))
	case strings.HasPrefix(rest, "{# "):
		end := r.closes(2, "#}")
		return end > 0 && r.skip(end)
	case strings.HasPrefix(rest, "{:"):
		line, _ := r.restOfLine()
		end := strings.IndexByte(line, '}')
		return end > 0 && r.skip(r.at+end+1)
	}
	return false
}

// shortcode rewrites one of Hugo's.
func (r *rewriter) shortcode(end int) bool {
	if end == 0 {
		return false
	}
	open, inner, shut := r.src[r.at:r.at+3], strings.TrimSpace(r.src[r.at+3:end-3]), r.src[end-3:end]
	if shown, ok := strings.CutPrefix(inner, "/*"); ok {
		shown = strings.TrimSpace(strings.TrimSuffix(shown, "*/"))
		return r.put(html.EscapeString(open+" "+shown+" "+shut), end)
	}
	name, given, _ := strings.Cut(strings.TrimSpace(strings.TrimSuffix(inner, "/")), " ")
	named, plain := params(given)
	switch name {
	case "figure", "img":
		return r.put(figure(named, plain), end)
	case "ref", "relref":
		if len(plain) > 0 {
			return r.refer(plain[0], end)
		}
	case "highlight":
		return r.listing(end, "/highlight")
	}
	if address := playerPage(name, named, plain); address != "" {
		return r.put(anchor(address), end)
	}
	if strings.HasPrefix(name, "/") {
		return r.skip(end)
	}
	return r.leave(end)
}

// refer puts the address of another article where an address is expected, in a
// link or an attribute; in the text, where the tools would show the address,
// a link.
func (r *rewriter) refer(file string, end int) bool {
	ref, before := nameRef(linkScheme, file), strings.TrimRight(r.out.String(), " \t")
	for _, expecting := range [...]string{"](", "](<", "]:", "=", "=\"", "='"} {
		if strings.HasSuffix(before, expecting) {
			return r.put(ref, end)
		}
	}
	label := path.Base(file)
	label = strings.TrimSuffix(label, path.Ext(label))
	return r.put(`<a href="`+html.EscapeString(ref)+`">`+html.EscapeString(label)+"</a>", end)
}

// tag rewrites one of Liquid's or Nunjucks'.
func (r *rewriter) tag(end int) bool {
	if end == 0 {
		return false
	}
	name, given, _ := strings.Cut(strings.Trim(r.src[r.at+2:end-2], "- \t\n"), " ")
	given = strings.Trim(strings.TrimSpace(given), `"'`)
	switch name {
	case "comment":
		if _, close, ok := r.closing("endcomment", end); ok {
			return r.skip(close)
		}
	case "raw", "verbatim":
		if start, close, ok := r.closing("end"+name, end); ok {
			return r.put(r.src[end:start], close)
		}
	case "highlight":
		return r.listing(end, "endhighlight")
	case "post_url":
		return r.refer(given, end)
	case "link":
		return r.put("/"+strings.TrimLeft(given, "/"), end)
	case "if", "else", "elsif", "elif", "elseif", "unless", "for", "case", "when", "assign", "capture", "set", "break", "continue":
		return r.skip(end)
	}
	if strings.HasPrefix(name, "end") {
		return r.skip(end)
	}
	return r.leave(end)
}

// output rewrites {{ }}: what it would print is known for few.
func (r *rewriter) output(end int) bool {
	if end == 0 {
		return false
	}
	inner := strings.Trim(r.src[r.at+2:end-2], "- \t\n")
	what, _, _ := strings.Cut(inner, "|")
	what = strings.TrimSpace(what)
	if n := len(what); n > 1 && (what[0] == '"' || what[0] == '\'') && what[n-1] == what[0] {
		return r.put(what[1:n-1], end)
	}
	switch what {
	case "title", "page.title":
		return r.put(html.EscapeString(r.m.Title), end)
	case "site.baseurl", "site.url", "page.url", "site.github.url":
		return r.skip(end)
	}
	return r.leave(end)
}

// listing takes a code block between two pieces of template code.
func (r *rewriter) listing(from int, closing string) bool {
	start, end, ok := r.closing(closing, from)
	if !ok {
		return r.skip(from)
	}
	code := strings.Trim(r.unescaped(r.src[from:start]), "\n")
	return r.put("<pre><code>"+html.EscapeString(code)+"\n</code></pre>", end)
}

// closing finds the template code that holds a word and nothing else.
func (r *rewriter) closing(word string, from int) (start, end int, ok bool) {
	for !r.none[word] {
		i := strings.Index(r.src[from:], word)
		if i < 0 {
			break
		}
		at := from + i
		from = at + len(word)
		before := strings.TrimRight(strings.TrimRight(r.src[max(0, at-8):at], " "), "-")
		after := strings.TrimLeft(strings.TrimLeft(r.src[from:min(len(r.src), from+8)], " "), "-")
		for _, pair := range [...][2]string{{"{%", "%}"}, {"{{<", ">}}"}, {"{{%", "%}}"}} {
			if strings.HasSuffix(before, pair[0]) && strings.HasPrefix(after, pair[1]) {
				return strings.LastIndex(r.src[:at], pair[0]), from + strings.Index(r.src[from:], pair[1]) + len(pair[1]), true
			}
		}
	}
	r.none[word] = true
	return 0, 0, false
}

// params are a shortcode's parameters, with names and without.
func params(s string) (named map[string]string, plain []string) {
	named = map[string]string{}
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		name, value := "", ""
		if i := strings.IndexAny(s, "= \t\n\"`"); i > 0 && s[i] == '=' {
			name, s = s[:i], s[i+1:]
		}
		if s != "" && (s[0] == '"' || s[0] == '`') {
			value, s, _ = strings.Cut(s[1:], s[:1])
		} else if i := strings.IndexAny(s, " \t\n"); i >= 0 {
			value, s = s[:i], s[i:]
		} else {
			value, s = s, ""
		}
		if name == "" {
			plain = append(plain, value)
		} else {
			named[name] = value
		}
	}
	return named, plain
}

// figure is Hugo's figure as HTML.
func figure(named map[string]string, plain []string) string {
	src := named["src"]
	if src == "" && len(plain) > 0 {
		src = plain[0]
	}
	caption := named["caption"]
	if caption == "" {
		caption = named["title"]
	}
	alt := named["alt"]
	if alt == "" {
		alt = caption
	}
	img := `<img src="` + html.EscapeString(src) + `" alt="` + html.EscapeString(alt) + `">`
	if caption == "" {
		return img
	}
	return "<figure>" + img + "<figcaption>" + html.EscapeString(caption) + "</figcaption></figure>"
}

// playerPage is the page of what a shortcode would embed.
func playerPage(name string, named map[string]string, plain []string) string {
	arg := func(key string, i int) string {
		s := named[key]
		if s == "" && i < len(plain) {
			s = plain[i]
		}
		if strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
			return ""
		}
		return s
	}
	base, id := "", arg("id", 0)
	switch name {
	case "youtube":
		base = "https://www.youtube.com/watch?v="
	case "vimeo":
		base = "https://vimeo.com/"
	case "instagram":
		base = "https://www.instagram.com/p/"
	case "gist":
		base, id = "https://gist.github.com/"+arg("user", 0)+"/", arg("id", 1)
	case "x", "tweet", "twitter":
		base, id = "https://x.com/"+arg("user", 0)+"/status/", arg("id", 1)
	}
	if base == "" || id == "" {
		return ""
	}
	return base + id
}

// anchor is a link that shows its address.
func anchor(address string) string {
	escaped := html.EscapeString(address)
	return `<a href="` + escaped + `">` + escaped + "</a>"
}
