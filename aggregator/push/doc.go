// Package push subscribes sources at hubs and hears what those announce: W3C
// WebSub, and rssCloud in the same way. It asks nobody itself.
//
// [Due] says when a hub is to be asked for a subscription, [Begin] what is
// remembered before that is done, [Form] what is posted, [Accepted] and
// [Refused] what follows from the answer. A [Book] holds the subscriptions of a
// running server and answers the hubs: its Before goes in front of what a
// server serves, its Save writes down what changed, its News are the sources to
// look at.
//
// What is promised: only what was asked for is verified (XI01), only what is
// signed with the secret of that very subscription is heard (XI03, XI04), and
// nothing that a hub sends moves anything but the moment at which a source is
// read, unless the operator trusts what is signed (XI06). The functions on
// subscriptions are pure.
package push
