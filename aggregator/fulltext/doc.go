// Package fulltext takes the text of a story out of its page, for sources
// whose feeds have only the beginning of it.
//
// Call [ReadRobots] with what a site's /robots.txt says and ask it with
// [Robots.Allows] before a page is fetched; then call [Extract] with the page
// and with what the feed itself has of the story.
//
// Everything here is pure: bytes in, clean HTML or a verdict out; nobody is
// asked. What is promised: the HTML is what markup.Clean lets through, with
// absolute addresses; it says more than the feed's own text, so that a login,
// a consent form or a note about subscriptions does not take a text's place;
// pages are bounded in bytes, elements and depth, and robots.txt in bytes and
// rules, before anything is built of them.
package fulltext
