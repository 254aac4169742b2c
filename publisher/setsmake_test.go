package publisher_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"

	"weir/feed"
)

// setSeed and a number make a set, always the same one.
const setSeed = 20261120

// set is what one channel is to publish: a few entries of which every field
// may be hostile.
type set struct {
	channel string
	window  feed.Window
	removed []feed.Entry
	// twice says that the last entry has the id of the first one.
	twice bool
}

// maker makes a set. It fills values by reflection, so that a field added to
// the vocabulary cannot be forgotten.
type maker struct {
	*rand.Rand
	// full is how many of ten fields are filled.
	full *int
}

func newSet(number uint64) *set {
	m := maker{rand.New(rand.NewPCG(setSeed, number)), new(int)}
	*m.full = 5
	s := &set{channel: setChannels[m.IntN(len(setChannels))].ID}
	s.window = feed.Window{Channel: s.channel, Revision: 1, Sources: make(map[string]feed.Profile)}
	for i := range 1 + m.IntN(4) {
		s.window.Entries = append(s.window.Entries, m.entry(i))
	}
	s.window.Arrivals = uint64(len(s.window.Entries))
	var gone feed.Profile
	m.fill(reflect.ValueOf(&gone).Elem(), "", 0)
	gone.Local = false
	s.window.Sources["gone"] = gone
	if n := len(s.window.Entries); n > 1 && m.IntN(16) == 0 {
		s.twice = true
		// What tells these two apart does not survive the filter.
		s.window.Entries[n-1].ID = s.window.Entries[0].ID + "\x01"
	}
	for i := range m.IntN(3) {
		id := m.id(fmt.Sprintf("removed-%d", i))
		if m.IntN(16) == 0 {
			id = s.window.Entries[0].ID + "\ufffe" // it is here, too
		}
		s.removed = append(s.removed, feed.Entry{ID: id, State: feed.StateRemoved, StateSince: m.date()})
	}
	return s
}

func (m maker) entry(i int) (e feed.Placed) {
	*m.full = pick(m, 1, 2, 2, 3, 3, 5, 9)
	m.fill(reflect.ValueOf(&e).Elem(), "", 0)
	e.Slug, e.ID = fmt.Sprintf("story-%d", i), m.id(fmt.Sprint(i))
	e.State, e.Arrival, e.Revision, e.Into, e.Known = feed.StatePlaced, uint64(i+1), 1, "", false
	if len(e.Sightings) == 0 {
		e.Sightings = make([]feed.Sighting, 1)
	}
	for i := range e.Sightings {
		e.Sightings[i].Source = pick(m, "go-notes", "cafe", "radio", "sifriya", "gone", "gone", "articles")
	}
	return e
}

// fill gives a value, which is the field of the name, something of its kind.
func (m maker) fill(v reflect.Value, name string, depth int) {
	switch v.Kind() {
	case reflect.String:
		if m.IntN(10) < *m.full || depth > 0 && m.IntN(2) == 0 {
			v.SetString(m.text(name))
		}
	case reflect.Bool:
		v.SetBool(m.IntN(2) == 0)
	case reflect.Int64:
		v.SetInt(pick(m, 0, 0, 1, -1, 3_600_000_000_001, math.MaxInt64, math.MinInt64, m.Int64()))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(m.date()))
			return
		}
		for i := range v.NumField() {
			m.fill(v.Field(i), fieldKind(v.Type(), i), depth)
		}
		if e, ok := v.Addr().Interface().(*feed.Extension); ok && e.Space == feed.SpaceJSON {
			e.Text = m.mutated(pick(m, hostileJSON...), 6)
		}
	case reflect.Slice:
		if depth > 3 || v.Type().Elem().Kind() != reflect.Struct && v.Type().Elem().Kind() != reflect.String {
			return
		}
		if m.IntN(10) >= *m.full {
			return
		}
		n := pick(m, 1, 1, 1, 2, 3)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range v.Len() {
			m.fill(v.Index(i), name, depth+1)
		}
	case reflect.Pointer:
		if m.IntN(4) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			m.fill(v.Elem(), name, depth+1)
		}
	}
}

