package markup

// tag is an element as the policy sees it: the ones that stay have a tag each,
// the others share one with all that are treated alike.
type tag uint8

const (
	// tagUnknown is no HTML element; tagInline one whose text stays where it
	// is; tagBlock one whose text stays and begins a new line.
	tagUnknown tag = iota
	tagInline
	tagBlock
	// tagRaw goes with what it holds, which no tag but its own end ends;
	// tagTree goes with the elements that it holds.
	tagRaw
	tagTree
	// tagCode is script or style, which swallow the rest when nothing ends
	// them. tagLiteral holds text in which no tag is meant. tagFrame becomes
	// a link.
	tagCode
	tagLiteral
	tagFrame

	// From here on elements stay.
	tagA
	tagAbbr
	tagAudio
	tagB
	tagBlockquote
	tagBr
	tagCaption
	tagCite
	tagCodeSpan
	tagDd
	tagDel
	tagDetails
	tagDl
	tagDt
	tagEm
	tagFigcaption
	tagFigure
	tagH2
	tagH3
	tagH4
	tagH5
	tagH6
	tagHr
	tagI
	tagImg
	tagIns
	tagKbd
	tagLi
	tagMark
	tagOl
	tagP
	tagPicture
	tagPre
	tagQ
	tagRp
	tagRt
	tagRuby
	tagS
	tagSamp
	tagSmall
	tagSource
	tagStrong
	tagSub
	tagSummary
	tagSup
	tagTable
	tagTbody
	tagTd
	tagTfoot
	tagTh
	tagThead
	tagTime
	tagTr
	tagU
	tagUl
	tagVar
	tagVideo
	tagWbr
)

// trait is a bit of what nesting must know of an element.
type trait uint16

const (
	// phrase elements lie inside a line. An end tag inside a block that they
	// hold takes effect when the block ends.
	phrase trait = 1 << iota
	// block elements end an open paragraph.
	block
	// flow elements hold paragraphs; wrap elements hold nothing else, so that
	// text in a dropped div becomes one.
	flow
	wrap
	// fence elements hide what is open around them from end tags inside.
	fence
	// part elements belong to a table and hold no text themselves.
	part
	// void elements have no end.
	void
	// hollow elements are left out when they hold nothing.
	hollow
	// style elements are phrases that only say how words look or what they
	// are, so that they go on behind an end that cuts them short.
	style
)

// element says how a tag is written and nested.
type element struct {
	name   string
	traits trait
	wants  attrSet
}

// elements is the list of what stays. It is never written to.
var elements = [...]element{
	tagInline:     {},
	tagFrame:      {wants: setOf(attrSrc, attrLazySrc, attrTitle)},
	tagA:          {"a", phrase | hollow | style, setOf(attrHref, attrTitle)},
	tagAbbr:       {"abbr", phrase | hollow | style, setOf(attrTitle)},
	tagAudio:      {"audio", phrase, setOf(attrSrc, attrLazySrc)},
	tagB:          {"b", phrase | hollow | style, 0},
	tagBlockquote: {"blockquote", block | flow | wrap, setOf(attrCite)},
	tagBr:         {"br", void, 0},
	tagCaption:    {"caption", fence, 0},
	tagCite:       {"cite", phrase | hollow | style, 0},
	tagCodeSpan:   {"code", phrase | hollow | style, 0},
	tagDd:         {"dd", block | flow, 0},
	tagDel:        {"del", phrase | hollow | style, 0},
	tagDetails:    {"details", block | flow, 0},
	tagDl:         {"dl", block | flow, 0},
	tagDt:         {"dt", block, 0},
	tagEm:         {"em", phrase | hollow | style, 0},
	tagFigcaption: {"figcaption", block | flow, 0},
	tagFigure:     {"figure", block | flow, 0},
	tagH2:         {"h2", block, 0},
	tagH3:         {"h3", block, 0},
	tagH4:         {"h4", block, 0},
	tagH5:         {"h5", block, 0},
	tagH6:         {"h6", block, 0},
	tagHr:         {"hr", block | void, 0},
	tagI:          {"i", phrase | hollow | style, 0},
	tagImg: {"img", void, setOf(attrSrc, attrSrcset, attrLazySrc, attrLazySrcset, attrAlt, attrTitle,
		attrWidth, attrHeight, attrHidden, attrStyle)},
	tagIns:     {"ins", phrase | hollow | style, 0},
	tagKbd:     {"kbd", phrase | hollow | style, 0},
	tagLi:      {"li", block | flow, 0},
	tagMark:    {"mark", phrase | hollow | style, 0},
	tagOl:      {"ol", block | flow, setOf(attrStart)},
	tagP:       {"p", block | hollow, 0},
	tagPicture: {"picture", phrase | hollow, 0},
	tagPre:     {"pre", block, 0},
	tagQ:       {"q", phrase | hollow | style, setOf(attrCite)},
	tagRp:      {"rp", phrase, 0},
	tagRt:      {"rt", phrase, 0},
	tagRuby:    {"ruby", phrase | hollow, 0},
	tagS:       {"s", phrase | hollow | style, 0},
	tagSamp:    {"samp", phrase | hollow | style, 0},
	tagSmall:   {"small", phrase | hollow | style, 0},
	tagSource:  {"source", void, setOf(attrSrc, attrSrcset, attrLazySrc, attrLazySrcset, attrType, attrMedia)},
	tagStrong:  {"strong", phrase | hollow | style, 0},
	tagSub:     {"sub", phrase | hollow | style, 0},
	tagSummary: {"summary", block, 0},
	tagSup:     {"sup", phrase | hollow | style, 0},
	tagTable:   {"table", block | fence | part, 0},
	tagTbody:   {"tbody", part, 0},
	tagTd:      {"td", flow | fence, setOf(attrColspan, attrRowspan)},
	tagTfoot:   {"tfoot", part, 0},
	tagTh:      {"th", flow | fence, setOf(attrColspan, attrRowspan)},
	tagThead:   {"thead", part, 0},
	tagTime:    {"time", phrase | hollow | style, setOf(attrDatetime)},
	tagTr:      {"tr", part, 0},
	tagU:       {"u", phrase | hollow | style, 0},
	tagUl:      {"ul", block | flow, 0},
	tagVar:     {"var", phrase | hollow | style, 0},
	tagVideo:   {"video", phrase, setOf(attrSrc, attrLazySrc, attrPoster)},
	tagWbr:     {"wbr", void, 0},
}

