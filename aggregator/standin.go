package aggregator

import (
	"bytes"
	"errors"
	"net/url"
	"strings"

	"weir/aggregator/discover"
	"weir/aggregator/fetch"
	"weir/aggregator/parse"
	"weir/feed"
)

// standIn is a page that came in place of a feed: one of those that sites and
// middlemen show to everybody. Knowing which spares the operator a look.
type standIn struct{ kind, text string }

// Error implements error.
func (s *standIn) Error() string { return s.kind }

// pageReach is how much of a page is looked at.
const pageReach = 64 << 10

// notFeed makes more of the finding that a document is no feed, where it is a
// page that tells what happened (P57, P58, P65, XG05).
func notFeed(err error, resp *fetch.Response) error {
	if !errors.Is(err, parse.ErrNotFeed) {
		return err
	}
	page := bytes.ToLower(resp.Body[:min(len(resp.Body), pageReach)])
	if !bytes.Contains(page, []byte("<html")) && !bytes.Contains(page, []byte("<meta")) && !bytes.Contains(page, []byte("<script")) {
		return err
	}
	host := "The server"
	if u, err := url.Parse(resp.Final); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	switch {
	case holds(page, challengeMarks):
		return &standIn{"challenge", host + " shows a page that wants to see a browser; ask its owner to let feed readers pass."}
	case holds(page, parkedMarks):
		return &standIn{"parked", host + " seems to be for sale, and shows advertisements in place of the feed; " +
			"what was published stays. Look where the feed is now, or remove the source."}
	case isLogin(resp.Final) || bytes.Contains(page, []byte(`type="password"`)) || bytes.Contains(page, []byte(`type='password'`)):
		return &standIn{"login", host + " shows a login page in place of the feed; " +
			"give the source basic_auth with user and password, or look for a public one."}
	case bytes.Contains(page, []byte(`http-equiv="refresh"`)):
		return &standIn{"not-a-feed", host + " answers with an HTML page that sends browsers elsewhere, which is not followed; " +
			"look where the feed is now and correct the address."}
	}
	return err
}

// announced makes more of the finding that a document is no feed, where it is
// one that announces a feed (P90). That is said and not adopted: only the
// operator knows whether it is the same. What could tell a secret is not said:
// the feed of a private source, or a query.
func announced(src *feed.Source, resp *fetch.Response, err error) error {
	if !errors.Is(err, parse.ErrNotFeed) || src.Private() {
		return err
	}
	page := discover.Page{Location: resp.Final, ContentType: resp.ContentType, Links: resp.Links, Body: resp.Body}
	for _, c := range discover.Feeds(page) {
		if !c.Comments && c.URL != src.URL && c.URL != resp.Final && !strings.Contains(c.URL, "?") {
			return &standIn{"not-a-feed", "A page came that announces a feed at " + c.URL +
				"; look whether it is the same and correct the address."}
		}
	}
	return err
}

// Marks that pages carry, in lower case. Each is part of an address or a name
// of the program that made the page, and not of what an article may say.
var (
	challengeMarks = []string{
		"/cdn-cgi/challenge-platform/", "cf-browser-verification", "__cf_chl_", "_incapsula_resource",
		"geo.captcha-delivery.com", "id=\"px-captcha\"", "/.within.website/x/cmd/anubis", "id=\"anubis_challenge\"", "ddos-guard/js-challenge",
		"awswafcookiedomainlist", "sucuri_cloudproxy_js",
	}
	parkedMarks = []string{
		"sedoparking.com", "parkingcrew.net", "bodis.com", "hugedomains.com/domain_profile", "dan.com/buy-domain",
		"afternic.com/forsale", "parklogic.com", "above.com/marketplace", "domainmarket.com/buynow", "img1.wsimg.com/parking-lander",
	}
)

func holds(page []byte, marks []string) bool {
	for _, m := range marks {
		if bytes.Contains(page, []byte(m)) {
			return true
		}
	}
	return false
}

// isLogin reports whether an address is where sites send who must sign in.
func isLogin(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	for part := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		switch part {
		case "login", "signin", "sign-in", "sign_in", "sso", "wp-login.php":
			return true
		}
	}
	return false
}

// problem is what an operator reads of the page.
func (s *standIn) problem() feed.Problem { return feed.Problem{Kind: s.kind, Text: s.text} }
