//go:build ignore

// Command slow measures how long a running weir takes to answer while slow
// clients hold it, each of which reads a byte a second:
//
//	go run bench/slow.go [-clients 1000] [-for 15s] http://127.0.0.1:8080/rss.xml
//
// It prints the percentiles without them and with them, beside what is wanted:
// p99 under 100 ms.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"
)

func main() {
	clients := flag.Int("clients", 1000, "how many slow ones")
	during := flag.Duration("for", 15*time.Second, "how long to ask")
	flag.Parse()
	u, err := url.Parse(flag.Arg(0))
	if err != nil || u.Host == "" {
		log.Fatal("want the address of a feed")
	}
	fmt.Println("alone:", ask(u.String(), *during/3))
	var held atomic.Int64
	for range *clients {
		go crawl(u, &held)
	}
	for held.Load() < int64(*clients) {
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Printf("beside %d slow clients: %s\n", held.Load(), ask(u.String(), *during))
	fmt.Printf("%d of them are connected still\nwanted: p99 under 100 ms\n", held.Load())
}

// crawl reads a feed a byte a second, again and again.
func crawl(u *url.URL, held *atomic.Int64) {
	for {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			log.Fatal(err)
		}
		_ = conn.(*net.TCPConn).SetReadBuffer(1 << 10)
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", u.RequestURI(), u.Host)
		held.Add(1)
		one := make([]byte, 1)
		for err == nil {
			_, err = conn.Read(one)
			time.Sleep(time.Second)
		}
		held.Add(-1)
		conn.Close()
	}
}

// ask fetches without pause, by a new connection each tenth time, and returns
// percentiles.
func ask(address string, during time.Duration) string {
	var took []time.Duration
	client := &http.Client{Transport: &http.Transport{}}
	for end := time.Now().Add(during); time.Now().Before(end); {
		began := time.Now()
		resp, err := client.Get(address)
		if err != nil {
			log.Fatal(err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			log.Fatal(resp.Status, err)
		}
		took = append(took, time.Since(began))
		if len(took)%10 == 0 {
			client.CloseIdleConnections()
		}
		time.Sleep(time.Millisecond)
	}
	slices.Sort(took)
	at := func(percent int) time.Duration { return took[(len(took)-1)*percent/100].Round(time.Microsecond) }
	return fmt.Sprintf("%d requests, p50 %v, p99 %v, slowest %v", len(took), at(50), at(99), at(100))
}
