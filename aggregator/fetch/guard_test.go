package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"weir/aggregator/fetch"
)

// XA01 to XA11: one address of each kind that is not public, and those next to
// them that are.
func TestPublic(t *testing.T) {
	refused := []string{
		"127.0.0.1", "127.255.255.254", // XA01
		"0.0.0.0", "0.1.2.3", // XA02
		"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", // XA03
		"169.254.169.254", "169.254.170.2", "169.254.0.1", // XA04
		"100.64.0.1", "100.100.100.200", "100.127.255.255", // XA05
		"192.0.0.1", "192.0.0.192", "168.63.129.16", // XA06
		"192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "198.19.255.255", // XA07
		"240.0.0.1", "255.255.255.255", "224.0.0.1", "239.255.255.255",
		"192.88.99.1", "192.31.196.1", "192.175.48.1",
		"::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fd20:ce::254", // XA08
		"fec0::1", "ff02::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1", // XA09
		"64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::1", // XA10
		"2002:7f00:1::1", "2001::1", "2001:10::1", "2001:20::1", "2001:db8::1", // XA11
		"3fff::1", "100::1", "5f00::1", "4000::1",
	}
	if len(refused) < 51 {
		t.Errorf("only %d addresses that are not public", len(refused))
	}
	passed := 0
	for _, a := range refused {
		if fetch.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s passes for public", a)
			passed++
		}
	}
	t.Logf("%d of %d addresses refused", len(refused)-passed, len(refused))
	for _, a := range []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255",
		"128.0.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1", "223.255.255.255",
		"2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "::8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::808:808",
	} {
		if !fetch.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s passes for not public", a)
		}
	}
}

// loopback are ways to write 127.0.0.1 and its like.
func loopback() []string {
	return []string{
		"127.0.0.1", "127.1", "127.0.1", "0x7f000001", "0x7f.1", "0X7F.0.0.1", "0x7f.0x0.0x0.0x1", "2130706433",
		"017700000001", "0177.0.0.1", "0177.1", "127.0.0.01", "127.000.000.001", "①②⑦.⓪.⓪.①", "127。0。0。1",
		"127．0．0．1", "１２７.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "0", "0.0.0.0",
		"[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "[::127.0.0.1]",
		"blog.example@127.0.0.1", "blog.example:80@localhost", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "xn--localhost-",
	}
}

// XA12, XA25: however loopback is written, nothing arrives there, on a port
// that is otherwise fine; the control shows that most of it would.
func TestSpellings(t *testing.T) {
	var reached atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := fetch.New(fetch.Options{UserAgent: agent, Resolver: zone(t, nil).resolver()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n := len(loopback()); n < 30 {
		t.Errorf("only %d spellings", n)
	}
	for _, host := range loopback() {
		resp, err := c.Get(t.Context(), fetch.Request{URL: "http://" + host + ":" + port + "/"})
		var e *fetch.Error
		if !errors.As(err, &e) || e.Problem.Kind != "refused" && e.Problem.Kind != "dns" {
			t.Errorf("%s: %+v, %v", host, resp, err)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
	t.Logf("%d of %d spellings refused", len(loopback())-int(reached.Load()), len(loopback()))
	d := net.Dialer{Resolver: zone(t, nil).resolver(), Timeout: 100 * time.Millisecond}
	plain := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: d.DialContext}}
	for _, host := range loopback() {
		if resp, err := plain.Get("http://" + host + ":" + port + "/"); err == nil {
			resp.Body.Close()
		}
	}
	if n := reached.Load(); n < 5 {
		t.Errorf("a plain client arrived only %d times: the test shows nothing", n)
	}
}

// names answers for names with addresses, the next list of them with each
// lookup.
type names struct {
	lists map[string][][]string
	mu    sync.Mutex
	asked map[string]int
}

func zone(t *testing.T, lists map[string][][]string) *names {
	t.Helper()
	return &names{lists: lists, asked: map[string]int{}}
}

// resolver is the system's own resolver code over this zone.
func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go n.serve(far)
		return near, nil
	}}
}

func (n *names) serve(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 4096)
	size := make([]byte, 2)
	for {
		if _, err := readFull(conn, size); err != nil {
			return
		}
		q := buf[:int(size[0])<<8|int(size[1])]
		if _, err := readFull(conn, q); err != nil {
			return
		}
		var m dnsmessage.Message
		if err := m.Unpack(q); err != nil {
			return
		}
		out, err := n.answer(m).Pack()
		if err != nil {
			return
		}
		if _, err := conn.Write(append([]byte{byte(len(out) >> 8), byte(len(out))}, out...)); err != nil {
			return
		}
	}
}

