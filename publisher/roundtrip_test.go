package publisher_test

import (
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// told is what a subscriber learns of an entry, whatever the format.
type told struct {
	ID, Title, Link, HTML, Rights, Language, SourceURL, SourceTitle string
	Published, Updated                                              time.Time
	Authors, Tags, Files, Related                                   []string
}

// A reader of our own, strict and independent of the writers, learns the same
// from all three formats (U6, R5, R6, R9, T4, T12, T14, J6).
func TestFormatsTellTheSame(t *testing.T) {
	s := render(t, newPublisher(t, options(), library()))
	rss := readRSS(t, body(t, s, "rss.xml"))
	atom := readAtom(t, body(t, s, "atom.xml"))
	feed := readJSON(t, body(t, s, "feed.json"))
	if len(rss) != 6 {
		t.Fatalf("%d items; want 6", len(rss))
	}
	for i := range rss {
		// RSS dates have whole seconds; the others keep the source's (T7).
		atom[i].Published, feed[i].Published = atom[i].Published.Truncate(time.Second), feed[i].Published.Truncate(time.Second)
		if rss[i].Updated.IsZero() {
			atom[i].Updated = time.Time{}
		}
		if diff := cmp.Diff(rss[i], atom[i]); diff != "" {
			t.Errorf("entry %d: rss and atom differ (-rss +atom):\n%s", i, diff)
		}
		// JSON Feed tells these in its own extension, if at all.
		rss[i].Related, feed[i].Related = nil, nil
		if diff := cmp.Diff(rss[i], feed[i]); diff != "" {
			t.Errorf("entry %d: rss and json differ (-rss +json):\n%s", i, diff)
		}
	}
	want := blogPost()
	if got := rss[1]; got.ID != want.ID || got.Title != want.Title || got.Link != want.Link || got.HTML != want.HTML {
		t.Errorf("entry 1 = %+v; want what the store holds", got)
	}
}

func strict(t *testing.T, doc string, into any) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(doc))
	dec.Strict = true
	if err := dec.Decode(into); err != nil {
		t.Fatalf("strict reading: %v", err)
	}
}

func parseTime(t *testing.T, layout, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	v, err := time.Parse(layout, s)
	if err != nil {
		t.Errorf("date %q: %v", s, err)
	}
	return v.UTC()
}

