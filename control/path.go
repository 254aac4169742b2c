package control

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// maxPath is what every system takes for the address of a socket: sun_path has
// 104 bytes on the BSDs and macOS, with the NUL at its end.
const maxPath = 103

// SocketPath returns where the server of a store listens: next to the store's
// file, or, where that path is too long for a socket, under a hashed name in a
// folder of the user's own below the system's temporary folder. It creates
// nothing.
func SocketPath(store string) (string, error) {
	absolute, err := filepath.Abs(store)
	if err != nil {
		return "", fmt.Errorf("find the store's folder: %w", err)
	}
	if real, err := filepath.EvalSymlinks(filepath.Dir(absolute)); err == nil {
		absolute = filepath.Join(real, filepath.Base(absolute))
	}
	path := absolute + ".sock"
	if fits(path) {
		return path, nil
	}
	sum := sha256.Sum256([]byte(absolute))
	path = filepath.Join(privateDir(), hex.EncodeToString(sum[:8])+".sock")
	if !fits(path) {
		return "", fmt.Errorf("path of the control socket is too long: %s", path)
	}
	return path, nil
}

// fits reports whether both the path and the name under which the socket is
// made first are short enough.
func fits(path string) bool {
	return len(path) <= maxPath && len(filepath.Dir(path))+len("/.weir-0123456789/s") <= maxPath
}

// privateDir is where sockets go whose place beside the store is too long.
func privateDir() string {
	return filepath.Join(os.TempDir(), "weir-"+strconv.Itoa(os.Getuid()))
}

// makePrivate creates the private folder if path lies in it. Anybody can make
// a folder of that name first, so it must be ours and closed to others.
func makePrivate(path string) error {
	dir := filepath.Dir(path)
	if dir != privateDir() {
		return nil
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make folder of control sockets: %w", err)
	}
	return checkPrivate(path)
}

// checkPrivate reports whether a path in the private folder can be trusted.
func checkPrivate(path string) error {
	dir := filepath.Dir(path)
	if dir != privateDir() {
		return nil
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at folder of control sockets: %w", err)
	}
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !ours(info) {
		return fmt.Errorf("folder of control sockets %s: %w", dir, ErrNotSocket)
	}
	return nil
}

// look returns what stands at path: nil where nothing does, an error where
// anything but a socket of this user does.
func look(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("look at control socket: %w", err)
	case info.Mode().Type() != fs.ModeSocket || !ours(info):
		return nil, fmt.Errorf("control socket %s: %w", path, ErrNotSocket)
	}
	return info, nil
}
