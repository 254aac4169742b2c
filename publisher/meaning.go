package publisher

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"time"
)

// What a story is to say is stated here once more, from its fields and not from
// what the formats made of them, and compared with every fragment that is read
// back (S22).

// meantRSS is what the story is to say as an item of RSS.
func (s *story) meantRSS() []meant {
	description, content := s.rssBody()
	want := []meant{
		says("guid", s.ID), says("title", s.Heading), says("link", s.Link), says("description", description),
		dated("pubDate", time.RFC1123Z, s.Published.Truncate(time.Second)),
	}
	encoded := says("encoded", "").in(contentURI)
	if content != nil {
		encoded.text = content.Content
	}
	updated := says("updated", "").in(atomURI)
	if s.Updated.After(s.Published) {
		updated.when, updated.layout = s.Updated, time.RFC3339Nano
	}
	files := s.addresses()
	want = append(append(want, encoded, updated), linking("enclosure", "url", "", files[:min(len(files), 1)]...)...)
	media, _ := s.media(s.further())
	for _, m := range media {
		want = append(want, meant{name: xml.Name{Space: mediaURI, Local: "content"}, attr: "url", text: m.URL, more: true})
	}
	return want
}

// meantAtom is what the story is to say as an entry of Atom.
func (s *story) meantAtom() []meant {
	summary, content := s.atomBody()
	want := []meant{
		says("id", s.ID), says("title", s.Heading), says("summary", ""), says("content", ""),
		dated("published", time.RFC3339Nano, s.Published), dated("updated", time.RFC3339Nano, s.Updated),
	}
	if summary != nil {
		want[2].text = summary.Content
	}
	if content != nil {
		want[3].text = content.Content
	}
	want = append(want, linking("link", "href", "alternate", s.Link)...)
	return append(want, linking("link", "href", "enclosure", s.addresses()...)...)
}

// addresses are those of the story's files.
func (s *story) addresses() (list []string) {
	for i := range s.Attachments {
		list = append(list, s.Attachments[i].URL)
	}
	return list
}

// verifyJSON reads an item of JSON back and compares what it says with what was
// meant.
func (s *story) verifyJSON(item []byte) error {
	var back struct {
		ID          string `json:"id"`
		URL         string `json:"url"`
		Title       string `json:"title"`
		HTML        string `json:"content_html"`
		Text        string `json:"content_text"`
		Summary     string `json:"summary"`
		Published   string `json:"date_published"`
		Modified    string `json:"date_modified"`
		Attachments []struct {
			URL string `json:"url"`
		} `json:"attachments"`
	}
	if err := json.Unmarshal(item, &back); err != nil {
		return err
	}
	text, summary := s.jsonBody()
	want := []meant{
		says("id", s.ID), says("url", s.Link), says("title", s.Heading), says("content_html", s.HTML), says("content_text", text),
		says("summary", summary), dated("date_published", time.RFC3339Nano, s.Published), says("date_modified", ""),
	}
	if s.Updated.After(s.Published) {
		want[7] = dated("date_modified", time.RFC3339Nano, s.Updated)
	}
	for i, got := range []string{back.ID, back.URL, back.Title, back.HTML, back.Text, back.Summary, back.Published, back.Modified} {
		if err := want[i].compare(got); err != nil {
			return err
		}
	}
	if len(back.Attachments) != len(s.Attachments) {
		return fmt.Errorf("%d attachments are read back, not %d", len(back.Attachments), len(s.Attachments))
	}
	for i, a := range back.Attachments {
		if address := says("attachment", s.Attachments[i].URL); address.compare(a.URL) != nil {
			return address.compare(a.URL)
		}
	}
	return nil
}
