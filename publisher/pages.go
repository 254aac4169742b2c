package publisher

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"time"

	"weir/feed"
)

//go:embed templates
var templates embed.FS

const (
	htmlType = "text/html; charset=utf-8"
	// pageText is how much full text one page holds, in bytes of HTML, and
	// storyText how much one story: the page stays quick on a slow line.
	pageText  = 96 << 10
	storyText = 24 << 10
	// asideSources is how many sources a page lists beside the stories.
	asideSources = 60
	embedStories = 10
)

// pages renders what people see: html/template with one style sheet inlined,
// no script, nothing fetched from elsewhere but the entries' own pictures.
type pages struct {
	site     Site
	channels []Channel
	version  string
	set      *template.Template
	// style and embedStyle are inlined; their hashes are all that the pages'
	// policies allow.
	style, embedStyle   template.CSS
	policy, embedPolicy string
	// missing is the page for addresses that lead nowhere.
	missing []byte
}

func newPages(opt Options) (*pages, error) {
	set, err := template.New("").Funcs(template.FuncMap{
		"date": date, "iso": iso,
	}).ParseFS(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("page templates: %w", err)
	}
	p := &pages{site: opt.Site, channels: opt.Channels, version: opt.Version, set: set}
	if p.style, p.policy, err = p.loadStyle("templates/page.css"); err != nil {
		return nil, err
	}
	if p.embedStyle, p.embedPolicy, err = p.loadStyle("templates/embed.css"); err != nil {
		return nil, err
	}
	p.missing, err = p.execute("missing.html", &page{Lang: p.site.Language, Canonical: p.site.URL, Style: p.style, Site: p.site})
	return p, err
}

// loadStyle returns a style sheet and the content security policy of the pages
// that inline it (S24, XE14).
func (p *pages) loadStyle(name string) (template.CSS, string, error) {
	css, err := templates.ReadFile(name)
	if err != nil {
		return "", "", fmt.Errorf("page styles: %w", err)
	}
	sum := sha256.Sum256(css)
	media := "'self' https:"
	if strings.HasPrefix(p.site.URL, "http:") {
		media += " http:"
	}
	policy := "default-src 'none'; img-src " + media + "; media-src " + media + "; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	return compiledStyle(css), policy, nil
}

// page is what every page's frame is filled with.
type page struct {
	Lang, Title, Description string
	// Up leads to the root, Home to the channel's page.
	Up, Canonical, Image, Icon string
	Type                       string
	Policy                     string
	Style                      template.CSS
	Feeds                      []feedLink
	Site                       Site
	Version                    string
	// Newer and Older lead to the pages around it; empty at the ends.
	Newer, Older string
	// Refresh asks the browser to look again after so many seconds.
	Refresh int
}

// feedLink is a format to subscribe to.
type feedLink struct{ Href, Type, Title, Name string }

// navigation is a channel in the pages' navigation.
type navigation struct {
	Href, Title string
	Current     bool
}

type riverPage struct {
	page
	Channels []navigation
	Days     []day
	Sources  []*outlet
	// More counts the sources that the list leaves out.
	More     int
	OPML     string
	Updated  time.Time
	Founding bool
	// Past is the number of an older page; 0 is the channel's own. There Resume
	// leads to the day on the next page at which it ends.
	Past   int
	Resume string
}

// day is a run of stories that were placed on one day.
type day struct {
	Date    time.Time
	Stories []template.HTML
}

// ID names the day within the page.
func (d day) ID() string { return d.Date.UTC().Format(time.DateOnly) }

// frame fills what all pages of a channel share.
func (p *pages) frame(v *channelView) page {
	return page{
		Lang: v.Language, Title: v.Title, Description: v.Description, Up: v.Up, Canonical: v.self(""), Image: v.Image,
		Icon: v.Icon, Type: "website", Policy: p.policy, Style: p.style, Site: p.site, Version: p.version,
		Feeds: feedLinks(v.back(), v.Title, &v.Channel),
	}
}

// feedLinks lists a channel's formats in the order in which discovery prefers
// them.
func feedLinks(base, title string, ch *Channel) (links []feedLink) {
	for _, l := range [...]feedLink{
		{"rss.xml", "application/rss+xml", title + " (RSS)", "RSS"},
		{"atom.xml", "application/atom+xml", title + " (Atom)", "Atom"},
		{"feed.json", "application/feed+json", title + " (JSON Feed)", "JSON"},
	} {
		if ch.publishes(l.Href) {
			l.Href = base + l.Href
			links = append(links, l)
		}
	}
	return links
}

// root is the channel that is published at the root.
func (p *pages) root() *Channel {
	for i := range p.channels {
		if p.channels[i].ID == feed.ChannelAll {
			return &p.channels[i]
		}
	}
	return &Channel{}
}

