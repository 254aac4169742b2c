package markup

import (
	"bytes"
	"strings"
)

// tracks reports whether a query parameter only says where a reader came from
// or who it is (XE07).
func tracks(name string) bool {
	if len(name) >= longestName {
		return strings.HasPrefix(name, "utm_")
	}
	var buf [longestName]byte
	folded := string(lower(&buf, name))
	for _, prefix := range [...]string{"utm_", "mtm_", "itm_", "hsa_", "guce_", "oly_", "vero_", "pk_"} {
		if strings.HasPrefix(folded, prefix) {
			return true
		}
	}
	switch folded {
	case "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "yclid", "ymclid", "ttclid",
		"li_fat_id", "igsh", "igshid", "mc_cid", "mc_eid", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp",
		"hsctatracking", "mkt_tok", "ml_subscriber", "ml_subscriber_hash", "rb_clickid", "s_cid", "s_kwcid", "srsltid",
		"epik", "wickedid", "wt_zmc", "xtor", "_openstat", "_ga", "_gl", "guccounter", "at_campaign", "at_medium",
		"ref_src", "ref_url", "fb_ref", "fb_source", "fb_action_ids", "fb_action_types", "cmpid":
		return true
	}
	return false
}

// fragmentTracks reports whether a fragment names no place in the page but
// where a reader came from.
func fragmentTracks(fragment string) bool {
	return strings.HasPrefix(fragment, "utm_") || strings.HasPrefix(fragment, "xtor=")
}

// untracked returns an address without what [tracks] and [fragmentTracks] name.
// Everything else stays as it is written.
func untracked(address string) string {
	rest, fragment, anchored := strings.Cut(address, "#")
	drop := anchored && fragmentTracks(fragment)
	path, query, asks := strings.Cut(rest, "?")
	kept, all := make([]string, 0, 16), 0
	if asks {
		for param := range strings.SplitSeq(query, "&") {
			name, _, _ := strings.Cut(param, "=")
			if all++; !tracks(name) {
				kept = append(kept, param)
			}
		}
	}
	if !drop && len(kept) == all {
		return address
	}
	if len(kept) > 0 {
		path += "?" + strings.Join(kept, "&")
	}
	if anchored && !drop {
		path += "#" + fragment
	}
	return path
}

// counter reports whether a picture's address, as it is written, is one whose
// only purpose is to count readers or to advertise a way to share.
func counter(address []byte) bool {
	_, rest, _ := bytes.Cut(address, []byte("//"))
	host, path, _ := bytes.Cut(rest, []byte("/"))
	host, _, _ = bytes.Cut(host, []byte(":"))
	for len(host) > 0 {
		if prefix, ok := counters[string(host)]; ok {
			return bytes.HasPrefix(path, []byte(prefix))
		}
		_, host, _ = bytes.Cut(host, []byte("."))
	}
	return false
}

// counters are the domains of such pictures, each with the beginning of their
// paths. It is never written to.
var counters = map[string]string{
	"2o7.net": "", "addtoany.com": "", "ads.pheedo.com": "", "amazon-adsystem.com": "", "api.flattr.com": "",
	"b.scorecardresearch.com": "", "bat.bing.com": "", "da.feedsportal.com": "", "doubleclick.net": "",
	"emltrk.com": "", "feedads.g.doubleclick.net": "", "feeds.feedblitz.com": "_", "feeds.feedburner.com": "~",
	"feeds.wordpress.com": "1.0/", "feedsportal.com": "", "google-analytics.com": "", "googlesyndication.com": "",
	"hits.blogsoft.org": "", "imp.admarketplace.net": "", "list-manage.com": "track/", "mf.feeds.reuters.com": "",
	"pheedo.com": "", "pixel.quantserve.com": "", "pixel.wp.com": "", "rss.buysellads.com": "", "segment-data.zqtk.net": "",
	"sb.scorecardresearch.com": "", "statcounter.com": "", "stats.wordpress.com": "", "stats.wp.com": "",
	"tracking.feedpress.it": "", "tracking.feedpress.com": "", "www.facebook.com": "tr", "www.blogger.com": "tracker",
	"blogger.googleusercontent.com": "tracker", "medium.com": "_/stat", "counter.theconversation.com": "",
	"rss-tracking.feedblitz.com": "", "pixel.feedpress.me": "", "fathom.pub": "", "sendgrid.net": "wf/open",
}
