// Package bolt is the store in one bbolt file.
//
// Open the file, call Configure, then use it as package store says. A second
// process that opens the same file is told within a second who has it; inside
// one process Share gives further stores over the open file.
//
// What is promised beyond package store: a file of the right name is always a
// whole store; syncing is never switched off; every record carries a checksum,
// and one that fails it is reported and left out, never published; nothing is
// written by a Configure that changes nothing, and an unchanged poll writes one
// small record per source.
//
// # Schema
//
// This is schema 6. Whoever changes what is written appends a migration, gives
// it a test, and redraws this tree.
//
//	meta
//	├─ schema            4 bytes: the number of the schema
//	├─ epoch             4 bytes: how often tokens began anew
//	├─ clock             16 bytes: when retention last looked at it, and the gap before
//	├─ near              1 byte: how far the index of near texts is
//	└─ founding          present until the first cycle is settled
//	sources/<id>         sourceRec: the configuration, and the source's number
//	polls/<source>       pollRec: small, written at every poll
//	docs/<source>        docRec: profile and known items, when the document changed
//	rejections/<source>  []rejectionRec, newest first, at most 200
//	entries/<seq>        headRec: all of an entry but its body; seq grows by one
//	bodies/<body>        bodyRec: the content, its first cell
//	bodies/<body><n>     its further cells, n from 1
//	names/<name><bearer> empty: the entries found under a name: the one whose
//	                     slug it is, then the others, oldest first
//	near/<band><seq>     empty: the entries found by their text, where that is wanted
//	sightings/<source><item key>  → seq
//	counters/<slug>      4 bytes: the last number that a taken slug was given
//	channels/<id>
//	├─ channel           channelRec: digest, revision, last arrival, index in use
//	└─ index0, index1    one of them in use, the other being built
//	   ├─ places/<place><slug>  → seq, arrival, revision; newest first
//	   ├─ shelf/<seq>           → seq, arrival, revision; of those without a place
//	   ├─ arrivals/<arrival>    → seq
//	   └─ tellers/<source>      4 bytes: how many entries here the source tells
//	staged/<seq>         headRec or merge: what became of a staged entry
//	seeds                of a store whose predecessor was lost, see Seed
//	├─ t<item key><source id>  seedRec: the entry that the item told
//	├─ s<slug>           → the owner's source id: kept for that entry
//	├─ i<name of an id>  likewise
//	├─ o<source id>      the seeds speak of the source
//	└─ r                 reachRec: how far the seeds remember
//	orphans/<body>       empty: bodies of staged items, to be removed
//	held/<source>        holdRec: why entries of a source wait, while any do
//	held/<source><seq>   8 bytes, since when: they are in no channel yet
//	gone/<seq>           empty: what was removed, or joined to another entry
//	lists/<id>           listRec: a reading list that is followed; made by the first
//	agenda/<instant><duty><subject>  what is to be done later: how far it came
//	quarantine           present since a first record was damaged
//	├─ entries, bodies   damaged records as they were, until they are told again
//	├─ lost/<seq>        lostRec: what indexes know of an entry without its head
//	└─ loose/<body>      bodies that only damaged heads named
//
// Numbers are big-endian, so that keys sort as they read: <source> has 4 bytes,
// <seq>, <body>, <arrival>, <band>, <instant> and <subject> have 8, <duty> has 1,
// <place> is an inverted instant in
// microseconds of 8, <name> 10 bytes of SHA-256, <bearer> a bit (0: its slug)
// and a seq in 6 bytes, <item key> 16 bytes. Records
// (…Rec) are a form byte, CBOR with integer keys, packed by zstd from 512 bytes
// on where that makes it shorter, and a CRC32C over record and key. Heads have
// a form of their own (see encodeHead). Instants are microseconds, 0 where there
// is none. Integer keys of CBOR and values of enumerations are never used
// again for something else.
//
// # First cycle
//
// Who owns a story depends on who is decided about first. Two installs from
// scratch would differ by the order in which servers answered; therefore a
// store is born founding: Commit writes the states of sources at once, and each
// item as the entry that it most probably is. Settle puts them in one order,
// decides about them, and writes beside them what differs: most stories are told
// once, and stay as they lie. A small write says that all is decided; then the
// differences are applied, names and sightings written in the order of their
// keys, channels indexed, and founding ended with another small write. Killed
// before the first of these, it begins again; behind it, it goes on. Memory is
// taken only for the order and for the names that several items share.
//
// # Why it lies so
//
// bbolt's leaves have whole pages, and at least two values each. Bodies are cut
// into cells of which six fill a page, because two bodies of an ordinary size
// need a little more than one. Entries and bodies have ascending keys, so that
// pages are filled to the end and never touched again. What is found by is
// scattered over its index by nature: each such key costs a page read and a page
// written, so that there are as few as can be (slugs are among the names), and
// they are short.
package bolt
