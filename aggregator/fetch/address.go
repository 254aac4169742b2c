package fetch

import (
	"encoding/base64"
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"weir/feed"
)

// Why an address is no address to ask. The texts go into sentences for the
// operator and hold nothing of the address.
var (
	errUnreadable = errors.New("the address cannot be read")
	errScheme     = errors.New("only http and https addresses are asked")
	errLong       = errors.New("the address is longer than 4096 bytes")
	errHost       = errors.New("the host is not a valid name or address")
	errPort       = errors.New("the port is not a number from 1 to 65535")
)

// target is an address to ask, in one spelling: host in lower-case ASCII,
// default port, fragment and credentials gone.
type target struct {
	url *url.URL
	// text is the address as a string, and what validators are kept for.
	text string
	// auth is the Authorization header made of the address's credentials.
	auth string
}

// parseTarget reads an address; with a base, relative to it. It refuses what is
// not http or https (XA17, XA18).
func parseTarget(raw string, base *url.URL) (target, error) {
	if len(raw) > feed.MaxURL {
		return target{}, errLong
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return target{}, errUnreadable
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return target{}, errScheme
	}
	if err := normalize(u); err != nil {
		return target{}, err
	}
	t := target{url: u}
	if u.User != nil {
		t.auth = basic(u.User)
		u.User = nil
	}
	t.text = u.String()
	return t, nil
}

func normalize(u *url.URL) error {
	host, err := hostname(u.Hostname())
	if err != nil || u.Opaque != "" {
		return errHost
	}
	port := u.Port()
	if port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return errPort
		}
	}
	if port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		port = ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" {
		host += ":" + port
	}
	u.Host = host
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = escapeQuery(u.RawQuery)
	if u.Path == "" {
		u.Path = "/"
	}
	return nil
}

// escapeQuery escapes what no request line may hold; everything else stays as
// it was written.
func escapeQuery(query string) string {
	const hex = "0123456789ABCDEF"
	var b []byte
	for i := range len(query) {
		c := query[i]
		if c > ' ' && c < 0x7f {
			if b != nil {
				b = append(b, c)
			}
			continue
		}
		if b == nil {
			b = append(make([]byte, 0, len(query)+16), query[:i]...)
		}
		b = append(b, '%', hex[c>>4], hex[c&15])
	}
	if b == nil {
		return query
	}
	return string(b)
}

// hostname returns host in lower-case ASCII. It refuses addresses with a zone,
// numbers that only some resolvers take for an address (127.1, 0x7f000001,
// 2130706433: XA12), and punycode of plain ASCII (XA25).
func hostname(host string) (string, error) {
	if strings.Contains(host, ":") {
		ip, err := netip.ParseAddr(host)
		if err != nil || ip.Zone() != "" {
			return "", errHost
		}
		return ip.String(), nil
	}
	name := strings.ToLower(host)
	if !isASCII(name) || hasPunycode(name) {
		ascii, err := toASCII(name)
		if err != nil || isASCII(name) && ascii != name {
			return "", errHost
		}
		name = ascii
	}
	if !validName(name) {
		return "", errHost
	}
	if endsInNumber(name) {
		if _, err := netip.ParseAddr(name); err != nil {
			return "", errHost
		}
	}
	return name, nil
}

// toASCII follows UTS 46, but lets pass the underscores that real host names
// have.
func toASCII(name string) (string, error) {
	return idna.New(
		idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false),
		idna.BidiRule(), idna.CheckJoiners(true), idna.ValidateLabels(true),
	).ToASCII(name)
}

func validName(name string) bool {
	if name == "" || len(name) > 254 || name[0] == '.' || strings.Contains(name, "..") {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return true
}

// endsInNumber is the rule of the URL standard by which a host is an IPv4
// address: its last label is a number.
func endsInNumber(name string) bool {
	name = strings.TrimSuffix(name, ".")
	last := name[strings.LastIndexByte(name, '.')+1:]
	if rest, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(rest, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func hasPunycode(name string) bool {
	return strings.HasPrefix(name, "xn--") || strings.Contains(name, ".xn--")
}

func basic(user *url.Userinfo) string {
	password, _ := user.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password))
}

// sameOrigin reports whether credentials for a may be sent to b.
func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }
