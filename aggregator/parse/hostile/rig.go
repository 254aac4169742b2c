package hostile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What a document may cost whoever reads it.
const (
	MaxCPU    = 250 * time.Millisecond
	MaxMemory = 64 << 20
)

// Task is what a child does with one case.
type Task struct {
	// Run is measured.
	Run func() (items int, err error)
	// Held is the memory that the task holds before it runs and that counts as
	// the document's: its body.
	Held int
	// Check, when set, judges the outcome; it is not measured.
	Check func() error
}

// Verdict is what a child said of one case, or what its parent had to say
// because the child could not.
type Verdict struct {
	Name string
	// CPU is what all threads used, in user and system mode: what the rest of
	// the machine does is not in it.
	CPU time.Duration
	// Memory is by how much the resident set grew at its highest (VmHWM),
	// the body included. The heap's own figures would leave out stacks and
	// what the collector had not returned yet, of which processes die too.
	Memory int64
	Items  int
	// Err is the error that reading gave, Check what was wrong with the
	// outcome, each empty if nothing.
	Err, Check string
	// Died says how the child ended while it worked on this case.
	Died string
	// Pages is how many pages of memory were touched for the first time.
	Pages int64
	// Pace and Toll are what [Pace] and [Toll] said of the machine; a pace of 0
	// counts as 1.
	Pace float64
	Toll time.Duration
}

// Exceeds says which limit was exceeded, or nothing.
func (v *Verdict) Exceeds() string {
	switch {
	case v.Died != "":
		return "died: " + v.Died
	case v.CPU > time.Duration(float64(MaxCPU)*max(1, v.Pace))+time.Duration(v.Pages)*v.Toll:
		return fmt.Sprintf("%v of CPU", v.CPU.Round(time.Millisecond))
	case v.Memory > MaxMemory:
		return fmt.Sprintf("%d MB of memory", v.Memory>>20)
	}
	return ""
}

// Bounds are where a child is ended whatever it does.
type Bounds struct {
	// CPU is for the whole child, Silence is how long it may say nothing.
	CPU, Silence time.Duration
	// Space bounds its address space in bytes; 0 means no bound.
	Space uint64
}

// variable tells the test binary that it is a child.
const variable = "WEIR_HOSTILE_CHILD"

// mark begins the lines that a child says to its parent.
const mark = "hostile: "

// Measure has children work on the named cases. Every child runs the named
// test, which must call [Serve]. A child that dies is followed by another one
// for the cases that remain.
func Measure(t *testing.T, test string, names []string, b Bounds) map[string]Verdict {
	t.Helper()
	if _, err := highWater(); err != nil {
		t.Skipf("memory is measured by /proc/self/status: %v", err)
	}
	all := map[string]Verdict{}
	pace, toll := Pace(), Toll()
	for len(names) > 0 {
		done := child(t, test, names, b)
		for _, v := range done {
			v.Pace, v.Toll = pace, toll
			all[v.Name] = v
		}
		names = names[len(done):]
	}
	return all
}

