package article

import "strings"

// maxSpent is how many bytes are looked at in vain for the ends of components
// (XJ03).
const maxSpent = 16 << 20

// module leaves out a paragraph of imports or exports.
func (r *rewriter) module() {
	if end := strings.Index(r.src[r.at:], "\n\n"); end >= 0 {
		r.at += end + 1
	} else {
		r.at = len(r.src)
	}
	r.blank = true
}

// expression rewrites {braces}: comments go, texts stay, code is left out.
func (r *rewriter) expression() bool {
	end := r.balanced('}')
	if end == 0 {
		return false
	}
	inner := strings.TrimSpace(r.src[r.at+1 : end-1])
	switch n := len(inner); {
	case inner == "" || strings.HasPrefix(inner, "/*") && strings.HasSuffix(inner, "*/"):
		return r.skip(end)
	case n > 1 && strings.IndexByte("\"'`", inner[0]) >= 0 && inner[n-1] == inner[0] && strings.Count(inner, inner[:1]) == 2:
		return r.put(inner[1:n-1], end)
	}
	return r.leave(end)
}

// component leaves out the tags of a component and keeps what is between.
func (r *rewriter) component() bool {
	name := strings.TrimPrefix(r.src[r.at+1:min(len(r.src), r.at+3)], "/")
	if name == "" || name[0] != '>' && (name[0] < 'A' || name[0] > 'Z') {
		return false
	}
	end := r.balanced('>')
	switch {
	case end == 0:
		return false
	case name[0] == '>' || r.src[r.at+1] == '/':
		return r.skip(end)
	}
	return r.leave(end)
}

// balanced is where what begins here ends with the mark, outside of braces and
// quotes; 0 when it does not.
func (r *rewriter) balanced(mark byte) int {
	depth, quote := 0, byte(0)
	ahead := r.src[r.at:min(len(r.src), r.at+maxConstruct)]
	if r.spent > maxSpent {
		return 0
	}
	for i := range len(ahead) {
		c := ahead[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			depth--
		}
		if quote == 0 && depth == 0 && c == mark {
			return r.at + i + 1
		}
	}
	r.spent += len(ahead)
	return 0
}
