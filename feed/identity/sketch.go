package identity

import (
	"math/bits"
	"slices"
	"unicode/utf8"

	"weir/feed"
)

// The size of a sketch: 4 bytes a shingle, the title and the word count stay
// under 512 bytes together. Changing any number or hash in this file makes
// stored sketches incomparable with new ones.
const (
	maxShingles    = 100
	maxFoldedTitle = 100
	wordShingle    = 3 // words in a shingle
	charShingle    = 5 // characters, in scripts without spaces
	// shingleBits is the length of a shingle's hash. A hundred of them meet
	// a hundred others by chance in one of some hundred comparisons, once:
	// far below any share that decides, and every bit is 12 bytes an entry.
	shingleBits = 24
)

// Odd constants with well spread bits, as hashes multiply by.
const (
	prime1 = 0x9e3779b185ebca87
	prime2 = 0xc2b2ae3d27d4eb4f
)

// sketcher makes sketches in one pass over a body, without building its text.
// It is reused from item to item.
type sketcher struct {
	// The word being read: eight bytes at a time go from tail into hash.
	tail, hash uint64
	size       int
	// last holds the hashes of the last words or characters, newest at the
	// end.
	last   [charShingle]uint64
	tokens int

	words, chars       int
	ownWords, ownChars int
	quotes             int

	kept  [2*maxShingles + 56]uint32
	count int
	// limit is above every kept shingle; cut says that some were dropped.
	limit uint32
	cut   bool
	// recent stops a repeated shingle from filling the array.
	recent uint32
}

// sketch returns the sketch of a body and how many of its words stand outside
// quotations. Plain text is a body without tags.
func (k *sketcher) sketch(title, body string, plain bool) (feed.Sketch, int) {
	*k = sketcher{limit: 1 << shingleBits}
	if plain {
		k.text(body)
	} else {
		walk(body, k)
	}
	k.endWord()
	if k.tokens > 0 && k.count == 0 && !k.cut {
		k.keep(k.shingle(k.last[:])) // shorter than a shingle
	}
	s := feed.Sketch{Words: k.words + (k.chars+1)/2, Title: foldTitle(title, maxFoldedTitle)}
	s.Shingles, s.Full = k.lowest()
	return s, k.ownWords + (k.ownChars+1)/2
}

func (k *sketcher) tag(t tag) {
	if !inline(t.name) {
		k.endWord()
	}
	if t.name == "blockquote" || t.name == "q" {
		k.endWord()
		if !t.end {
			k.quotes++
		} else if k.quotes > 0 {
			k.quotes--
		}
	}
}

func (k *sketcher) text(s string) {
	for i := 0; i < len(s); {
		n := k.plainWord(s[i:])
		if i += n; i == len(s) {
			return
		}
		if c := s[i]; c < utf8.RuneSelf {
			if c != '\'' {
				k.endWord()
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		k.rune(r)
		i += n
	}
}

// plainWord takes the ASCII letters and digits that s begins with, and returns
// how many they are. Most bytes of most texts pass here.
func (k *sketcher) plainWord(s string) int {
	tail, size, i := k.tail, k.size, 0
	for ; i < len(s); i++ {
		c := s[i]
		if !isDigit(c) {
			if c |= 0x20; c < 'a' || c > 'z' {
				break
			}
		}
		tail = tail<<8 | uint64(c)
		if size++; size&7 == 0 {
			k.hash = mix(k.hash^tail, prime1)
			tail = 0
		}
	}
	k.tail, k.size = tail, size
	return i
}

func (k *sketcher) letter(c byte) {
	k.tail = k.tail<<8 | uint64(c)
	k.size++
	if k.size&7 == 0 {
		k.hash = mix(k.hash^k.tail, prime1)
		k.tail = 0
	}
}

// rune takes a character outside ASCII.
func (k *sketcher) rune(r rune) {
	f := foldRune(r)
	switch {
	case f == none:
	case f == gap:
		k.endWord()
	case spaceless(f):
		k.endWord()
		k.chars++
		if k.quotes == 0 {
			k.ownChars++
		}
		k.push(mix(uint64(f), prime2))
		if k.tokens >= charShingle {
			k.keep(k.shingle(k.last[:]))
		}
	default:
		var b [utf8.UTFMax]byte
		for _, c := range b[:utf8.EncodeRune(b[:], f)] {
			k.letter(c)
		}
	}
}

func (k *sketcher) endWord() {
	if k.size == 0 {
		return
	}
	h := mix(k.hash^k.tail, prime1^uint64(k.size))
	k.tail, k.hash, k.size = 0, 0, 0
	k.words++
	if k.quotes == 0 {
		k.ownWords++
	}
	k.push(h)
	if k.tokens >= wordShingle {
		k.keep(k.shingle(k.last[charShingle-wordShingle:]))
	}
}

func (k *sketcher) push(h uint64) {
	k.last = [charShingle]uint64{k.last[1], k.last[2], k.last[3], k.last[4], h}
	k.tokens++
}

// shingle hashes a run of tokens in their order.
func (k *sketcher) shingle(run []uint64) uint32 {
	h := uint64(len(run))
	for _, t := range run {
		h = mix(h^t, prime2)
	}
	return uint32(h >> (64 - shingleBits))
}

// keep remembers a shingle if it can still be among the lowest.
func (k *sketcher) keep(s uint32) {
	if s >= k.limit {
		k.cut = true
		return
	}
	if s == k.recent && k.count > 0 {
		return
	}
	k.recent = s
	k.kept[k.count] = s
	if k.count++; k.count == len(k.kept) {
		k.shrink()
	}
}

// shrink makes room by dropping the upper half of the range. Hashes are even
// enough that this leaves more than a sketch needs; where they are not, exact
// sorting does it.
func (k *sketcher) shrink() {
	half := k.limit / 2
	lower := 0
	for _, s := range k.kept[:k.count] {
		if s < half {
			lower++
		}
	}
	if lower < maxShingles || lower > len(k.kept)-maxShingles/2 {
		k.sort()
		return
	}
	k.cut = true
	k.limit = half
	n := 0
	for _, s := range k.kept[:k.count] {
		if s < half {
			k.kept[n] = s
			n++
		}
	}
	k.count = n
}

// sort leaves the lowest shingles, each once, in order.
func (k *sketcher) sort() {
	kept := k.kept[:k.count]
	k.spread()
	for i := 1; i < len(kept); i++ {
		s, j := kept[i], i
		for ; j > 0 && kept[j-1] > s; j-- {
			kept[j] = kept[j-1]
		}
		kept[j] = s
	}
	kept = slices.Compact(kept)
	if len(kept) > maxShingles {
		k.limit = kept[maxShingles]
		k.cut = true
		kept = kept[:maxShingles]
	}
	k.count = len(kept)
}

// spread puts the shingles almost in order, by their place in the range below
// limit: hashes are even, so that few then have to move.
func (k *sketcher) spread() {
	shift := max(bits.Len32(k.limit)-8, 0)
	var ends [257]uint16
	for _, s := range k.kept[:k.count] {
		ends[s>>shift+1]++
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	from := k.kept
	for _, s := range from[:k.count] {
		k.kept[ends[s>>shift]] = s
		ends[s>>shift]++
	}
}

func (k *sketcher) lowest() (shingles []uint32, full bool) {
	k.sort()
	if k.count == 0 {
		return nil, !k.cut
	}
	return slices.Clone(k.kept[:k.count]), !k.cut
}

// mix is a 64 by 64 bit multiplication folded to 64 bits.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^prime2, b)
	return hi ^ lo
}
