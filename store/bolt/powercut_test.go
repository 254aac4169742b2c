package bolt_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"weir/feed"
	"weir/store"
	"weir/store/bolt"
)

// unsynced makes the child write without syncing: the control.
const unsynced = "WEIR_TEST_UNSYNCED"

// imageSize is the size of the disk that loses its power.
const imageSize = 96 << 20

// powerRig is a file system in a file. What a program has written to it and not
// synced is in the memory of that file system alone and not in the file: a copy
// of the file is what a disk has after a power cut. The file system is told to
// commit its journal by itself only every quarter of an hour.
type powerRig struct {
	t     *testing.T
	dir   string
	blank string
}

func newPowerRig(t *testing.T) *powerRig {
	r := &powerRig{t: t, dir: t.TempDir()}
	r.blank = filepath.Join(r.dir, "blank.img")
	must1(t, os.WriteFile(r.blank, nil, 0o600))
	must1(t, os.Truncate(r.blank, imageSize))
	r.run("mkfs.ext4", "-q", "-F", r.blank)
	return r
}

func (r *powerRig) run(name string, args ...string) {
	r.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		r.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// mounted runs something while an image is mounted.
func (r *powerRig) mounted(image string, do func(dir string)) {
	r.t.Helper()
	dir := image + ".mnt"
	must1(r.t, os.MkdirAll(dir, 0o700))
	r.run("mount", "-o", "loop,commit=1000", image, dir)
	defer r.run("umount", dir)
	do(dir)
}

// cut lets a child write for a while and cuts the power. It returns the image
// as the disk has it, and what was acknowledged until then, -1 for nothing.
func (r *powerRig) cut(name string, alive time.Duration, environ ...string) (image string, safe int) {
	r.t.Helper()
	live, dead := filepath.Join(r.dir, name+".img"), filepath.Join(r.dir, name+".cut.img")
	r.run("cp", "--sparse=always", r.blank, live)
	safe = -1
	r.mounted(live, func(dir string) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(append(os.Environ(), environ...), killChild+"=busy", killPath+"="+filepath.Join(dir, "all.db"), killFrom+"=0")
		out, err := cmd.StdoutPipe()
		must1(r.t, err)
		must1(r.t, cmd.Start())
		lines := bufio.NewReader(out)
		if first, err := lines.ReadString('\n'); err != nil || first != "ready\n" {
			r.t.Errorf("child said %q, %v", first, err)
		}
		said := make(chan string, 1)
		go func() {
			rest, _ := io.ReadAll(lines)
			said <- string(rest)
		}()
		time.Sleep(alive)
		must1(r.t, cmd.Process.Signal(syscall.SIGSTOP))
		var status syscall.WaitStatus
		_, err = syscall.Wait4(cmd.Process.Pid, &status, syscall.WUNTRACED, nil)
		must1(r.t, err)
		r.run("cp", "--sparse=always", live, dead)
		must1(r.t, cmd.Process.Kill())
		rest := <-said
		_ = cmd.Wait()
		for line := range strings.Lines(rest) {
			if text, ok := strings.CutPrefix(strings.TrimSpace(line), "safe "); ok {
				n, err := strconv.Atoi(text)
				must1(r.t, err)
				safe = n
			} else if strings.HasPrefix(line, "error") {
				r.t.Errorf("child: %s", line)
			}
		}
	})
	must1(r.t, os.Remove(live))
	return dead, safe
}

// after mounts what is left, and tells up to which story it has them all once.
func (r *powerRig) after(image string) (last int, err error) {
	r.t.Helper()
	r.mounted(image, func(dir string) {
		last, err = whatIsThere(filepath.Join(dir, "all.db"))
		if err != nil {
			return
		}
		if _, gone := os.Stat(filepath.Join(dir, "all.db.copy")); gone == nil {
			err = bolt.Verify(filepath.Join(dir, "all.db.copy"))
		}
	})
	must1(r.t, os.Remove(image))
	return last, err
}

// whatIsThere opens and checks a store, and returns up to which story of every
// source it has them all once, -1 for none.
func whatIsThere(path string) (int, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return -1, nil
	}
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return -1, err
	}
	defer s.Close()
	if err := errors.Join(s.Check(), s.Configure(killConfig())); err != nil {
		return -1, err
	}
	last := -1
	list, err := s.Sources()
	if err != nil {
		return -1, err
	}
	for i, st := range list {
		n := -1
		if tag := st.State.Poll.Validators.ETag; tag != "" {
			if n, err = strconv.Atoi(tag); err != nil {
				return -1, err
			}
		}
		if i > 0 && n != last {
			return -1, fmt.Errorf("source %s is at %d, others at %d", st.Source.ID, n, last)
		}
		last = n
	}
	if _, err := s.Settle(); err != nil {
		return -1, err
	}
	w, err := s.Window(feed.Query{Channel: feed.ChannelAll, Limit: 1 << 20})
	if errors.Is(err, store.ErrNotFound) && last < 0 {
		return -1, nil
	}
	if err != nil {
		return -1, err
	}
	seen := make(map[string]int)
	for _, e := range w.Entries {
		seen[e.Link]++
	}
	for _, src := range killConfig().Sources {
		for n := range last + 1 {
			if times := seen[story(src.ID, n).Link]; times != 1 {
				return -1, fmt.Errorf("story %d of %s is there %d times", n, src.ID, times)
			}
		}
	}
	return last, nil
}

// The power is cut at random moments: what was acknowledged is there, once,
// nothing is damaged, and a store or a backup that has its name is whole (XK01,
// XK02, XK04, XK17). Without syncing, which is the control, the same rig finds
// losses.
func TestPowerCuts(t *testing.T) {
	rounds, err := strconv.Atoi(os.Getenv("WEIR_POWERCUTS"))
	if err != nil || rounds < 1 {
		t.Skip("the power is cut where WEIR_POWERCUTS says how often, and mounting is allowed")
	}
	rig := newPowerRig(t)
	r := rand.New(rand.NewPCG(4, uint64(rounds)))
	alive := func() time.Duration { return time.Duration(5_000+r.IntN(400_000)) * time.Microsecond }
	commits := 0
	for round := range rounds {
		image, safe := rig.cut(fmt.Sprint(round), alive())
		last, err := rig.after(image)
		if err != nil || last < safe {
			t.Errorf("round %d: %d was acknowledged, %d is there: %v", round, safe, last, err)
		}
		commits += safe + 1
	}
	t.Logf("%d acknowledged commits, %d power cuts: 0 lost, 0 damaged", commits, rounds)
	controls, felt, damaged := max(3, rounds/5), 0, 0
	for round := range controls {
		image, safe := rig.cut(fmt.Sprintf("control-%d", round), alive(), unsynced+"=1")
		switch last, err := rig.after(image); {
		case err != nil:
			damaged++
		case last < safe:
			felt++
		}
	}
	t.Logf("control without syncing: of %d power cuts %d lost what was acknowledged, %d left damage", controls, felt, damaged)
	if felt+damaged == 0 {
		t.Error("without syncing nothing is lost: the power cuts are not felt")
	}
}
