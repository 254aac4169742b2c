package publisher

import "strings"

// coding is a content coding in which a document can be sent; of two that a
// client likes alike the greater one is taken.
type coding uint8

const (
	identity coding = iota
	gzipped
	zstded
	brotlied
	// codings is how many there are.
	codings
	// unacceptable says that the client refuses every coding there is.
	unacceptable
)

// name is the coding's in header fields (RFC 9110 §8.4.1, RFC 7932, RFC 8878).
func (c coding) name() string {
	return [codings]string{identity: "identity", gzipped: "gzip", zstded: "zstd", brotlied: "br"}[c]
}

// suffix is what a file in the coding is called behind the document's name.
func (c coding) suffix() string {
	return [codings]string{gzipped: ".gz", zstded: ".zst", brotlied: ".br"}[c]
}

// codingOf returns the coding of a name in Accept-Encoding.
func codingOf(name string) (coding, bool) {
	switch {
	case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
		return gzipped, true
	case strings.EqualFold(name, "br"):
		return brotlied, true
	case strings.EqualFold(name, "zstd"):
		return zstded, true
	case strings.EqualFold(name, "identity"):
		return identity, true
	}
	return identity, false
}

// negotiate chooses a coding by Accept-Encoding (RFC 9110 §12.5.3) of those in
// which there is a body. A client that names none gets identity.
func negotiate(accept []string, bodies *packs) coding {
	if len(accept) == 0 {
		return identity
	}
	if len(accept) == 1 {
		// What nearly every client says is not worth taking apart.
		switch accept[0] {
		case "gzip, deflate, br, zstd", "gzip, deflate, br":
			if bodies[brotlied] != nil {
				return brotlied
			}
		case "gzip", "gzip, deflate", "gzip,deflate", "deflate, gzip":
			if bodies[gzipped] != nil {
				return gzipped
			}
		}
	}
	return choose(weigh(accept), bodies)
}

// accepts reports whether a client takes a coding. One that names none takes
// identity alone: a cache that asks for it has others.
func accepts(accept []string, c coding) bool {
	if len(accept) == 0 {
		return c == identity
	}
	q := weigh(accept)
	return q.of(c) > 0
}

// unset is the weight of what a client does not name.
const unset = -1

// weights are those of all codings; the one behind them is that of "*".
type weights [codings + 1]int

// weigh reads Accept-Encoding.
func weigh(accept []string) (q weights) {
	for c := range q {
		q[c] = unset
	}
	for _, value := range accept {
		for value != "" {
			var item string
			item, value, _ = strings.Cut(value, ",")
			name, weight := quality(item)
			if name == "*" {
				q[codings] = weight
			} else if c, ok := codingOf(name); ok {
				q[c] = weight
			}
		}
	}
	return q
}

// of is the weight of a coding; what is not above 0 is not taken.
func (q *weights) of(c coding) int {
	rest := q[codings]
	switch {
	case q[c] != unset:
		return q[c]
	case c == identity && rest != 0:
		// Identity needs no mention, and loses against whatever has one,
		// unless "*;q=0" rules it out.
		return 1
	}
	return rest
}

func choose(q weights, bodies *packs) coding {
	best, most := unacceptable, 0
	for c := identity; c < codings; c++ {
		if c != identity && bodies[c] == nil {
			continue
		}
		if weight := q.of(c); weight > 0 && weight >= most {
			best, most = c, weight
		}
	}
	return best
}

// quality splits an item of an Accept header into its name and its weight in
// thousandths. A weight that cannot be read counts as 1.
func quality(item string) (name string, q int) {
	name, params, ok := strings.Cut(item, ";")
	name = strings.TrimSpace(name)
	if !ok {
		return name, 1000
	}
	params = strings.TrimSpace(params)
	if len(params) < 3 || params[0]|0x20 != 'q' || params[1] != '=' {
		return name, 1000
	}
	weight := params[2:]
	switch weight[0] {
	case '1':
		return name, 1000
	case '0':
	default:
		return name, 1000
	}
	q, unit := 0, 100
	for i := 2; i < len(weight) && unit > 0; i++ {
		if weight[i] < '0' || weight[i] > '9' {
			break
		}
		q += int(weight[i]-'0') * unit
		unit /= 10
	}
	return name, q
}

// matches reports whether If-None-Match names the tag: in a list, weakly, or
// by "*" (RFC 9110 §13.1.2).
func matches(header []string, tag string) bool {
	for _, list := range header {
		if list == tag {
			return true
		}
		for {
			list = strings.TrimLeft(list, " \t,")
			if list == "" {
				break
			}
			if list[0] == '*' {
				return true
			}
			list = strings.TrimPrefix(list, "W/")
			if list == "" || list[0] != '"' {
				break
			}
			end := strings.IndexByte(list[1:], '"')
			if end < 0 {
				break
			}
			if list[:end+2] == tag {
				return true
			}
			list = list[end+2:]
		}
	}
	return false
}
