// Package discover finds feeds where people name something else: on a page
// that announces them, in an OPML list, in a list of addresses.
//
// Call [Feeds] with a page as it came, and ask what it returns in that order;
// when that is nothing, and somebody is there who has just named the site,
// [WellKnown] says where feeds often lie. [OPML] and [Lines] read lists of
// feeds.
//
// Everything here is pure: bytes in, addresses out; nobody is asked. What is
// promised: only http and https addresses come back, absolute, without
// credentials and each once; time and memory are linear in what is read, which
// is bounded, as are the number of findings and the depth of lists, whatever a
// stranger sends; the same bytes give the same list.
package discover
