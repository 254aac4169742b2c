package fetch_test

import (
	"fmt"
	"net/http"
	"testing"

	"weir/aggregator/fetch"
	"weir/feed"
)

// D1, P67: only new entries are asked for where there is a validator, and taken
// only where they were asked for; the validator that comes with them is kept.
func TestDelta(t *testing.T) {
	var asked string
	im := []string{"feed"}
	w := newWorld(t)
	w.host("blog.example", func(rw http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("A-Im")
		rw.Header()["Im"] = im
		rw.Header().Set("Etag", `"2"`)
		rw.WriteHeader(http.StatusIMUsed)
		fmt.Fprint(rw, atom)
	}, publicA)
	c := w.client(fetch.Options{})
	const url = "http://blog.example/"
	problem(t, c, fetch.Request{URL: url}, "status")
	if asked != "" {
		t.Errorf("without a validator: A-IM: %s", asked)
	}
	last := feed.Validators{URL: url, Final: url, ETag: `"1"`}
	resp, err := c.Get(t.Context(), fetch.Request{URL: url, Validators: last})
	if err != nil {
		t.Fatal(err)
	}
	if asked != "feed" || !resp.Delta || resp.Status != 226 || string(resp.Body) != atom || resp.Validators.ETag != `"2"` {
		t.Errorf("A-IM: %s, answered %+v", asked, resp)
	}
	for _, im = range [][]string{nil, {"vcdiff"}, {"feed, gzip"}, {"feed", "range"}} {
		problem(t, c, fetch.Request{URL: url, Validators: last}, "status")
	}
}
