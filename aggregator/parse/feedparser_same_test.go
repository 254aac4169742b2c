package parse_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"weir/feed/markup"
)

// samePlace compares the first position; feedparser turns latitude and
// longitude round where the coordinates are geographical, Weir keeps them as
// they were written.
func samePlace(s *subject, got string) bool {
	var want []float64
	if json.Unmarshal([]byte(s.want), &want) != nil {
		return false
	}
	have := strings.Fields(got)
	if len(have) < len(want) {
		return false
	}
	var numbers []float64
	for _, h := range have[:len(want)] {
		n, err := strconv.ParseFloat(h, 64)
		if err != nil {
			return false
		}
		numbers = append(numbers, n)
	}
	if slices.Equal(numbers, want) {
		return true
	}
	numbers[0], numbers[1] = numbers[1], numbers[0]
	return slices.Equal(numbers, want)
}

// oneOf returns want if it is among the values, else all of them.
func oneOf(values []string, want string) string {
	for _, v := range values {
		if v == want || v != "" && v == markup.URL(want, nil) {
			return v
		}
	}
	return strings.Join(values, " | ")
}

// sameObject compares relation and address of a link; type and title of an
// alternate are not kept.
func sameObject(s *subject, got string) bool {
	var want struct{ Rel, Href string }
	if json.Unmarshal([]byte(s.want), &want) != nil {
		return false
	}
	return slices.Contains(strings.Split(got, " | "), want.Rel+" "+markup.URL(want.Href, nil))
}

// sameAddress takes addresses as the same when the one is how Weir writes the
// other: absolute, an empty path is "/", white space and user names go.
func sameAddress(s *subject, got string) bool {
	return got == s.want || got != "" && got == markup.URL(s.want, s.base)
}

// sameID takes ids as the same character by character, relative ones included.
// Feedparser makes them absolute, against RFC 4287 §4.2.6.
func sameID(s *subject, got string) bool {
	return got == s.want
}

// plainText finds a document whose texts are called plain.
var plainText = regexp.MustCompile(`<(title|rights|copyright|subtitle|tagline|summary|content)[^>]*type=["']text(/plain)?["']`)

// sameLine compares Weir's one line of plain text with feedparser's text, which
// is HTML unless the feed calls it plain.
func sameLine(s *subject, got string) bool {
	if plainText.Match(s.body) {
		return got == line(s.want)
	}
	return got == line(textOf(s.want))
}

// sameText compares HTML after both went through the same cleaning, which takes
// what the policy does not allow from feedparser's too. What was more than
// markup and has nothing left of it is not the same.
func sameText(s *subject, got string) bool {
	clean := markup.Clean(s.want, nil)
	if clean == "" && s.want != "" {
		return false
	}
	unwrap := func(h string) string {
		h = line(h)
		for _, tag := range []string{"div", "p"} {
			open, end := "<"+tag+">", "</"+tag+">"
			if inner := strings.TrimSuffix(strings.TrimPrefix(h, open), end); len(inner) == len(h)-len(open)-len(end) && !strings.Contains(inner, open) {
				h = strings.TrimSpace(inner)
			}
		}
		return h
	}
	if s.want != "" && plainText.Match(s.body) {
		return line(textOf(got)) == line(s.want)
	}
	return unwrap(got) == unwrap(clean)
}

// textOf is the text of HTML as a parser that is not Weir's sees it.
func textOf(s string) string {
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		return ""
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

// line folds white space.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

var layouts = []string{time.RFC3339, time.RFC1123, time.RFC1123Z, "2006-01-02T15:04Z07:00"}

// sameTime compares instants; feedparser also promises the text as sent.
func sameTime(s *subject, got string) bool {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s.want); err == nil {
			return got == stamp(t)
		}
	}
	return false
}

// sameVersion compares what the format is called.
func sameVersion(s *subject, got string) bool {
	want := map[string]string{
		"rss090": "RSS 0.90", "rss091n": "RSS 0.91", "rss091u": "RSS 0.91", "rss092": "RSS 0.92", "rss093": "RSS 0.93",
		"rss094": "RSS 0.94", "rss10": "RSS 1.0", "atom03": "Atom 0.3", "atom10": "Atom 1.0",
	}[s.want]
	if s.want == "rss20" || s.want == "rss" {
		return strings.HasPrefix(got, "RSS 2.")
	}
	return got == want
}
