package publisher

import "html/template"

// This file alone turns strings into what templates do not escape (XE18):
// bodies that the cleaner made, pages' parts that templates made, and the
// style sheets that are compiled in.

// cleanBody vouches for a body that was cleaned when it was read.
func cleanBody(s *story, in setting) template.HTML { return template.HTML(in.dress(s.HTML)) }

// rendered vouches for what a template of this package wrote.
func rendered(page []byte) template.HTML { return template.HTML(page) }

// compiledStyle vouches for an embedded style sheet.
func compiledStyle(css []byte) template.CSS { return template.CSS(css) }
