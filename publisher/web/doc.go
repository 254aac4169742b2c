// Package web is what stands between a listener and the handler of everything
// public.
//
// Call [New] with the handler, [Server.Serve] with a listener, and [Server.Stop]
// at the end:
//
//	s := web.New(handler, handler.Holds, log)
//	go s.Serve(listener)
//	…
//	s.Stop(ctx)
//
// What is promised: connections are bounded, altogether and of one address, and
// whoever finds no room is told when to come back; reading, answering and silence
// have their time; a handler that panics costs its own request; every answer
// carries what disarms it in a browser, also net/http's own word on what it did
// not understand; head and body of an answer are written at once. Requests are
// net/http's to understand. Those of which nothing can be understood in two ways
// are answered at once where a connection was used before, which takes a third
// less time, and with the same bytes.
package web
