package parse

import (
	"strconv"
	"strings"
	"time"

	"weir/feed"
	"weir/feed/markup"
)

// media gathers an item's files and pictures from wherever a feed puts them:
// enclosures, Media RSS and the podcast namespaces.
type media struct {
	base        bases
	attachments []feed.Attachment
	// preferred is the place of the default file of the group at hand.
	preferred int
	// others are further forms of a file, which are files of the item only
	// where it has no other.
	others []feed.Attachment
	// image is the best picture so far, rank how good its place is, width its
	// size if several were offered.
	image       string
	rank, width int
	// title, text and rights are Media RSS's, for items that have no other.
	title, text, rights string
	duration            time.Duration
	// credited are the authors that only a credit names.
	credited []feed.Person
}

// The places of a picture, the better the higher.
const (
	rankEnclosure = iota + 1
	rankContent
	rankThumbnail
	rankImage
)

func (m *media) picture(raw string, rank int) { m.sized(raw, rank, 0) }

// sized takes a picture of a better place than before, or a wider one where
// both say how wide they are. The face of an author is no picture of a story.
func (m *media) sized(raw string, rank, width int) {
	if raw == "" || rank < m.rank || rank == m.rank && (m.width == 0 || width <= m.width) ||
		strings.Contains(raw, "gravatar.com/avatar/") {
		return
	}
	if u := markup.URL(raw, m.base.forLink()); u != "" {
		m.image, m.rank, m.width = u, rank, width
	}
}

// attach adds a file unless its address is already there; what is known of it
// twice is put together. It returns the file's place, -1 for none.
func (m *media) attach(a feed.Attachment) int {
	if a.URL = markup.URL(a.URL, m.base.forLink()); a.URL == "" {
		return -1
	}
	a.Type = mediaType(a.Type)
	if i := m.merge(&a); i >= 0 {
		return i
	}
	if strings.HasPrefix(a.Type, "image/") {
		m.picture(a.URL, rankEnclosure)
	}
	if len(m.attachments) >= feed.MaxAttachments {
		return -1
	}
	m.attachments = append(m.attachments, a)
	return len(m.attachments) - 1
}

// merge puts what is said of a file that is already there to what is known of
// it. The schemes http and https lead to the same one; the safer stays.
func (m *media) merge(a *feed.Attachment) int {
	rest := schemeless(a.URL)
	for i := range m.attachments {
		b := &m.attachments[i]
		if !strings.HasSuffix(b.URL, rest) || schemeless(b.URL) != rest {
			continue
		}
		b.URL = max(a.URL, b.URL) // "https://" sorts behind "http://"
		b.Type, b.Title = or(b.Type, a.Type), or(b.Title, a.Title)
		b.Length, b.Duration = max(b.Length, a.Length), max(b.Duration, a.Duration)
		return i
	}
	return -1
}

func schemeless(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return rest
}

// finish settles the files: other forms tell more of those that are there and
// stand in where there is none; the stated duration belongs to the first file
// that can have one; a type that nobody stated is told from the name.
func (m *media) finish() []feed.Attachment {
	alone := len(m.attachments) == 0
	for _, o := range m.others {
		if o.URL = markup.URL(o.URL, m.base.forLink()); o.URL == "" {
			continue
		}
		o.Type = mediaType(o.Type)
		if m.merge(&o) < 0 && alone {
			m.attachments, alone = append(m.attachments, o), false
		}
	}
	spent := m.duration == 0
	for i := range m.attachments {
		a := &m.attachments[i]
		a.Type = or(a.Type, typeOf(a.URL))
		if !spent && a.Duration == 0 && !strings.HasPrefix(a.Type, "image/") {
			a.Duration, spent = m.duration, true
		}
	}
	return m.attachments
}

// typeOf returns the media type that an address ends in, or nothing.
func typeOf(address string) string {
	address, _, _ = strings.Cut(address, "?")
	address, _, _ = strings.Cut(address, "#")
	dot := strings.LastIndexByte(address, '.')
	if dot < 0 || len(address)-dot > 8 {
		return ""
	}
	switch strings.ToLower(address[dot+1:]) {
	case "mp3":
		return "audio/mpeg"
	case "m4a", "m4b":
		return "audio/mp4"
	case "aac":
		return "audio/aac"
	case "ogg", "oga":
		return "audio/ogg"
	case "opus":
		return "audio/opus"
	case "flac":
		return "audio/flac"
	case "wav":
		return "audio/wav"
	case "mp4", "m4v":
		return "video/mp4"
	case "mov":
		return "video/quicktime"
	case "webm":
		return "video/webm"
	case "ogv":
		return "video/ogg"
	case "jpg", "jpeg":
		return "image/jpeg"
	case "png":
		return "image/png"
	case "gif":
		return "image/gif"
	case "webp":
		return "image/webp"
	case "avif":
		return "image/avif"
	case "pdf":
		return "application/pdf"
	case "epub":
		return "application/epub+zip"
	case "zip":
		return "application/zip"
	case "torrent":
		return "application/x-bittorrent"
	}
	return ""
}

// generic stands for a type that only a medium is known of.
func generic(medium string) string {
	switch medium {
	case "audio":
		return "audio/mpeg"
	case "video":
		return "video/mp4"
	}
	return ""
}

// mediaType returns a media type in lower case, without parameters, or
// nothing if it is none.
func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	s = strings.ToLower(strings.TrimSpace(s))
	i := strings.IndexByte(s, '/')
	if i <= 0 || i == len(s)-1 || len(s) > 100 {
		return ""
	}
	for _, c := range []byte(s) {
		if c != '/' && c != '+' && c != '-' && c != '.' && c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return ""
		}
	}
	return s
}

// parseLength reads a size in bytes; what is none is 0 (XE21).
func parseLength(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// parseWidth reads a size in pixels; what is none is 0.
func parseWidth(s string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(s), "px"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
