package feed

import "strings"

// Limits on what the vocabulary may hold (the rules XC22 and XC13); whoever reads
// from outside cuts to them.
const (
	MaxTitle       = 1 << 10
	MaxURL         = 4 << 10
	MaxHTML        = 256 << 10
	MaxSlug        = 80
	MaxSourceID    = 40
	MaxTags        = 64
	MaxAttachments = 32
	MaxPersons     = 32
	MaxRejections  = 200
)

// ValidSlug reports whether s can be an entry's slug: [a-z0-9-], 1 to 80
// bytes, no hyphen at either end.
func ValidSlug(s string) bool { return validName(s, MaxSlug) }

// ValidID reports whether s can be the id of a source or a channel: [a-z0-9-],
// 1 to 40 bytes, no hyphen at either end.
func ValidID(s string) bool { return validName(s, MaxSourceID) }

func validName(s string, limit int) bool {
	if s == "" || len(s) > limit || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Fold returns s as tags and words are compared: lower case, single spaces.
func Fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}

// Slips counts the typing mistakes between two short words: letters that were
// left out, added or exchanged (Levenshtein); 3 when it is surely above two.
func Slips(a, b string) int {
	if len(a)-len(b) > 2 || len(b)-len(a) > 2 {
		return 3
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