func readFull(conn net.Conn, p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := conn.Read(p[done:])
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

func (n *names) answer(m dnsmessage.Message) *dnsmessage.Message {
	n.mu.Lock()
	defer n.mu.Unlock()
	q := m.Questions[0]
	out := &dnsmessage.Message{
		Header:    dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true},
		Questions: m.Questions,
	}
	lists := n.lists[strings.TrimSuffix(q.Name.String(), ".")]
	if lists == nil {
		out.RCode = dnsmessage.RCodeNameError
		return out
	}
	for _, a := range lists[min(n.asked[q.Name.String()+q.Type.String()], len(lists)-1)] {
		ip := netip.MustParseAddr(a)
		header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 0}
		switch {
		case ip.Is4() && q.Type == dnsmessage.TypeA:
			out.Answers = append(out.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: ip.As4()}})
		case ip.Is6() && q.Type == dnsmessage.TypeAAAA:
			out.Answers = append(out.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}})
		}
	}
	n.asked[q.Name.String()+q.Type.String()]++
	return out
}

// P74, XA13, XA14, XA15: a public name that stands for this machine, at once, the
// second time, or beside a public address, does not lead here.
func TestNamesThatLeadInside(t *testing.T) {
	var reached atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reached.Add(1)
		fmt.Fprint(w, atom)
	}))
	defer server.Close()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(host string, o fetch.Options, lists ...[]string) error {
		o.UserAgent, o.Resolver = agent, zone(t, map[string][][]string{host: lists}).resolver()
		c, err := fetch.New(o)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for range lists {
			_, err = c.Get(t.Context(), fetch.Request{URL: "http://" + host + ":" + u.Port() + "/"})
			c.Close()
		}
		return err
	}
	for name, lists := range map[string][][]string{
		"straight": {{"127.0.0.1"}},
		"mapped":   {{"::ffff:127.0.0.1"}},
		"several":  {{"127.0.0.1", "127.0.0.2", "::1"}},
	} {
		err := ask("inside.example", fetch.Options{}, lists...)
		var e *fetch.Error
		if !errors.As(err, &e) || e.Problem.Kind != "refused" || !strings.Contains(e.Problem.Text, "poll.allow_private") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests arrived", n)
	}

	// The control: the same names arrive where they are allowed.
	if err := ask("inside.example", fetch.Options{AllowPrivate: []string{"Inside.Example"}}, []string{"127.0.0.1"}); err != nil {
		t.Errorf("allowed by name: %v", err)
	}
	if err := ask("inside.example", fetch.Options{AllowPrivate: []string{"127.0.0.0/8"}}, []string{"127.0.0.1"}); err != nil {
		t.Errorf("allowed by range: %v", err)
	}
	if n := reached.Load(); n != 2 {
		t.Errorf("%d requests arrived, want 2", n)
	}
	// XA14: allowed at first, and elsewhere at the second lookup.
	if err := ask("inside.example", fetch.Options{AllowPrivate: []string{"127.0.0.1"}}, []string{"127.0.0.1"}, []string{"127.0.0.2"}); err == nil {
		t.Error("a name that moved inside was followed")
	}
	// XA15: the private one of two addresses is not dialled.
	w := newWorld(t)
	w.host("mixed.example", path(nil, nil), private, publicA)
	get(t, w.client(fetch.Options{}), "http://mixed.example/")
	if got := fmt.Sprint(w.dials); got != "["+publicA+":80]" {
		t.Errorf("dialled %s", got)
	}
}

// XA21: feeds are served on few ports.
func TestPorts(t *testing.T) {
	w := newWorld(t)
	w.host("blog.example", path(nil, nil), publicA)
	c := w.client(fetch.Options{})
	for _, port := range []string{"", ":80", ":8080", ":8443"} {
		get(t, c, "http://blog.example"+port+"/")
	}
	for _, port := range []string{":22", ":25", ":81", ":6379", ":65535"} {
		e := problem(t, c, fetch.Request{URL: "http://blog.example" + port + "/"}, "refused")
		if !strings.Contains(e.Problem.Text, "port "+port[1:]) {
			t.Errorf("%s: %q", port, e.Problem.Text)
		}
	}
}

// XA19: a proxy of the environment is not used: nothing could be judged then.
// The environment is read once in a process, so the test has its own.
func TestNoProxyFromEnvironment(t *testing.T) {
	const inside = "WEIR_TEST_PROXY"
	if os.Getenv(inside) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoProxyFromEnvironment$")
		cmd.Env = append(os.Environ(), inside+"=1")
		for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
			cmd.Env = append(cmd.Env, name+"=http://proxy.example:8080")
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	if u, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "http", Host: "blog.example"}}); u == nil {
		t.Fatalf("there is no proxy in the environment, %v: the test shows nothing", err)
	}
	w := newWorld(t)
	w.host("blog.example", path(nil, nil), publicA)
	w.host("proxy.example", path(nil, nil), publicB)
	get(t, w.client(fetch.Options{}), "http://blog.example/")
	if got := fmt.Sprint(w.dials); got != "["+publicA+":80]" {
		t.Errorf("dialled %s", got)
	}
}
