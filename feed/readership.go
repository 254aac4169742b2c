package feed

import "time"

// Readership is how many people a channel has through services that read for
// many and say for how many.
type Readership struct {
	// Channel is the id of the channel, Subscribers the sum over Services.
	Channel     string    `json:"channel"`
	Subscribers int       `json:"subscribers"`
	Services    []Service `json:"services"`
}

// Service reads a channel for others.
type Service struct {
	// Name is the one by which it calls itself.
	Name        string `json:"name"`
	Subscribers int    `json:"subscribers"`
	// Seen is when it last said so.
	Seen time.Time `json:"seen"`
}