// is reports whether the element has any of the traits.
func (t tag) is(any trait) bool { return elements[t].traits&any != 0 }

func (t tag) heading() bool { return t >= tagH2 && t <= tagH6 }

// stays reports whether the element is written.
func (t tag) stays() bool { return t >= tagA }

// longestName is longer than every name that the tables hold.
const longestName = 20

// tagOf finds the tag of an element's name in any case.
func tagOf(name string) tag {
	if len(name) >= longestName {
		return tagUnknown
	}
	var buf [longestName]byte
	return tags[string(lower(&buf, name))]
}

// lower copies s in lower case, so that a lookup needs no allocation.
func lower(buf *[longestName]byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	return buf[:len(s)]
}

// tags names every element of HTML. It is never written to.
var tags = map[string]tag{
	"a": tagA, "abbr": tagAbbr, "audio": tagAudio, "b": tagB, "blockquote": tagBlockquote, "br": tagBr,
	"caption": tagCaption, "cite": tagCite, "code": tagCodeSpan, "dd": tagDd, "del": tagDel, "details": tagDetails,
	"dl": tagDl, "dt": tagDt, "em": tagEm, "figcaption": tagFigcaption, "figure": tagFigure, "h2": tagH2, "h3": tagH3,
	"h4": tagH4, "h5": tagH5, "h6": tagH6, "hr": tagHr, "i": tagI, "img": tagImg, "ins": tagIns, "kbd": tagKbd,
	"li": tagLi, "mark": tagMark, "ol": tagOl, "p": tagP, "picture": tagPicture, "pre": tagPre, "q": tagQ, "rp": tagRp,
	"rt": tagRt, "ruby": tagRuby, "s": tagS, "samp": tagSamp, "small": tagSmall, "source": tagSource,
	"strong": tagStrong, "sub": tagSub, "summary": tagSummary, "sup": tagSup, "table": tagTable, "tbody": tagTbody,
	"td": tagTd, "tfoot": tagTfoot, "th": tagTh, "thead": tagThead, "time": tagTime, "tr": tagTr, "u": tagU,
	"ul": tagUl, "var": tagVar, "video": tagVideo, "wbr": tagWbr,

	// A story's own title is the one h1 of a page, so its headings begin at
	// h2. The rest are old names of what stays.
	"h1": tagH2, "acronym": tagAbbr, "dir": tagUl, "listing": tagPre, "menu": tagUl, "strike": tagS, "tt": tagCodeSpan,

	"area": tagInline, "base": tagInline, "basefont": tagInline, "bdi": tagInline, "bdo": tagInline,
	"bgsound": tagInline, "big": tagInline, "blink": tagInline, "canvas": tagInline, "col": tagInline,
	"colgroup": tagInline, "data": tagInline, "dfn": tagInline, "embed": tagInline, "font": tagInline,
	"frame": tagInline, "image": tagInline, "input": tagInline, "keygen": tagInline, "label": tagInline,
	"link": tagInline, "map": tagInline, "marquee": tagInline, "menuitem": tagInline, "meta": tagInline,
	"meter": tagInline, "nobr": tagInline, "output": tagInline, "param": tagInline, "plaintext": tagInline,
	"portal": tagInline, "progress": tagInline, "rb": tagInline, "rtc": tagInline, "slot": tagInline,
	"spacer": tagInline, "span": tagInline, "track": tagInline,

	"address": tagBlock, "article": tagBlock, "aside": tagBlock, "body": tagBlock, "center": tagBlock,
	"dialog": tagBlock, "div": tagBlock, "fieldset": tagBlock, "footer": tagBlock, "form": tagBlock,
	"frameset": tagBlock, "header": tagBlock, "hgroup": tagBlock, "html": tagBlock, "legend": tagBlock,
	"main": tagBlock, "nav": tagBlock, "optgroup": tagBlock, "option": tagBlock, "search": tagBlock,
	"section": tagBlock,

	"script": tagCode, "style": tagCode,
	"noembed": tagRaw, "noframes": tagRaw, "noscript": tagRaw, "textarea": tagRaw, "title": tagRaw,
	"applet": tagTree, "button": tagTree, "datalist": tagTree, "head": tagTree, "math": tagTree, "object": tagTree,
	"select": tagTree, "svg": tagTree, "template": tagTree,
	"xmp": tagLiteral, "iframe": tagFrame,
}
