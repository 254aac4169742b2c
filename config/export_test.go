package config

import "strings"

// KnownKeys maps mappings of the file, as the manual calls them, to the keys
// that the walk knows there.
func KnownKeys() map[string][]string {
	return map[string][]string{
		"config.yaml": strings.Fields(rootKeys), "site": strings.Fields(siteKeys), "site.author": strings.Fields(authorKeys),
		"poll": strings.Fields(pollKeys), "poll.per_host": strings.Fields(perHostKeys),
		"poll.hosts[]": strings.Fields(hostKeys), "keep": strings.Fields(keepKeys),
		"dedupe": strings.Fields(dedupeKeys), "flood": strings.Fields(floodKeys), "flood.first_fetch": strings.Fields(firstKeys),
		"backups": strings.Fields(backupsKeys), "feeds[].keep": strings.Fields(feedKeepKeys),
		"feeds[]": strings.Fields(feedKeys), "opml[]": strings.Fields(opmlKeys), "articles[]": strings.Fields(articlesKeys), "channels[]": strings.Fields(channelKeys),
	}
}

// Variables are the names of all variables of the environment.
func Variables() []string {
	names := []string{envConfig}
	for key := range strings.FieldsSeq(settings) {
		names = append(names, envName(key))
	}
	return names
}

// AddressOf is an address without secrets.
func AddressOf(text string) Address { return Address{text: text} }
