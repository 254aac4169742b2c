//go:build !linux

package bolt

// fileSystem is not known here.
func fileSystem(string) string { return "" }
