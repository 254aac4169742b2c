package fulltext

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/url"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"weir/feed"
	"weir/feed/markup"
)

const (
	// MaxPage is the largest page in bytes that is looked at.
	MaxPage = 2 << 20
	// maxElements and maxDepth bound what is built of a page: an article has
	// some thousand elements, and what is tried on them is not linear.
	maxElements = 10000
	maxDepth    = 200
)

// Why the feed's own text stays.
var (
	ErrNotPage  = errors.New("it is no HTML page")
	ErrTooLarge = errors.New("the page is too large")
	ErrNoText   = errors.New("the page has no text that could be told from the rest of it")
	ErrShorter  = errors.New("the page says no more than the feed")
)

// Page is a page as it came.
type Page struct {
	Body []byte
	// ContentType is the header's value, Address the one that answered.
	ContentType, Address string
}

// Extract returns the main text of a page as clean HTML. Own is the HTML that
// the feed has of the same story. The error says why that stays; it is one of
// this package's, or wraps one.
func Extract(p Page, own string) (full string, err error) {
	defer func() {
		// What reads a page was not made for pages that attack it: a panic
		// costs this page alone.
		if v := recover(); v != nil {
			full, err = "", fmt.Errorf("%w: reading it failed unexpectedly: %v", ErrNoText, v)
		}
	}()
	address, err := url.Parse(p.Address)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNotPage, err)
	}
	if len(p.Body) > MaxPage {
		return "", ErrTooLarge
	}
	text, err := decoded(p)
	if err != nil {
		return "", err
	}
	if err := measure(text); err != nil {
		return "", err
	}
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNotPage, err)
	}
	reader := readability.NewParser()
	// Metadata comes from the feed; what a page says of itself in JSON is not
	// read.
	reader.DisableJSONLD = true
	found, err := reader.ParseAndMutate(doc, address)
	if err != nil || found.Node == nil {
		return "", ErrNoText
	}
	var out bytes.Buffer
	if err := found.RenderHTML(&out); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoText, err)
	}
	full = markup.Clean(out.String(), address)
	if full == "" || len(full) > feed.MaxHTML {
		return "", ErrNoText
	}
	if length(full) <= length(own) {
		return "", ErrShorter
	}
	return full, nil
}

// length is how many characters a reader sees.
func length(html string) int { return utf8.RuneCountInString(markup.Text(html)) }

// decoded is the page in UTF-8, by its byte order mark, its Content-Type or
// its meta element.
func decoded(p Page) ([]byte, error) {
	kind := p.ContentType
	if kind == "" {
		kind = "text/html"
	}
	t, _, err := mime.ParseMediaType(kind)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) || t != "text/html" && t != "application/xhtml+xml" {
		return nil, ErrNotPage
	}
	r, err := charset.NewReader(bytes.NewReader(p.Body), kind)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPage, err)
	}
	// A byte of an old encoding becomes three at most.
	text, err := io.ReadAll(io.LimitReader(r, 3*MaxPage))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPage, err)
	}
	return text, nil
}

// measure refuses a page of more, or more deeply nested, elements than a tree
// may be built of. It counts tags as they stand: what a browser closes by
// itself counts as open, within reason, because paragraphs and list items
// without end are ordinary.
func measure(page []byte) error {
	z := html.NewTokenizer(bytes.NewReader(page))
	elements, depth := 0, 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return nil
		case html.StartTagToken:
			name, _ := z.TagName()
			elements++
			if !closesItself[string(name)] {
				depth++
			}
		case html.SelfClosingTagToken:
			elements++
		case html.EndTagToken:
			name, _ := z.TagName()
			if !closesItself[string(name)] {
				depth = max(0, depth-1)
			}
		}
		if elements > maxElements || depth > maxDepth {
			return ErrTooLarge
		}
	}
}

// closesItself are the elements that hold nothing or whose end tag may be left
// out (HTML §13.1.2): they do not nest however often they stand.
var closesItself = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "source": true, "track": true, "wbr": true, "p": true, "li": true, "dt": true,
	"dd": true, "option": true, "tr": true, "td": true, "th": true, "thead": true, "tbody": true, "tfoot": true,
	"colgroup": true, "rt": true, "rp": true, "optgroup": true,
}
