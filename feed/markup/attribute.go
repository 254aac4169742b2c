package markup

// attr is an attribute that the policy looks at, to write it or to judge by it.
type attr uint8

const (
	attrNone attr = iota
	attrAlt
	attrCite
	attrColspan
	attrDatetime
	attrHeight
	attrHidden
	attrHref
	attrLazySrc
	attrLazySrcset
	attrMedia
	attrPoster
	attrRowspan
	attrSrc
	attrSrcset
	attrStart
	attrStyle
	attrTitle
	attrType
	attrWidth
	attrCount
)

// attrSet is a set of attributes.
type attrSet uint32

func setOf(list ...attr) attrSet {
	var s attrSet
	for _, a := range list {
		s |= 1 << a
	}
	return s
}

func (s attrSet) has(a attr) bool { return s&(1<<a) != 0 }

// attributes names what the policy looks at. It is never written to.
var attributes = map[string]attr{
	"alt": attrAlt, "cite": attrCite, "colspan": attrColspan, "datetime": attrDatetime, "height": attrHeight,
	"hidden": attrHidden, "href": attrHref, "media": attrMedia, "poster": attrPoster, "rowspan": attrRowspan,
	"src": attrSrc, "srcset": attrSrcset, "start": attrStart, "style": attrStyle, "title": attrTitle,
	"type": attrType, "width": attrWidth,

	// Scripts that load pictures late keep the address under these names.
	"data-src": attrLazySrc, "data-lazy-src": attrLazySrc, "data-original": attrLazySrc, "data-litespeed-src": attrLazySrc,
	"data-srcset": attrLazySrcset, "data-lazy-srcset": attrLazySrcset, "data-original-set": attrLazySrcset,
}

// attrOf finds an attribute by its name in any case.
func attrOf(name string) attr {
	if len(name) >= longestName {
		return attrNone
	}
	var buf [longestName]byte
	return attributes[string(lower(&buf, name))]
}
