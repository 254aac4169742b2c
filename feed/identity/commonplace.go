package identity

import "strings"

// commonplace reports whether a slug, its numbers and dates aside, is one that
// many publishers give to many posts.
func commonplace(slug string) bool {
	words := make([]string, 0, 16)
	for word := range strings.SplitSeq(slug, "-") {
		if !digits(word) && !dateWord(word) {
			words = append(words, word)
		}
	}
	slug = strings.Join(words, "-")
	return slug == "" || beginning(slug) || column(slug) || notice(slug)
}

// dateWord reports whether a word is a part of a date: may, 3rd, friday.
func dateWord(word string) bool {
	switch word {
	case "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
		"december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday":
		return true
	}
	n := strings.TrimLeft(word, "0123456789")
	return len(n) < len(word) && (n == "st" || n == "nd" || n == "rd" || n == "th")
}

// beginning reports whether a slug is that of a first post: systems write one
// by themselves, in the language of the site.
func beginning(slug string) bool {
	switch slug {
	case "hello-world", "hello", "hallo-welt", "hallo-wereld", "bonjour-tout-le-monde", "hola-mundo", "hola-mon",
		"ciao-mondo", "ola-mundo", "witaj-swiecie", "privet-mir", "pryvit-svit", "hej-varlden", "hej-verden", "hei-verden",
		"hei-maailma", "moikka-maailma", "ahoj-vsichni", "ahoj-svet", "hello-vilag", "merhaba-dunya", "salut-lume",
		"halo-dunia", "pozdrav-svijete", "zdravo-svete", "pozdravljen-svet", "tere-maailm", "sveika-pasaule",
		"test", "test-post", "testing", "first-post", "my-first-post", "my-first-blog-post", "my-first-blog",
		"the-first-post", "first-blog-post", "first-blog", "your-first-post", "my-very-first-post", "my-very-first-blog-post",
		"sample-post", "sample-page", "example-post", "new-post", "untitled", "untitled-post", "no-title", "blog-post",
		"new-blog", "new-website", "new-site", "my-new-blog", "my-new-website", "a-new-blog", "a-new-beginning",
		"welcome", "welcome-to-my-blog", "welcome-to-my-new-blog", "welcome-to-my-website", "welcome-to-my-site",
		"welcome-to-the-blog", "welcome-to-our-blog", "welcome-to-our-new-blog", "welcome-to-our-new-website",
		"welcome-to-wordpress", "welcome-to-jekyll", "welcome-to-ghost", "welcome-to-the-show", "welcome-to-the-podcast",
		"this-is-a-test", "this-is-my-first-post", "this-is-my-first-blog-post", "lorem-ipsum", "lorem-ipsum-dolor-sit-amet",
		"coming-soon", "trailer", "the-trailer", "season-trailer", "series-trailer", "podcast-trailer", "official-trailer",
		"teaser", "introduction", "intro", "pilot", "prologue", "bonus", "bonus-episode":
		return true
	}
	return false
}

// column reports whether a slug is that of something regular.
func column(slug string) bool {
	switch slug {
	case "links", "links-for", "daily-links", "weekly-links", "weekend-links", "links-of-the-day", "links-of-the-week",
		"links-of-the-month", "weekly-link-roundup", "weekly-roundup", "weekly-round-up", "monthly-roundup",
		"link-roundup", "week-in-review", "the-week-in-review", "this-week-in-review", "weekly-update", "monthly-update",
		"weekly-newsletter", "monthly-newsletter", "newsletter", "the-newsletter", "weekly-review", "monthly-review",
		"weekly-digest", "weeknotes", "weeknote", "week-notes", "month-notes", "weekend-reading", "what-i-read-this-week",
		"what-we-read-this-week", "what-im-reading", "what-were-reading-this-week", "things-i-read-this-week",
		"month-in-review", "year-in-review", "in-review", "my-year-in-review", "the-year-in-review", "a-year-in-review",
		"review-of-the-year", "books-i-read-in", "my-favorite-books-of", "my-favourite-books-of",
		"open-thread", "weekend-open-thread", "daily-open-thread", "happy-new-year", "merry-christmas", "happy-holidays",
		"happy-thanksgiving", "happy-birthday", "good-morning", "photo-of-the-day", "quote-of-the-day", "word-of-the-day",
		"picture-of-the-day", "tip-of-the-day", "song-of-the-day", "advent-of-code", "advent-of-code-day":
		return true
	}
	return false
}

// notice reports whether a slug is that of a notice that anybody gives.
func notice(slug string) bool {
	switch slug {
	case "about", "about-me", "about-us", "contact", "contact-us", "faq", "announcement", "announcements", "update",
		"updates", "news", "news-and-updates", "release-notes", "changelog", "whats-new", "new-release", "patch-notes",
		"bug-fixes", "bugfixes", "bug-fix-release", "bugfix-release", "maintenance-release", "security-update",
		"security-release", "bug-fixes-and-improvements", "bug-fixes-and-performance-improvements",
		"minor-bug-fixes-and-improvements", "minor-bug-fixes-and-performance-improvements",
		"various-bug-fixes-and-improvements", "performance-improvements-and-bug-fixes", "stability-and-performance-improvements",
		"site-update", "site-news", "maintenance", "scheduled-maintenance", "planned-maintenance", "outage",
		"service-outage", "service-disruption", "degraded-performance", "press-release", "were-hiring", "we-are-hiring",
		"thank-you", "thanks":
		return true
	}
	return false
}