// child runs one child and returns a verdict for every case that it began, at
// least one.
func child(t *testing.T, test string, names []string, b Bounds) []Verdict {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$", "-test.count=1", "-test.timeout=30m")
	cmd.Env = append(os.Environ(), variable+"="+strconv.FormatUint(b.Space, 10)+","+strconv.Itoa(int(b.CPU.Seconds())))
	cmd.Stdin = strings.NewReader(strings.Join(names, "\n"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(b.Silence, func() { _ = cmd.Process.Kill() })
	var done []Verdict
	open := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		watchdog.Reset(b.Silence)
		said, ok := strings.CutPrefix(lines.Text(), mark)
		if !ok {
			continue
		}
		var v Verdict
		if err := json.Unmarshal([]byte(said), &v); err != nil {
			t.Fatalf("a child says %q: %v", said, err)
		}
		if open {
			done[len(done)-1] = v
		} else {
			done = append(done, v)
		}
		open = !open
	}
	_, _ = io.Copy(io.Discard, out)
	err = cmd.Wait()
	silent := !watchdog.Stop()
	switch {
	case open && b.CPU > 0 && cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime() >= b.CPU:
		done[len(done)-1].Died = fmt.Sprintf("it used all of its %v of CPU", b.CPU)
	case open:
		done[len(done)-1].Died = death(stderr.String(), err, silent)
	case len(done) == 0 || len(done) < len(names) && err == nil:
		t.Fatalf("a child did %d of %d cases: %v\n%s", len(done), len(names), err, stderr.String())
	}
	return done
}

// death says how a child ended.
func death(stderr string, err error, silent bool) string {
	for _, sign := range []string{"stack exceeds", "out of memory", "cannot allocate", "panic: "} {
		if i := strings.Index(stderr, sign); i >= 0 {
			line, _, _ := strings.Cut(stderr[i:], "\n")
			return line
		}
	}
	if silent {
		return "no answer"
	}
	return fmt.Sprint(err)
}

// Serve does a child's work; in a parent it does nothing and reports false.
func Serve(t *testing.T, prepare func(name string) (Task, error)) bool {
	t.Helper()
	bounds, ok := os.LookupEnv(variable)
	if !ok {
		return false
	}
	space, cpu, _ := strings.Cut(bounds, ",")
	if err := confine(syscall.RLIMIT_AS, space, 0); err != nil {
		t.Fatal(err)
	}
	for names := bufio.NewScanner(os.Stdin); names.Scan(); {
		v := Verdict{Name: names.Text()}
		task, err := prepare(v.Name)
		if err != nil {
			t.Fatal(err)
		}
		// What preparing took, which is no business of the reader, comes on top.
		if err := confine(syscall.RLIMIT_CPU, cpu, uint64(math.Ceil(used().Seconds()))); err != nil {
			t.Fatal(err)
		}
		say(t, &v)
		if err := v.measure(&task); err != nil {
			t.Fatal(err)
		}
		if task.Check != nil && v.Err == "" {
			if err := task.Check(); err != nil {
				v.Check = err.Error()
			}
		}
		say(t, &v)
	}
	return true
}

func say(t *testing.T, v *Verdict) {
	line, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%s%s\n", mark, line)
}

// measure runs a task. What preparing it left behind is given back first, and
// the high-water mark set anew.
func (v *Verdict) measure(task *Task) error {
	runtime.GC()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return fmt.Errorf("reset the high-water mark: %w", err)
	}
	before, err := highWater()
	if err != nil {
		return err
	}
	began, had := used(), touched()
	v.Items, err = task.Run()
	v.CPU, v.Pages = used()-began, touched()-had
	if err != nil {
		v.Err = err.Error()
	}
	after, err := highWater()
	v.Memory = after - before + int64(task.Held)
	return err
}

// highWater returns the largest resident set so far, in bytes.
func highWater() (int64, error) {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, ok := bytes.Cut(raw, []byte("VmHWM:"))
	if !ok {
		return 0, errors.New("it has no VmHWM")
	}
	fields := bytes.Fields(rest)
	kb, err := strconv.ParseInt(string(fields[0]), 10, 64)
	return kb << 10, err
}

// used returns the processor time of this process.
func used() time.Duration {
	u := usage()
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// touched returns how many pages of memory this process was given so far.
func touched() int64 {
	u := usage()
	return int64(u.Minflt)
}

func usage() (u syscall.Rusage) {
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // It cannot fail for oneself.
	return u
}

// confine sets a limit that the parent asked for, unless it is 0.
func confine(resource int, bound string, more uint64) error {
	n, err := strconv.ParseUint(bound, 10, 64)
	if err != nil {
		return fmt.Errorf("bound %q: %w", bound, err)
	}
	if n == 0 {
		return nil
	}
	n += more
	if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: n, Max: n + 1}); err != nil {
		return fmt.Errorf("confine the child: %w", err)
	}
	return nil
}
