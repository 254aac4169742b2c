package identity

import (
	"fmt"

	"weir/feed"
)

// The shape of the index of near texts. Of texts that share the part r of their
// shingles, bandCount bands of bandRows samples find each other with the
// probability 1-(1-r³)⁸: 0.997 for 0.8, 0.66 for a half, 0.008 for a tenth and
// 0.000008 for a hundredth. Changing a number or a hash in this file makes what is indexed
// worthless.
const (
	bandCount = 8
	bandRows  = 3
	bandBins  = bandCount * bandRows
)

// Bands returns the keys under which a text is found by texts that are nearly
// the same: they share one or more. They are a function of the sketch, so that
// the index can be made from what is stored. A text of fewer than 48 words, or
// one that mostly repeats itself, has none.
//
// A sketch holds the lowest hashes of a text. They are sorted by other bits into
// bins, and the lowest of each bin is a sample of the text's shingles
// that another text makes likewise with the probability of their resemblance,
// also where that one is longer and its sketch ends earlier (one permutation
// hashing: Li, Owen and Zhang, 2012).
func Bands(s *feed.Sketch) []uint64 {
	if s.Words < wordyText || len(s.Shingles) < bandBins {
		return nil
	}
	var lowest [bandBins]uint32
	var filled [bandBins]bool
	for _, sh := range s.Shingles {
		if bin := mix(uint64(sh), prime1) % bandBins; !filled[bin] {
			lowest[bin], filled[bin] = sh, true // they ascend
		}
	}
	bands := make([]uint64, bandCount)
	for b := range bands {
		h := uint64(b)
		for bin := b * bandRows; bin < (b+1)*bandRows; bin++ {
			from := uint64(bin)
			for step := uint64(1); !filled[from]; step++ {
				// An empty bin borrows, each from others (Shrivastava, 2017).
				from = mix(uint64(bin)<<32|step, prime2) % bandBins
			}
			h = mix(h^uint64(lowest[from]), prime1)
		}
		bands[b] = h
	}
	return bands
}

// resemblance estimates which part of the shingles of both texts together both
// have, from the range of hashes that both sketches cover. It is symmetric,
// and 0 for texts of too few words to be judged.
func resemblance(a, b *feed.Sketch) float64 {
	if min(a.Words, b.Words) < wordyText {
		return 0
	}
	hits, x, y := overlap(a, b)
	if x+y == hits {
		return 0
	}
	return float64(hits) / float64(x+y-hits)
}

// near tells that the texts resemble each other as much as the operator wants
// for one story; empty when they do not, or when he wants none of it.
func (p *pair) near(least float64) string {
	if least <= 0 {
		return ""
	}
	r := resemblance(p.a, p.b)
	if r <= 0 || r < least {
		return ""
	}
	return fmt.Sprintf("of both texts together %.0f %% are the same", 100*r)
}
