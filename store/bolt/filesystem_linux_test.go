package bolt

import "testing"

// File systems over a network or through another program are named; the disk
// of this machine is not (XK25).
func TestFileSystems(t *testing.T) {
	for magic, want := range map[uint32]string{
		0x6969: "NFS", 0x517b: "SMB", 0xfe534d42: "SMB", 0xff534d42: "SMB", 0x01021997: "9p", 0x65735546: "FUSE",
		0xef53: "", 0x01021994: "", 0x58465342: "", 0x9123683e: "", 0x794c7630: "",
	} {
		if got := shaky(magic); got != want {
			t.Errorf("%#x is %q; want %q", magic, got, want)
		}
	}
	if got := fileSystem(t.TempDir()); got != "" {
		t.Logf("tests run on %s", got)
	}
}
