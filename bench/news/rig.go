package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"weir/control"
)

// rig is a store, a server of it, and who asks that.
type rig struct {
	entries, sources, channels int
	output                     bool
	dir, weir                  string
	origin                     *origin
	client                     *http.Client
	server                     *os.Process
}

func (r *rig) config() string {
	var b strings.Builder
	fmt.Fprintf(&b, "site: {title: Bench, since: \"2026-11-24\"}\nstore: weir.db\nlisten: %s\n", weirAddr)
	if r.output {
		b.WriteString("output: public\n")
	}
	b.WriteString("poll: {every: 24h, floor: 0s, concurrency: 32, per_host: {concurrency: 32, delay: 0s}, allow_private: [127.0.0.1]}\n")
	fmt.Fprintf(&b, "keep: {entries: %d, days: 36500}\nflood: {burst: 10000}\nchannels:\n", 2*r.entries)
	for i := range r.channels {
		fmt.Fprintf(&b, "  - {id: c%d, where: '\"t%d\" in tags'}\n", i, i)
	}
	b.WriteString("feeds:\n")
	for i := range r.sources {
		fmt.Fprintf(&b, "  - {id: s%d, url: 'http://%s/s/%d', site: 'https://s%d.example/'}\n", i, originAddr, i, i)
	}
	return b.String()
}

// fill has weir make the store, unless an earlier run did.
func (r *rig) fill() {
	check(os.WriteFile(filepath.Join(r.dir, "config.yaml"), []byte(r.config()), 0o600))
	done := filepath.Join(r.dir, "filled")
	if _, err := os.Stat(done); err == nil {
		return
	}
	began := time.Now()
	c := exec.Command(r.weir, "poll", "--all", "--config", filepath.Join(r.dir, "config.yaml"))
	c.Stderr = os.Stderr
	check(c.Run())
	s := c.ProcessState
	fmt.Printf("filled in %.0f s, %.0f s of CPU\n", time.Since(began).Seconds(), (s.UserTime() + s.SystemTime()).Seconds())
	check(os.WriteFile(done, nil, 0o600))
}

func (r *rig) serve(logfile string) func() {
	c := exec.Command(r.weir, "serve", "--config", filepath.Join(r.dir, "config.yaml"))
	if logfile != "" {
		f, err := os.Create(logfile)
		check(err)
		c.Stdout, c.Stderr = f, f
	}
	check(c.Start())
	r.server = c.Process
	return func() {
		check(c.Process.Signal(syscall.SIGTERM))
		_ = c.Wait() // It ends by the signal.
	}
}

// await waits until everything is served compressed.
func (r *rig) await() {
	began := time.Now()
	for time.Since(began) < 20*time.Minute {
		time.Sleep(time.Second)
		if r.packed("") {
			return
		}
	}
	log.Fatal("nothing is served")
}

// sample is what one story took: to be served as it is, and compressed.
type sample struct{ plain, packed time.Duration }

func (r *rig) run(news int, pause time.Duration, burst bool) {
	ctx := context.Background()
	path, err := control.SocketPath(filepath.Join(r.dir, "weir.db"))
	check(err)
	c, err := control.Dial(ctx, path)
	check(err)
	before, began := r.cpu(), time.Now()
	var took []sample
	dice := rand.New(rand.NewPCG(uint64(began.UnixNano()), 1))
	if !burst {
		for i := range news {
			took = append(took, r.one(ctx, c, i%r.sources))
			time.Sleep(pause)
		}
	} else {
		var all sync.WaitGroup
		var mu sync.Mutex
		for i := range news {
			all.Go(func() {
				s := r.one(ctx, c, i%r.sources)
				mu.Lock()
				defer mu.Unlock()
				took = append(took, s)
			})
			time.Sleep(time.Duration(dice.ExpFloat64() * float64(pause)))
		}
		all.Wait()
	}
	spent := (r.cpu() - before) / time.Duration(news)
	tell := func(what string, wanted time.Duration, pick func(sample) time.Duration) {
		list := make([]time.Duration, len(took))
		for i, s := range took {
			list[i] = pick(s)
		}
		slices.Sort(list)
		at := func(percent int) time.Duration { // by nearest rank
			return list[(len(list)*percent+99)/100-1].Round(time.Millisecond)
		}
		verdict := "met"
		if at(99) > wanted {
			verdict = "MISSED"
		}
		fmt.Printf("%-11s p50 %v, p90 %v, p99 %v, slowest %v; wanted p99 under %v: %s\n", what, at(50), at(90), at(99), list[len(list)-1].Round(time.Millisecond), wanted, verdict)
	}
	tell("as it is", 250*time.Millisecond, func(s sample) time.Duration { return s.plain })
	tell("all codings", 2*time.Second, func(s sample) time.Duration { return s.packed })
	fmt.Printf("CPU of the server per story: %v\n", spent.Round(time.Millisecond))
}

