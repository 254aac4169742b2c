package fetch_test

import (
	"context"
	"net"
	"os"
	"testing"
)

// TestMain has package net read its configuration of name servers first: when
// a test in a synctest bubble is the first to look a name up, the lock that
// guards it belongs to that bubble, and every later look-up dies of it.
func TestMain(m *testing.M) {
	_, _ = (&net.Resolver{PreferGo: true}).LookupIPAddr(context.Background(), "localhost")
	os.Exit(m.Run())
}
