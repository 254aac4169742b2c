package schedule_test

import (
	"strings"
	"testing"
	"time"

	"weir/aggregator/schedule"
	"weir/feed"
)

// The operator is told what made a source due when it is (P20 to P28, P55 to
// P60).
func TestWhy(t *testing.T) {
	own := schedule.Options{Every: 6 * time.Hour}
	hour := schedule.Options{Default: time.Hour}
	validated := func(change func(*feed.PollState)) feed.PollState { return healthy(change) }
	for _, tt := range []struct {
		state feed.PollState
		o     schedule.Options
		want  string
	}{
		{feed.PollState{}, hour, "never read"},
		{validated(nil), schedule.Options{File: true}, "on this machine"},
		{validated(nil), hour, "default interval"},
		{validated(nil), own, "its own interval is 6h"},
		{validated(nil), schedule.Options{Default: time.Minute}, "every 15m (poll.floor)"},
		{validated(func(s *feed.PollState) { s.Validators = feed.Validators{} }), hour, "no ETag"},
		{validated(func(s *feed.PollState) { s.Hints.Fresh = 3 * time.Hour }), hour, "fresh for 3h"},
		{validated(func(s *feed.PollState) { s.Hints.TTL = 90 * time.Minute }), hour, "asks for 1h30m"},
		{validated(func(s *feed.PollState) { s.Hints.SkipHours = 3 }), hour, "hours or days to stay away"},
		{failing(1, 410, nil), hour, "gone for good"},
		{failing(3, 500, nil), hour, "failed 3 times"},
		{failing(1, 500, nil), hour, "default interval"},
		{failing(1, 503, func(s *feed.PollState) { s.Hints.RetryAfter = s.Tried.Add(time.Hour) }), hour, "Retry-After"},
		{failing(1, 403, func(s *feed.PollState) { s.Problem.Kind = "challenge" }), hour, "a person"},
	} {
		s := tt.state
		if !s.Tried.IsZero() {
			s = schedule.Next(noon(), s, tt.o)
		}
		if got := schedule.Why(s, tt.o); !strings.Contains(got, tt.want) {
			t.Errorf("status %d, %d failures: %q, want %q in it", s.Status, s.Failures, got, tt.want)
		}
	}
}