func (p *pages) navigation(v *channelView) []navigation {
	if len(p.channels) < 2 {
		return nil
	}
	var list []navigation
	for _, ch := range p.channels {
		title := cmp.Or(ch.Title, ch.ID)
		if ch.ID == feed.ChannelAll {
			title = "All"
		}
		list = append(list, navigation{Href: relative(v.Up, channelDir(ch.ID)), Title: title, Current: ch.ID == v.ID})
	}
	return list
}

// river renders a channel's page, or an older one.
func (p *pages) river(v *channelView, e entries, followed []*outlet) ([]byte, error) {
	r := riverPage{page: p.frame(v), Channels: p.navigation(v), OPML: "sources.opml", Updated: v.Updated}
	r.Older = v.Earlier
	limit := v.Limit
	if at, ok := spotOf(v.Page); ok {
		r.Past, limit = at.page, len(e.fragments)
		r.Title = fmt.Sprintf("%s, page %d", v.Title, at.page)
		r.Newer = v.back() + v.Newer
		if v.Older != "" {
			r.Older = v.back() + v.Older
		}
	}
	r.Sources = followed[:min(len(followed), asideSources)]
	r.More = len(followed) - len(r.Sources)
	room := pageText
	for i, f := range e.fragments[:min(len(e.fragments), limit)] {
		full := len(f.story.HTML) <= min(room, storyText)
		if full {
			room -= len(f.story.HTML)
		}
		part, err := p.entry(f, placement{up: v.Up, full: full})
		if err != nil {
			return nil, err
		}
		placed := v.instant(e.stories[i])
		if n := len(r.Days); n == 0 || date(r.Days[n-1].Date) != date(placed) {
			r.Days = append(r.Days, day{Date: placed})
		}
		last := &r.Days[len(r.Days)-1]
		last.Stories = append(last.Stories, part)
	}
	if n := len(r.Days); n > 0 && r.Past == 0 {
		r.Resume = "#" + r.Days[n-1].ID()
	}
	return p.execute("river.html", &r)
}

// entry renders a story as it stands in a river, once per placement.
func (p *pages) entry(f *fragment, at placement) (template.HTML, error) {
	f.paging.Lock()
	defer f.paging.Unlock()
	if part, ok := f.pages[at]; ok {
		return part, nil
	}
	v := p.storyView(f.story, at.up)
	if v.Full = at.full && !f.story.Bare; v.Full {
		v.Body = cleanBody(f.story, setting{site: p.site.URL, up: at.up, shift: 2, local: f.story.From.Local})
	}
	part, err := p.execute("entry.html", v)
	if err != nil {
		return "", err
	}
	f.pages[at] = rendered(part)
	return f.pages[at], nil
}

type articlePage struct {
	page
	Story   *storyView
	Persons []byliner
}

// byliner is an author with what the article says of them.
type byliner struct{ Name, URI, Bio, Avatar string }

// article renders the page of a local article.
func (p *pages) article(s *story) ([]byte, error) {
	const up = "../../"
	v := &channelView{Channel: Channel{Title: s.Title, Description: s.Brief, Language: s.Language, Image: s.Image}, Up: up, Home: s.Link}
	if v.Language == "" {
		v.Language = p.site.Language
	}
	a := articlePage{page: p.frame(v), Story: p.storyView(s, up)}
	a.page.Type, a.page.Icon = "article", p.site.Icon
	a.page.Feeds = feedLinks(up, p.site.Title, p.root())
	a.Story.Body = cleanBody(s, setting{site: p.site.URL, up: up, local: true})
	for _, person := range s.Credits {
		a.Persons = append(a.Persons, byliner{Name: person.Name, URI: person.URI, Bio: person.Bio, Avatar: person.Avatar})
	}
	return p.execute("article.html", &a)
}

type embedPage struct {
	page
	Stories []*storyView
	Home    string
}

// embed renders the list that other sites show in a frame. Its links leave
// the frame.
func (p *pages) embed(v *channelView, stories []*story) ([]byte, error) {
	e := embedPage{page: p.frame(v), Home: v.Home}
	e.page.Policy, e.page.Style = p.embedPolicy, p.embedStyle
	for _, s := range stories[:min(len(stories), embedStories)] {
		view := p.storyView(s, v.Up+"../")
		view.Href = s.Link
		short := *s
		short.Title = shorten(s.Title, 160)
		if short.Title == "" {
			short.Title = shorten(s.Brief, 160)
		}
		view.story = &short
		e.Stories = append(e.Stories, view)
	}
	return p.execute("embed.html", &e)
}

// execute runs a template.
func (p *pages) execute(name string, data any) ([]byte, error) {
	var buf bytes.Buffer
	if err := p.set.ExecuteTemplate(&buf, name, data); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return buf.Bytes(), nil
}
