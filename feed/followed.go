package feed

import (
	"fmt"
	"time"
)

// Listed is a feed that a reading list names.
type Listed struct {
	// URL is http or https, without user and password.
	URL string
	// Tags are the folders that it lies in, outermost first, and its categories.
	Tags []string
}

// ListState is what is remembered of a reading list that is followed.
type ListState struct {
	// Poll is when it was asked and will be. Its validators are those of the
	// document that Feeds come from.
	Poll PollState
	// Title is what the list calls itself.
	Title string
	// Feeds are those of the last list that was put to use, in its order.
	Feeds []Listed
	// Left says what of that list was not taken and why, a line each, and More
	// counts what was left out without a line.
	Left []string
	More int
	// Held is the change that is not put to use yet; Seen is 0 when there is none.
	Held ListHold
	// Confirmed says that the last change took more than half of the feeds
	// away and is meant: held for days, or confirmed by the operator.
	Confirmed bool
}

// ListHold is a change of a list that takes so much away that it is more often
// an accident than meant.
type ListHold struct {
	// Since is when it was first seen, Seen in how many answers.
	Since time.Time
	Seen  int
	// Gone counts the feeds that it takes away, Feeds those that it has.
	Gone, Feeds int
}

// Why says what waits, and the way out.
func (h ListHold) Why() string {
	return fmt.Sprintf("it suddenly lacks %d feeds and names %d, and is put to use if it stays so for three days, or at weir poll --yes", h.Gone, h.Feeds)
}

// ListStatus is what an operator may know of a list that is followed.
type ListStatus struct {
	ID string
	// Named counts the feeds of the list that is in use; State is without them.
	Named int
	State ListState
}