// fieldKind says what a field holds, where its name alone does not.
func fieldKind(t reflect.Type, i int) string {
	name := t.Field(i).Name
	switch t {
	case reflect.TypeFor[feed.Extension](), reflect.TypeFor[feed.Attr]():
		if name == "Name" {
			return "XML"
		}
	}
	return name
}

// text is something for a field of the name.
func (m maker) text(name string) string {
	switch name {
	case "URL", "Link", "External", "Comments", "Image", "Href", "URI", "Avatar", "Self", "Icon", "Logo", "Scheme":
		return m.mutated(pick(m, hostileAddresses...), 8)
	case "ID", "FeedID":
		return m.id("")
	case "Space":
		return m.mutated(pick(m, hostileSpaces...), 8)
	case "XML":
		return m.mutated(pick(m, hostileNames...), 12)
	case "Rel":
		return m.mutated(pick(m, hostileRelations...), 12)
	case "Type":
		return m.mutated(pick(m, "audio/mpeg", "text/html", "html", "", "application/atom+xml", `a/b"><x y="`, "/", "video/\xff"), 8)
	case "Language":
		return m.mutated(pick(m, "en", "pt-BR", "", "he", `en" xmlns="urn:evil`, "x-\xfe"), 8)
	}
	return m.prose()
}

// prose is a few hostile pieces, seldom a very long text.
func (m maker) prose() string {
	var b strings.Builder
	for range pick(m, 1, 1, 1, 2, 2, 3, 5) {
		if m.IntN(3) == 0 {
			b.WriteString(pick(m, "a word ", " & ", " - ", "ä", "\n"))
		}
		b.WriteString(m.mutated(pick(m, hostileTexts...), 8))
	}
	if m.IntN(20) == 0 {
		for range 1 + m.IntN(40) {
			b.WriteByte(byte(m.IntN(256)))
		}
	}
	if m.IntN(400) == 0 {
		return strings.Repeat(b.String()+" ", 1+m.IntN(20_000)/(b.Len()+1))
	}
	return b.String()
}

// id is an id that no other entry of the set has, whatever the filter leaves
// out; without a tail it is any.
func (m maker) id(tail string) string {
	id := m.mutated(pick(m, "urn:x:", "https://a.example/", "tag:a.example,2026:", "  urn:x y", "x:]]>", "urn:<a>&amp;", "\ufeffurn:", "urn:\x00\xff", "javascript:alert(1)", m.prose()), 6)
	return id + "!" + tail
}

// mutated is a text of which one in so many was changed a little.
func (m maker) mutated(s string, one int) string {
	if m.IntN(one) > 0 {
		return s
	}
	b := []byte(s)
	for range 1 + m.IntN(3) {
		at := m.IntN(len(b) + 1)
		switch m.IntN(4) {
		case 0:
			b = append(b[:at:at], append([]byte(pick(m, hostileTexts...)), b[at:]...)...)
		case 1:
			b = b[:at]
		case 2:
			b = append(b[:at:at], append([]byte{byte(m.IntN(256))}, b[at:]...)...)
		default:
			if at < len(b) {
				b[at] ^= 1 << m.IntN(8)
			}
		}
	}
	return string(b)
}

func (m maker) date() time.Time {
	switch m.IntN(8) {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(pick(m, -62_135_596_801, -62_135_596_800, 0, 253_402_300_799, 253_402_300_800, 1<<55, -1<<55, m.Int64()>>8), m.Int64N(1e9))
	case 2:
		return time.Unix(m.Int64N(4e9), m.Int64N(1e9)).In(time.FixedZone("", pick(m, 0, 3600, -43_200, 50_400, 1)))
	}
	return time.Unix(1_700_000_000+m.Int64N(1e8), pick[int64](m, 0, 0, 250_000_000, 123_456_789))
}

func pick[T any](m maker, of ...T) T { return of[m.IntN(len(of))] }
