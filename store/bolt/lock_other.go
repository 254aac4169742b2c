//go:build !unix || aix || solaris

package bolt

import "os"

// lockStore does nothing: what else there is to run on does not let an open
// file be replaced.
func lockStore(string) (unlock func(), err error) { return func() {}, nil }

func unlockFile(*os.File) {}

// keepLock cannot keep the lock: the file is closed and opened again.
func keepLock(*os.File) (*os.File, error) { return nil, nil }
