package identity

import "strings"

// tracking reports whether a query parameter says how a reader came to a page
// and not which page it is.
func tracking(name, value string) bool {
	name = strings.ToLower(name)
	for _, prefix := range [...]string{"utm_", "mtm_", "pk_", "itm_", "hsa_", "ns_", "at_", "guce_", "stm_", "oly_", "vero_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "yclid", "ttclid", "li_fat_id",
		"igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "hsctatracking", "_openstat",
		"_ga", "_gl", "wickedid", "s_cid", "ncid", "ocid", "cmpid", "cmp", "mbid", "smid", "smtyp", "xtor", "spm",
		"ftag", "ito", "guccounter", "wt.mc_id", "wt_mc", "wt_mc_id", "traffic_source", "sc_campaign", "sc_channel",
		"ref", "ref_src", "ref_url", "amp", "phpsessid", "jsessionid", "feature_shared", "share_id":
		return true
	case "source", "from", "partner", "emc", "src", "via", "medium", "campaign":
		// These choose content on some sites; only a feed's own mark is noise.
		value = strings.ToLower(value)
		return strings.HasPrefix(value, "rss") || strings.HasPrefix(value, "feed") || strings.HasPrefix(value, "atom")
	case "outputtype":
		return strings.EqualFold(value, "amp")
	}
	return false
}
