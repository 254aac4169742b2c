package aggregator_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/aggregator"
	"weir/aggregator/fetch"
	"weir/aggregator/parse/hostile"
	"weir/feed"
	"weir/feed/identity"
	"weir/store"
	"weir/store/bolt"
)

// address tells a child where its parent's server is.
const address = "WEIR_HOSTILE_ADDRESS"

// TestHostileAnswers polls hostile servers from children, over HTTP and into a
// real store (XB01 to XB05). What the servers cost themselves is the parent's.
func TestHostileAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("what answers cost is not measured with -short, under which the race detector runs")
	}
	answers := hostile.Answers()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, a := range answers {
			if "/"+a.Name == r.URL.Path {
				a.Serve(w, r)
			}
		}
	}))
	defer server.Close()
	t.Setenv(address, server.URL)
	for _, a := range answers {
		var v hostile.Verdict
		for range 3 { // other programs must not fail it
			v = hostile.Measure(t, "TestHostileAnswersChild", []string{a.Name}, hostile.Bounds{Silence: 20 * time.Second})[a.Name]
			if v.Exceeds() == "" {
				break
			}
		}
		t.Logf("%s: %v, %d MB, %d entries, %q", a.Name, v.CPU.Round(time.Millisecond), v.Memory>>20, v.Items, v.Err)
		switch {
		case v.Exceeds() != "":
			t.Errorf("%s: %s", a.Name, v.Exceeds())
		case a.Refused != "" && !strings.Contains(v.Err, a.Refused):
			t.Errorf("%s: it must be refused as %s; got %d entries and %q", a.Name, a.Refused, v.Items, v.Err)
		case a.Refused == "" && (v.Err != "" || v.Items != a.Items):
			t.Errorf("%s: %d entries and %q; want %d", a.Name, v.Items, v.Err, a.Items)
		}
	}
}

// TestHostileAnswersChild is the child of TestHostileAnswers.
func TestHostileAnswersChild(t *testing.T) {
	served := hostile.Serve(t, func(name string) (hostile.Task, error) {
		s, err := bolt.Open(filepath.Join(t.TempDir(), "weir.db"), bolt.Options{Command: "test"})
		if err != nil {
			return hostile.Task{}, err
		}
		t.Cleanup(func() { _ = s.Close() })
		src := feed.Source{ID: "h", URL: os.Getenv(address) + "/" + strings.ReplaceAll(name, " ", "%20"), Group: "127.0.0.1"}
		err = s.Configure(store.Configuration{
			Sources: []feed.Source{src}, Channels: []feed.Channel{{ID: feed.ChannelAll}},
			Site: identity.Site{Host: "planet.example", Since: "2026-11-24"}, Rules: identity.Rules{Guard: true},
		})
		if err != nil {
			return hostile.Task{}, err
		}
		client, err := fetch.New(fetch.Options{UserAgent: "weir-test", AllowPrivate: []string{"127.0.0.1"}})
		if err != nil {
			return hostile.Task{}, err
		}
		p := aggregator.New(aggregator.Options{Fetcher: client}, s)
		return hostile.Task{Run: func() (int, error) {
			sum, err := p.Cycle(t.Context(), aggregator.Selection{})
			for _, f := range sum.Broken {
				err = errors.Join(err, fmt.Errorf("%s: %s", f.Problem.Kind, f.Problem.Text))
			}
			return sum.Added, err
		}}, nil
	})
	if !served {
		t.Skip("it runs as the child of TestHostileAnswers")
	}
}
