// Package markup makes text from outside fit to be published.
//
// Call [Clean] on the HTML of a story once, on the way in; whoever cleans many
// keeps a [Cleaner], which reuses its buffers. [Text] gives the words of a
// piece of HTML, [Title] makes one plain line of what may or may not be
// markup, [URL] makes an address absolute, and [Chars] is the filter for
// strings that hold no markup at all.
//
// What is promised of every result, whatever the input was:
//
//   - It is valid UTF-8 of XML 1.0 characters (XD01, XD02).
//   - Clean's HTML holds only tags, attributes and schemes of the policy, and
//     every byte of it was written by this package: names come from its own
//     table, values and text are escaped. How the input is read decides what
//     survives, never what is safe.
//   - It is balanced and properly nested, so that a browser builds the tree
//     that was written, and cleaning it again changes nothing (XE04, XE06).
//   - It is bounded: 512 KiB are read, [feed.MaxHTML] bytes written, 100
//     elements open at a time, in time linear in the input (XC16, XE20).
//
// The policy: headings, paragraphs, lists, tables, quotations, code, figures,
// phrases, links, pictures, audio and video stay; h1 becomes h2. Scripts,
// styles, drawings, formulas, form controls and plug-ins go with what they
// hold; a frame becomes a link to what it shows; of every other element the
// text stays, and where it began a new line a paragraph does. Addresses are
// absolute http or https (mailto in links too), without user names and
// tracking parameters. Pictures that only count readers are removed (XE07).
package markup

// Policy is the version of the cleaning policy. It is stored with what was
// cleaned and moves whenever the policy becomes stricter.
const Policy = 1

const (
	// maxInput bounds what is read of one piece of HTML (XE20).
	maxInput = 512 << 10
	// maxDepth bounds how many elements are open at a time. Browsers stop at
	// 512.
	maxDepth = 100
	// maxValue bounds the text of an attribute.
	maxValue = 1 << 10
)
