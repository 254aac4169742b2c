package main

import (
	"bytes"
	"fmt"
)

// bring makes a document of exactly n items: the first ones, or all of them
// again and again with another id, link and title each time. It returns nil
// when it does not see where the items are.
func bring(body []byte, n int) []byte {
	head, items, tail := dissect(body)
	if len(items) == 0 {
		return nil
	}
	out := bytes.Clone(head)
	for i := range n {
		item := items[i%len(items)]
		if round := i / len(items); round > 0 {
			item = altered(item, round)
		}
		out = append(out, item...)
	}
	return append(out, tail...)
}

// dissect cuts a document at its items.
func dissect(body []byte) (head []byte, items [][]byte, tail []byte) {
	name := "item"
	if bytes.Contains(body, []byte("</entry>")) && !bytes.Contains(body, []byte("</item>")) {
		name = "entry"
	}
	end := []byte("</" + name + ">")
	begin := func(at int) int {
		for _, mark := range []string{"<" + name + ">", "<" + name + " ", "<" + name + "\n"} {
			if i := bytes.Index(body[at:], []byte(mark)); i >= 0 {
				return at + i
			}
		}
		return -1
	}
	at := begin(0)
	if at < 0 {
		return nil, nil, nil
	}
	head = body[:at]
	for at >= 0 {
		i := bytes.Index(body[at:], end)
		if i < 0 {
			break
		}
		stop := at + i + len(end)
		items = append(items, body[at:stop])
		tail = body[stop:]
		at = begin(stop)
	}
	return head, items, tail
}

// altered gives an item another id, link and title.
func altered(item []byte, round int) []byte {
	for _, end := range []string{"</title>", "</guid>", "</id>", "</link>"} {
		item = bytes.Replace(item, []byte(end), fmt.Appendf(nil, "-%d%s", round, end), 1)
	}
	return item
}
