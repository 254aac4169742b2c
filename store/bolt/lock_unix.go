//go:build unix && !aix && !solaris

package bolt

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// lockStore takes the lock that bbolt takes on a store's file, without opening
// the store: it may be damaged. Where there is no file there is nothing to
// lock. It waits for lockTimeout and then tells who has it.
func lockStore(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	for began := time.Now(); ; time.Sleep(lockTimeout / 20) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return func() { _ = f.Close() }, nil
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return nil, errors.Join(err, f.Close())
		case time.Since(began) > lockTimeout:
			return nil, errors.Join(heldError(path), f.Close())
		}
	}
}

// unlockFile gives up the lock on a file that bbolt left mapped when it
// panicked: closing it would not, as long as the mapping is there.
func unlockFile(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }

// keepLock returns the open file once more: the lock that it has stays taken
// until both are closed.
func keepLock(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("dup", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}
