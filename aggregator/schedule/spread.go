package schedule

import "time"

// spread moves a gap by a tenth either way, so that sources which were polled
// together do not stay together; the very first gap of a source lies anywhere
// between half and one and a half, which is its phase (P34). Nothing that must
// not be undercut is: where the gap is already the least, it only grows.
func (o *Options) spread(base time.Time, gap, least time.Duration, first bool) time.Duration {
	low, width := gap-gap/10, gap/5
	if first {
		low, width = gap/2, gap
	}
	return max(low, least) + part(o.Seed, base, width)
}

// part returns a share of d, the same for the same seed and time.
func part(seed uint64, t time.Time, d time.Duration) time.Duration {
	const steps = 1 << 16
	share := mix(seed+uint64(t.Unix())) % steps
	return d / steps * time.Duration(share)
}

// mix is the finaliser of SplitMix64: every bit of the input moves half of the
// output's.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// offHour keeps clear of the first minute of the hour and the first second of
// a minute, when everybody else's clock strikes (P34). It only moves forward,
// and stays in the hour. Who is asked more often than every quarter of an hour is
// left alone: ten minutes later would be a gap of another kind.
func offHour(t time.Time, gap time.Duration, seed uint64) time.Time {
	if gap < quarter {
		return t
	}
	h := mix(seed)
	if t.Minute() == 0 {
		t = t.Add(time.Duration(1+h%9) * time.Minute)
	}
	if t.Second() == 0 {
		t = t.Add(time.Duration(1+h>>8%58) * time.Second)
	}
	return t
}
