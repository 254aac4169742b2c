package publisher

import "strings"

// coding is a content coding in which a document can be sent.
type coding uint8

const (
	identity coding = iota
	gzipped
	// unacceptable says that the client refuses every coding there is.
	unacceptable
)

// negotiate chooses a coding by Accept-Encoding (RFC 9110 §12.5.3). gzip is
// taken wherever the client likes it at least as much as identity; a client
// that names neither gets identity.
func negotiate(accept []string, hasGzip bool) coding {
	if len(accept) == 0 {
		return identity
	}
	if len(accept) == 1 && hasGzip {
		switch accept[0] {
		case "gzip", "gzip, deflate", "gzip, deflate, br", "gzip, deflate, br, zstd", "gzip,deflate", "deflate, gzip":
			// What nearly every client says is not worth taking apart.
			return gzipped
		}
	}
	const unset = -1
	zip, plain, rest := unset, unset, unset
	for _, value := range accept {
		for value != "" {
			var item string
			item, value, _ = strings.Cut(value, ",")
			name, q := quality(item)
			switch {
			case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
				zip = q
			case strings.EqualFold(name, "identity"):
				plain = q
			case name == "*":
				rest = q
			}
		}
	}
	if zip == unset {
		zip = max(rest, 0)
	}
	if plain == unset {
		// Identity needs no mention, and loses against whatever has one,
		// unless "*;q=0" rules it out.
		plain = min(1, rest)
		if rest == unset {
			plain = 1
		}
	}
	switch {
	case hasGzip && zip > 0 && zip >= plain:
		return gzipped
	case plain > 0:
		return identity
	case hasGzip && zip > 0:
		return gzipped
	}
	return unacceptable
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
