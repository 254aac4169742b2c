package identity_test

import (
	"testing"
	"time"

	"weir/feed/identity"
)

// XG12: nothing that goes by age is done when the clock jumped, and a store
// that is asked seldom is not always suspected.
func TestLapse(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	for _, tt := range []struct {
		name string
		gaps []time.Duration
		want []bool
	}{
		{"every hour", []time.Duration{hour, hour, 0}, []bool{false, false, false}},
		{"every day, an hour late", []time.Duration{25 * hour, 23 * hour}, []bool{false, false}},
		{"every week", []time.Duration{7 * day, 7 * day, 8 * day, 7 * day}, []bool{true, false, false, false}},
		{"every two months", []time.Duration{60 * day, 60 * day}, []bool{true, true}},
		{"a year forward and back", []time.Duration{hour, 365 * day, hour, -365 * day, hour}, []bool{false, true, false, true, false}},
		{"back by a little", []time.Duration{-time.Second, hour}, []bool{true, false}},
		{"born without a clock", []time.Duration{-50 * 365 * day, 50 * 365 * day, day}, []bool{true, true, false}},
	} {
		now := noon
		l := identity.Lapse{Last: now}
		for i, gap := range tt.gaps {
			now = now.Add(gap)
			var jumped bool
			if l, jumped = l.Look(now); jumped != tt.want[i] {
				t.Errorf("%s: look %d: jumped %t; want %t", tt.name, i, jumped, tt.want[i])
			}
		}
	}
}
