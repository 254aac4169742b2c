//go:build unix

package control

import (
	"io/fs"
	"os"
	"syscall"
)

// ours reports whether a file belongs to the user who runs this program, or,
// for root, to anybody.
func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && (int(stat.Uid) == os.Geteuid() || os.Geteuid() == 0)
}
