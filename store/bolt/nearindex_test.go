package bolt

import (
	"math"
	"testing"
)

// Every band is in one part, and no part is behind what comes after it: else
// rows would be lost, or not in order.
func TestPartsOfBands(t *testing.T) {
	for parts := uint64(1); parts < 12; parts++ {
		last := uint64(0)
		for step := range uint64(1000) {
			part := partOfBands(step*(math.MaxUint64/999), parts)
			if part < last || part > last+1 {
				t.Fatalf("%d parts: %d comes behind %d", parts, part, last)
			}
			last = part
		}
		if last != parts-1 || partOfBands(0, parts) != 0 || partOfBands(math.MaxUint64, parts) != parts-1 {
			t.Errorf("%d parts: the last is %d", parts, last)
		}
	}
}