// one adds a story to a source, has that polled, and waits for it.
func (r *rig) one(ctx context.Context, c *control.Client, source int) sample {
	last := r.addresses()[len(r.addresses())-1]
	before := r.tag(last)
	mark, sent := r.origin.add(source)
	polled := make(chan error, 1)
	go func() {
		_, err := c.Poll(ctx, control.PollRequest{All: true, Sources: []string{"s" + strconv.Itoa(source)}})
		polled <- err
	}()
	began := <-sent
	// Asking costs little, because both share the processors.
	for r.tag(last) == before || !bytes.Contains(r.get(last, "identity"), []byte(mark)) {
		if time.Since(began) > patience {
			log.Fatalf("story %s does not appear", mark)
		}
		time.Sleep(2 * time.Millisecond)
	}
	s := sample{plain: time.Since(began)}
	for _, address := range r.addresses() { // It is one snapshot, so all have it.
		if !bytes.Contains(r.get(address, "identity"), []byte(mark)) {
			log.Fatalf("%s lacks story %s", address, mark)
		}
	}
	for !r.packed(mark) {
		if time.Since(began) > patience {
			log.Fatalf("story %s is not compressed", mark)
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.packed = time.Since(began)
	check(<-polled)
	return s
}

func (r *rig) addresses() (list []string) {
	for i := range r.channels + 1 {
		dir := ""
		if i < r.channels {
			dir = fmt.Sprintf("c%d/", i)
		}
		for _, f := range formats {
			list = append(list, "http://"+weirAddr+"/"+dir+f)
		}
	}
	return list
}

// packed reports whether every document is there in every coding; by HEAD at
// first, and once all are, by what they hold.
func (r *rig) packed(mark string) bool {
	list := r.addresses()
	for _, coding := range []string{"gzip", "br", "zstd"} {
		for _, address := range list {
			resp := r.ask(http.MethodHead, address, coding)
			if resp == nil || resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Encoding") != coding {
				return false
			}
		}
	}
	for _, coding := range []string{"gzip", "br", "zstd"} {
		if !bytes.Contains(r.get(list[len(list)-1], coding), []byte(mark)) {
			return false
		}
	}
	return true
}

func (r *rig) ask(method, address, coding string) *http.Response {
	q, err := http.NewRequest(method, address, nil)
	check(err)
	q.Header.Set("Accept-Encoding", coding)
	resp, err := r.client.Do(q)
	if err != nil {
		return nil
	}
	if method == http.MethodHead {
		resp.Body.Close()
	}
	return resp
}

// tag is the entity tag of a document as it is.
func (r *rig) tag(address string) string {
	if resp := r.ask(http.MethodHead, address, "identity"); resp != nil {
		return resp.Header.Get("ETag")
	}
	return ""
}

// get fetches a document and unpacks it.
func (r *rig) get(address, coding string) []byte {
	resp := r.ask(http.MethodGet, address, coding)
	if resp == nil {
		return nil
	}
	defer resp.Body.Close()
	var body io.Reader = resp.Body
	switch resp.Header.Get("Content-Encoding") {
	case "gzip":
		z, err := gzip.NewReader(body)
		check(err)
		body = z
	case "br":
		body = brotli.NewReader(body)
	case "zstd":
		z, err := zstd.NewReader(body)
		check(err)
		defer z.Close()
		body = z
	}
	b, err := io.ReadAll(body)
	check(err)
	return b
}

// cpu is what the server spent so far.
func (r *rig) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.server.Pid))
	check(err)
	f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	ticks := 0
	for _, i := range []int{11, 12} { // user and system time, in hundredths
		n, err := strconv.Atoi(f[i])
		check(err)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
