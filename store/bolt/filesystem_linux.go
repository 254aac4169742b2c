package bolt

import "golang.org/x/sys/unix"

// fileSystem names the file system of a path where it is one that a store
// should not lie on, else it is empty (XK25).
func fileSystem(path string) string {
	var st unix.Statfs_t
	if unix.Statfs(path, &st) != nil {
		return ""
	}
	return shaky(uint32(st.Type))
}

// shaky names the file systems on which a lock or a sync may not mean what it
// says, or a mapped file differ from one that is read, by their numbers
// (statfs(2)).
func shaky(magic uint32) string {
	switch int64(magic) {
	case unix.NFS_SUPER_MAGIC:
		return "NFS"
	case unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC:
		return "SMB"
	case unix.V9FS_MAGIC:
		return "9p"
	case unix.FUSE_SUPER_MAGIC:
		return "FUSE"
	case unix.CEPH_SUPER_MAGIC:
		return "Ceph"
	case unix.AFS_SUPER_MAGIC:
		return "AFS"
	}
	return ""
}
