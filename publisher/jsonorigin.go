package publisher

import (
	"weir/feed"
)

// jsonOrigin is the feed that an aggregated entry named as its own source: what
// Atom says as atom:source (J10, T4).
type jsonOrigin struct {
	jsonSource
	Subtitle     string         `json:"subtitle,omitempty"`
	Rights       string         `json:"rights,omitempty"`
	Icon         string         `json:"icon,omitempty"`
	Logo         string         `json:"logo,omitempty"`
	Updated      string         `json:"updated,omitempty"`
	Authors      []jsonPerson   `json:"authors,omitempty"`
	Contributors []jsonPerson   `json:"contributors,omitempty"`
	Categories   []jsonCategory `json:"categories,omitempty"`
}

// jsonPerson is somebody with the part that they had.
type jsonPerson struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
	Role string `json:"role,omitempty"`
}

// jsonCategory is a tag with what JSON Feed's tags have no room for.
type jsonCategory struct {
	Term   string `json:"term"`
	Scheme string `json:"scheme,omitempty"`
	Label  string `json:"label,omitempty"`
}

// jsonOrigin returns the origin, nil where the entry named none.
func (s *story) jsonOrigin() *jsonOrigin {
	o := s.Origin
	if o == nil {
		return nil
	}
	out := &jsonOrigin{
		jsonSource: jsonSource{Title: o.Title, URL: publicURL(o.Self), Home: publicURL(o.Link)},
		Subtitle:   o.Subtitle, Rights: o.Rights, Icon: address(o.Icon), Logo: address(o.Logo), Updated: stamp(o.Updated),
		Authors: jsonPersons(o.Authors), Contributors: jsonPersons(o.Contributors), Categories: jsonCategories(o.Tags),
	}
	if !tellsSecret(o.ID) {
		out.ID = o.ID
	}
	return out
}

func jsonPersons(persons []feed.Person) (list []jsonPerson) {
	for _, person := range named(persons) {
		list = append(list, jsonPerson{Name: person.Name, URL: person.URI, Role: person.Role})
	}
	return list
}

func jsonCategories(tags []feed.Tag) (list []jsonCategory) {
	for _, tag := range tags {
		if tag.Term != "" {
			list = append(list, jsonCategory{Term: tag.Term, Scheme: iriOrNone(tag.Scheme), Label: tag.Label})
		}
	}
	return list
}

// described returns the tags of which more is known than their terms.
func described(tags []feed.Tag) (list []feed.Tag) {
	for _, tag := range tags {
		if tag.Scheme != "" || tag.Label != "" {
			list = append(list, tag)
		}
	}
	return list
}