func readRSS(t *testing.T, doc string) (out []told) {
	t.Helper()
	var rss struct {
		Items []struct {
			Title       string   `xml:"title"`
			Link        string   `xml:"link"`
			Description string   `xml:"description"`
			Content     string   `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
			Creators    []string `xml:"http://purl.org/dc/elements/1.1/ creator"`
			Rights      string   `xml:"http://purl.org/dc/elements/1.1/ rights"`
			Language    string   `xml:"http://purl.org/dc/elements/1.1/ language"`
			Categories  []string `xml:"category"`
			GUID        string   `xml:"guid"`
			PubDate     string   `xml:"pubDate"`
			Updated     string   `xml:"http://www.w3.org/2005/Atom updated"`
			Enclosure   []struct {
				URL    string `xml:"url,attr"`
				Length string `xml:"length,attr"`
				Type   string `xml:"type,attr"`
			} `xml:"enclosure"`
			Media []struct {
				URL string `xml:"url,attr"`
			} `xml:"http://search.yahoo.com/mrss/ content"`
			Source struct {
				URL   string `xml:"url,attr"`
				Title string `xml:",chardata"`
			} `xml:"source"`
			Relations []string `xml:"http://purl.org/dc/elements/1.1/ relation"`
		} `xml:"channel>item"`
	}
	strict(t, doc, &rss)
	for _, i := range rss.Items {
		e := told{
			ID: i.GUID, Title: i.Title, Link: i.Link, HTML: i.Content, Rights: i.Rights, Language: i.Language,
			SourceURL: i.Source.URL, SourceTitle: i.Source.Title,
			Published: parseTime(t, time.RFC1123Z, i.PubDate), Updated: parseTime(t, time.RFC3339, i.Updated),
			Authors: i.Creators, Tags: i.Categories,
		}
		if i.Content == "" && strings.HasPrefix(i.Description, "<") {
			e.HTML = i.Description
		}
		if len(i.Enclosure) > 1 {
			t.Errorf("%s: %d enclosures; want one (R7)", i.GUID, len(i.Enclosure))
		}
		for _, f := range i.Enclosure {
			if f.Length == "" || f.Type == "" {
				t.Errorf("%s: enclosure without length or type (R7)", i.GUID)
			}
			e.Files = append(e.Files, f.URL)
		}
		for _, f := range i.Media {
			if slices.Contains(e.Files, f.URL) && len(i.Media) == 1 {
				t.Errorf("%s: a lone file stands twice (R7)", i.GUID)
			}
			if !slices.Contains(e.Files, f.URL) {
				e.Files = append(e.Files, f.URL)
			}
		}
		e.Related = i.Relations
		out = append(out, e)
	}
	return out
}

func readAtom(t *testing.T, doc string) (out []told) {
	t.Helper()
	type link struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	var atom struct {
		Entries []struct {
			Lang       string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
			ID         string   `xml:"id"`
			Title      string   `xml:"title"`
			Links      []link   `xml:"link"`
			Published  string   `xml:"published"`
			Updated    string   `xml:"updated"`
			Authors    []string `xml:"author>name"`
			Rights     string   `xml:"rights"`
			Categories []struct {
				Term string `xml:"term,attr"`
			} `xml:"category"`
			Summary struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"summary"`
			Content struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"content"`
			Source struct {
				ID      string `xml:"id"`
				Title   string `xml:"title"`
				Updated string `xml:"updated"`
				Links   []link `xml:"link"`
			} `xml:"source"`
		} `xml:"entry"`
	}
	strict(t, doc, &atom)
	for _, a := range atom.Entries {
		e := told{
			ID: a.ID, Title: a.Title, Rights: a.Rights, Language: a.Lang, SourceTitle: a.Source.Title, Authors: a.Authors,
			Published: parseTime(t, time.RFC3339, a.Published), Updated: parseTime(t, time.RFC3339, a.Updated),
		}
		if a.Content.Type == "html" {
			e.HTML = a.Content.Text
		} else if a.Summary.Type == "html" {
			e.HTML = a.Summary.Text
		}
		if a.Source.ID == "" || parseTime(t, time.RFC3339, a.Source.Updated).IsZero() {
			t.Errorf("%s: source without id or updated (T4)", a.ID)
		}
		for _, l := range a.Source.Links {
			if l.Rel == "self" {
				e.SourceURL = l.Href
			}
		}
		for _, c := range a.Categories {
			e.Tags = append(e.Tags, c.Term)
		}
		for _, l := range a.Links {
			switch l.Rel {
			case "alternate":
				e.Link = l.Href
			case "enclosure":
				e.Files = append(e.Files, l.Href)
			case "related", "via":
				e.Related = append(e.Related, l.Href)
			}
		}
		out = append(out, e)
	}
	return out
}

func readJSON(t *testing.T, doc string) (out []told) {
	t.Helper()
	var feed struct {
		Version string
		Items   []struct {
			ID          string `json:"id"`
			URL         string `json:"url"`
			Title       string `json:"title"`
			HTML        string `json:"content_html"`
			Text        string `json:"content_text"`
			Published   string `json:"date_published"`
			Modified    string `json:"date_modified"`
			Language    string `json:"language"`
			Tags        []string
			Authors     []struct{ Name string }
			Attachments []struct {
				URL      string  `json:"url"`
				MIMEType string  `json:"mime_type"`
				Size     int64   `json:"size_in_bytes"`
				Duration float64 `json:"duration_in_seconds"`
			}
			Weir struct {
				About, Slug, Key, Published, Rights string
				FirstSeen                           string `json:"first_seen"`
				Source                              struct{ ID, Title, URL, Home string }
			} `json:"_weir"`
		}
	}
	dec := json.NewDecoder(strings.NewReader(doc))
	if err := dec.Decode(&feed); err != nil {
		t.Fatalf("feed.json: %v", err)
	}
	if feed.Version != "https://jsonfeed.org/version/1.1" || !strings.HasPrefix(doc, `{"version":`) {
		t.Errorf("version %q does not come first (J1)", feed.Version)
	}
	for _, i := range feed.Items {
		if i.HTML == "" && i.Text == "" {
			t.Errorf("%s: no content (J3)", i.ID)
		}
		w := i.Weir
		if w.About == "" || w.Slug == "" || w.Source.ID == "" || len(w.Key) != 32 || w.FirstSeen == "" || w.Published != i.Published {
			t.Errorf("%s: _weir lacks what seeds an empty store: %+v", i.ID, w)
		}
		e := told{
			ID: i.ID, Title: i.Title, Link: i.URL, HTML: i.HTML, Rights: w.Rights, Language: i.Language,
			SourceURL: w.Source.URL, SourceTitle: w.Source.Title, Tags: i.Tags,
			Published: parseTime(t, time.RFC3339, i.Published), Updated: parseTime(t, time.RFC3339, i.Modified),
		}
		for _, a := range i.Authors {
			e.Authors = append(e.Authors, a.Name)
		}
		for _, a := range i.Attachments {
			if a.MIMEType == "" {
				t.Errorf("%s: attachment without a type (J6)", i.ID)
			}
			e.Files = append(e.Files, a.URL)
		}
		out = append(out, e)
	}
	return out
}
