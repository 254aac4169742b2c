package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"weir/feed"
)

// shownServices is how many services of a channel the table names.
const shownServices = 5

// writeReadership writes for how many people services read each channel.
func writeReadership(w io.Writer, list []feed.Readership, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := "\nCHANNEL\tSUBSCRIBERS\tTHROUGH\tLAST ASKED\n"
	for _, r := range list {
		for i, s := range r.Services {
			if i == shownServices {
				fmt.Fprintf(t, "%s\t\tand %d more\t\n", r.Channel, len(r.Services)-i)
				break
			}
			fmt.Fprintf(t, "%s%s\t%d\t%s\t%s\n", head, r.Channel, s.Subscribers, printable(s.Name), ago(s.Seen, now))
			head = ""
		}
	}
	return t.Flush()
}

// publicReadership is what everybody may know: sums, not who reads for whom.
func publicReadership(list []feed.Readership) map[string]int {
	sums := make(map[string]int, len(list))
	for _, r := range list {
		sums[r.Channel] = r.Subscribers
	}
	return sums
}

// channelIDs are those that are published.
func (p *plant) channelIDs() (ids []string) {
	for _, ch := range p.config.Channels {
		ids = append(ids, ch.ID)
	}
	return ids
}
