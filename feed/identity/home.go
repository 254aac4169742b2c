package identity

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"weir/feed"
)

// territory tells which addresses lie on a source's own site.
type territory struct {
	everywhere bool
	domains    []string
	// known remembers the domain of each host of the document: its links
	// mostly share one, and the suffix list is the dearest step.
	known map[string]string
}

// newTerritory takes the domains that the operator's configuration names. What
// a document claims of itself counts only for a file, which has no address of
// its own and was chosen by hand (XF03, XF14).
func newTerritory(src *feed.Source, profile *feed.Profile) *territory {
	t := &territory{everywhere: src.Kind == feed.Articles, known: make(map[string]string)}
	if src.Kind == feed.Remote {
		t.add(src.URL)
	}
	t.add(src.Site)
	if src.Kind == feed.File && len(t.domains) == 0 {
		t.add(profile.Link)
		if len(t.domains) == 0 {
			t.add(profile.Self)
		}
	}
	return t
}

func (t *territory) add(link string) {
	if a, ok := parseAddress(link); ok {
		t.domains = append(t.domains, t.domain(&a))
	}
}

// holds reports whether the address lies on the source's own site.
func (t *territory) holds(a *address) bool {
	if t.everywhere {
		return true
	}
	domain := t.domain(a)
	for _, d := range t.domains {
		if d == domain {
			return true
		}
	}
	return false
}

// domain returns the registrable domain, under private public suffixes (as
// github.io) the host. Hosts outside the public name space are told apart by
// host and port: one machine serves many sites.
func (t *territory) domain(a *address) string {
	if d, ok := t.known[a.host]; ok {
		if d == "" {
			return a.host + ":" + a.port
		}
		return d
	}
	d := registrable(a.host)
	t.known[a.host] = d
	if d == "" {
		return a.host + ":" + a.port
	}
	return d
}

// registrable returns the domain that one owner registered, empty for IP
// literals and names without a dot.
func registrable(host string) string {
	if strings.IndexByte(host, '.') < 0 || strings.HasSuffix(host, ".localhost") {
		return ""
	}
	if last := host[len(host)-1]; isDigit(last) || last == ']' {
		if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
			return ""
		}
	}
	d, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return d
}
