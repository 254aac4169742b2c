//go:build !linux

package bolt

import "os"

// forgetCached does nothing where the kernel cannot be asked to.
func forgetCached(*os.File) {}
