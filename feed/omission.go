package feed

// Omission is an entry that no document could hold, and why.
type Omission struct {
	// Entry is its slug, Source whose it is.
	Entry  string `json:"entry"`
	Source string `json:"source"`
	Reason string `json:"reason"`
}
