package fetch_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"weir/aggregator/fetch"
	"weir/feed"
)

// unchanging is a server that answers every request alike and costs next to
// nothing itself, so that a benchmark shows the client.
func unchanging(b *testing.B, response string) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	var wait sync.WaitGroup
	b.Cleanup(func() { l.Close(); wait.Wait() })
	wait.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serveAlike(conn, []byte(response))
		}
	})
	return "http://" + l.Addr().String() + "/feed"
}

func serveAlike(conn net.Conn, response []byte) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return
		}
		if len(bytes.TrimSpace(line)) == 0 {
			if _, err := conn.Write(response); err != nil {
				return
			}
		}
	}
}

const notModified = "HTTP/1.1 304 Not Modified\r\nDate: Wed, 04 Mar 2026 12:00:00 GMT\r\n" +
	"Etag: \"abc\"\r\nCache-Control: max-age=600\r\n\r\n"

// concurrently runs one for every iteration, 32 at a time, and reports the
// processor time of the whole process for each.
func concurrently(b *testing.B, one func() error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ReportAllocs()
	b.ResetTimer()
	before := cpu()
	var wait sync.WaitGroup
	for range 32 {
		wait.Go(func() {
			for left.Add(-1) >= 0 {
				if err := one(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkUnchanged is the poll that happens most: a conditional request and
// a 304, against the same done with a plain client and with nothing at all.
func BenchmarkUnchanged(b *testing.B) {
	b.Run("weir", func(b *testing.B) {
		url := unchanging(b, notModified)
		c, err := fetch.New(fetch.Options{UserAgent: agent, AllowPrivate: []string{"127.0.0.1"}})
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		r := fetch.Request{URL: url, Validators: feed.Validators{URL: url, Final: url, ETag: `"abc"`}}
		concurrently(b, func() error {
			resp, err := c.Get(context.Background(), r)
			if err == nil && !resp.NotModified {
				err = io.ErrUnexpectedEOF
			}
			return err
		})
	})
	b.Run("plain", func(b *testing.B) {
		url := unchanging(b, notModified)
		c := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
		defer c.CloseIdleConnections()
		concurrently(b, func() error {
			req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
			if err != nil {
				return err
			}
			req.Header.Set("User-Agent", agent)
			req.Header.Set("Accept", "*/*")
			req.Header.Set("If-None-Match", `"abc"`)
			resp, err := c.Do(req)
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			return err
		})
	})
	b.Run("socket", func(b *testing.B) {
		address := unchanging(b, notModified)
		address = address[len("http://") : len(address)-len("/feed")]
		conns := make(chan net.Conn, 32)
		for range cap(conns) {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			conns <- conn
		}
		concurrently(b, func() error {
			conn := <-conns
			defer func() { conns <- conn }()
			if _, err := io.WriteString(conn, "GET /feed HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"abc\"\r\n\r\n"); err != nil {
				return err
			}
			_, err := io.ReadFull(conn, make([]byte, len(notModified)))
			return err
		})
	})
}

// BenchmarkDocument reads a document of 100 KiB in each coding.
func BenchmarkDocument(b *testing.B) {
	plain := make([]byte, 0, 100<<10)
	for i := 0; len(plain) < cap(plain)-100; i++ {
		plain = fmt.Appendf(plain, "<item><title>Story %d</title><guid>%x</guid></item>\n", i, i*i*7919)
	}
	for _, coding := range []string{"identity", "gzip", "br", "zstd"} {
		b.Run(coding, func(b *testing.B) {
			body := pack(b, coding, plain)
			url := unchanging(b, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", coding, len(body), body))
			c, err := fetch.New(fetch.Options{UserAgent: agent, AllowPrivate: []string{"127.0.0.1"}})
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			b.SetBytes(int64(len(plain)))
			concurrently(b, func() error {
				resp, err := c.Get(context.Background(), fetch.Request{URL: url})
				if err != nil {
					return err
				}
				if len(resp.Body) != len(plain) {
					return io.ErrUnexpectedEOF
				}
				resp.Release()
				return nil
			})
		})
	}
}
