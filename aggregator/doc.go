// Package aggregator turns sources into reports: it claims what is due from a
// [Store], reads it (fetch, parse, article), and commits what it found.
//
// Make a [Poller] with [New]. A command that runs once calls [Poller.Cycle]; a
// server calls [Poller.Run] and, when something should be looked at out of
// turn, [Poller.Ask]. Both tell what happened in a [Summary].
//
// What is promised: one source's failure, panic included, is its own; no
// source is polled twice in one cycle; every report is committed whole with
// the validators that belong to it (P9) or not at all; cancelling the context
// ends the cycle within moments and costs only work that will be redone.
//
// The sub-packages do not know each other: fetch is the only network client
// of the program, parse and schedule are pure, article reads local folders.
package aggregator
