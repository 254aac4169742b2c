package publisher

import "encoding/xml"

// Poison adds a format that fails as it is told to.
func (p *Publisher) Poison(render func(slug string) error) {
	p.formats = append(p.formats, format{"poison", func(f *fragment) error { return render(f.story.Slug) }})
}

// VerifyItem is the strict reading of one rendered element, with the
// namespaces that every feed declares. What follows are names of elements, each
// with what it is to say.
func VerifyItem(item string, want ...string) error {
	var list []meant
	for i := 0; i+1 < len(want); i += 2 {
		list = append(list, meant{want[i], want[i+1]})
	}
	return verifyItem([]byte(item), spaces{known: spaceAtom | spaceDC | spaceContent}, list...)
}

// ExtensionSpaces are the namespaces whose elements are passed on.
func ExtensionSpaces() (names []xml.Attr) {
	for _, attr := range (spaces{known: 1<<len(namespaces) - 1}).declare() {
		if !knownSpace(attr.Value).modelled {
			names = append(names, attr)
		}
	}
	return names
}
