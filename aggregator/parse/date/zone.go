package date

import "strings"

// zone takes the offset from UTC in seconds: Z, a signed offset, the name of a
// zone, or GMT or UTC with an offset behind it. Nothing is UTC; a name that is
// not known is refused, because calling it UTC would move the instant (G22).
// A name behind an offset is a remark and may be any.
func (r *cursor) zone() (offset int, ok bool) {
	r.skip(" ")
	if r.s == "" || r.s[0] == '(' || r.s[0] == '[' {
		return r.commented()
	}
	if r.s[0] != '+' && r.s[0] != '-' {
		name := r.word()
		if strings.EqualFold(name, "etc") && r.one('/') {
			name = r.word()
		}
		if offset, ok = zoneOffset(name); !ok {
			return 0, false
		}
		if r.skip(" "); offset != 0 || len(name) == 1 || r.s == "" || r.s[0] != '+' && r.s[0] != '-' {
			return offset, true
		}
	}
	if offset, ok = r.offset(); !ok {
		return 0, false
	}
	r.skip(" ")
	if name := r.word(); strings.EqualFold(name, "z") && offset != 0 {
		return 0, false
	}
	return offset, true
}

// commented reads a zone that stands in brackets because there is no other:
// "08:15 (PST)". Comments that name no zone are none of ours (RFC 822 §3.1.4).
func (r *cursor) commented() (offset int, ok bool) {
	if len(r.s) < 2 {
		return 0, true
	}
	rest := cursor{r.s[1:]}
	name := rest.word()
	if rest.s == "" || rest.s[0] != ')' && rest.s[0] != ']' || len(name) < 2 || len(name) > 5 {
		return 0, true
	}
	if offset, ok = zoneOffset(name); ok {
		return offset, true
	}
	return 0, name != strings.ToUpper(name)
}

// offset takes +hhmm, +hh:mm, +hh, +h, +hmm or +h:mm.
func (r *cursor) offset() (seconds int, ok bool) {
	sign := 1
	if r.s[0] == '-' {
		sign = -1
	}
	r.s = r.s[1:]
	var h, m int
	switch n := r.digits(); n {
	case 1, 2:
		h, _ = r.number(1, 2)
		if len(r.s) > 2 && (r.s[0] == ':' || r.s[0] == '.') && r.digitsAt(1) == 2 {
			r.s = r.s[1:]
			m, _ = r.number(2, 2)
			if len(r.s) == 3 && r.s[0] == ':' && r.digitsAt(1) == 2 {
				r.s = "" // seconds, which no zone has had since 1972
			}
		}
	case 3, 4:
		h, _ = r.number(1, n-2)
		m, _ = r.number(2, 2)
	default:
		return 0, false
	}
	if h > 15 || m > 59 {
		return 0, false
	}
	return sign * (h*3600 + m*60), true
}

// zoneOffset is the offset in seconds that a name stands for. Names with more
// than one meaning mean what they mean in feeds: RFC 822's are North American
// (CST is not China's, PST not the Philippines'), AST is the Atlantic's, BST
// is Britain's, IST is India's. What remains doubtful (ET, WST, GST, SST) is
// unknown, and so are the letters of the military, which RFC 822 got wrong and
// RFC 5322 §4.3 declares void, but for Z.
func zoneOffset(name string) (seconds int, ok bool) {
	if name == "" || len(name) > 4 {
		return 0, false
	}
	var b [4]byte
	for i := range len(name) {
		b[i] = name[i] &^ 0x20
	}
	const hour, minute = 3600, 60
	switch string(b[:len(name)]) {
	case "Z", "GMT", "UT", "UTC", "WET":
		return 0, true
	case "EST", "COT", "PET":
		return -5 * hour, true
	case "EDT", "AST", "CLT", "VET":
		return -4 * hour, true
	case "CST", "MDT":
		return -6 * hour, true
	case "CDT":
		return -5 * hour, true
	case "MST", "PDT":
		return -7 * hour, true
	case "PST", "AKDT":
		return -8 * hour, true
	case "AKST":
		return -9 * hour, true
	case "HST", "HAST":
		return -10 * hour, true
	case "ADT", "BRT", "ART", "CLST", "UYT":
		return -3 * hour, true
	case "BRST":
		return -2 * hour, true
	case "NST":
		return -3*hour - 30*minute, true
	case "NDT":
		return -2*hour - 30*minute, true
	case "CET", "MET", "MEZ", "BST", "WEST", "WAT":
		return 1 * hour, true
	case "CEST", "MEST", "MESZ", "EET", "SAST", "CAT":
		return 2 * hour, true
	case "EEST", "MSK", "TRT", "EAT", "IDT":
		return 3 * hour, true
	case "MSD":
		return 4 * hour, true
	case "PKT":
		return 5 * hour, true
	case "IST":
		return 5*hour + 30*minute, true
	case "NPT":
		return 5*hour + 45*minute, true
	case "WIB", "ICT":
		return 7 * hour, true
	case "HKT", "SGT", "PHT", "MYT", "AWST":
		return 8 * hour, true
	case "JST", "KST":
		return 9 * hour, true
	case "ACST":
		return 9*hour + 30*minute, true
	case "ACDT":
		return 10*hour + 30*minute, true
	case "AEST":
		return 10 * hour, true
	case "AEDT":
		return 11 * hour, true
	case "NZST":
		return 12 * hour, true
	case "NZDT":
		return 13 * hour, true
	}
	return 0, false
}
