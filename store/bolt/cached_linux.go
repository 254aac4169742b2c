package bolt

import (
	"os"

	"golang.org/x/sys/unix"
)

// forgetCached makes the kernel drop what it remembers of a file that is not
// mapped and has nothing left to be written, so that reading asks the disk.
func forgetCached(f *os.File) {
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}
