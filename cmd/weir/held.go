package main

import (
	"fmt"
	"time"

	"weir/aggregator"
	"weir/feed"
)

// held tells the operator what is held of a source, why, and the way out.
func held(h aggregator.Holding) string {
	return fmt.Sprintf("%s: %s: %s; \"weir release %s\" lets them in", h.Source, waiting(h.Hold), h.Hold.Why, h.Source)
}

// waiting says how many entries wait, and until when.
func waiting(h feed.Hold) string {
	are := "new entries are"
	if h.Entries == 1 {
		are = "new entry is"
	}
	if h.Until.IsZero() {
		return fmt.Sprintf("%d %s held until they are released", h.Entries, are)
	}
	return fmt.Sprintf("%d %s held until %s", h.Entries, are, h.Until.UTC().Format(time.RFC3339))
}
