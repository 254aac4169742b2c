package discover

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Lines reads a list with an address on each line: empty lines and those that
// begin with "#" are skipped. Behind an address tags may stand, in quotes where
// they hold blanks, as newsboat has them; its "~title" is taken as the title
// and its "!" as no tag. Whatever is not http or https is named in Skipped.
func Lines(data []byte) (*List, error) {
	if len(data) > MaxListBytes {
		return nil, fmt.Errorf("the list is larger than %d MiB", MaxListBytes>>20)
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, fmt.Errorf("%w: it is no text in UTF-8", ErrNotList)
	}
	list, number := &List{}, 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if number > maxOutlines || len(list.Feeds) >= MaxListed {
			return nil, fmt.Errorf("the list has more than %d feeds", MaxListed)
		}
		words := fields(line)
		if !Fetchable(words[0]) {
			list.skip(fmt.Sprintf("line %d: does not begin with an http or https address", number))
			continue
		}
		l := Listed{URL: words[0]}
		for _, w := range words[1:] {
			switch {
			case strings.HasPrefix(w, "~"):
				l.Title = w[1:]
			case w != "!":
				l.tag(w)
			}
		}
		list.Feeds = append(list.Feeds, l)
	}
	return list, nil
}

// fields splits a line at blanks outside quotes.
func fields(line string) []string {
	var words []string
	for line != "" {
		var word string
		if line[0] == '"' {
			word, line, _ = strings.Cut(line[1:], `"`)
		} else {
			end := strings.IndexAny(line, " \t")
			if end < 0 {
				end = len(line)
			}
			word, line = line[:end], line[end:]
		}
		words = append(words, word)
		line = strings.TrimLeft(line, " \t")
	}
	return words
}
