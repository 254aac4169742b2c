package feed_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/feed"
)

// XJ09: a secret is known in every form in which a server may repeat it.
func TestTells(t *testing.T) {
	src := feed.Source{Secrets: []string{"Café key", "hunter%2F2"}}
	for text, want := range map[string]bool{
		"":                                        false,
		"https://blog.example/":                   false,
		"https://blog.example/100%":               false,
		"https://blog.example/Café key":           true,
		"https://blog.example/?k=CAF%C3%89+KEY":   true,
		"https://blog.example/?k=caf%c3%a9%20key": true,
		"https://blog.example/hunter%2F2":         true,
		"https://blog.example/hunter/2":           true,
		"https://proxy.example/?u=https%3A%2F%2Fa.example%2FHunter%2f2": true,
	} {
		if got := src.Tells(text); got != want {
			t.Errorf("Tells(%q) = %v, want %v", text, got, want)
		}
	}
	if open := (feed.Source{URL: "https://blog.example/"}); open.Private() || open.Tells("https://blog.example/") || !src.Private() {
		t.Error("a source without secrets is private, or one with secrets is not")
	}
}

func TestCover(t *testing.T) {
	src := feed.Source{Secrets: []string{"Hunter2.example", "Hunter2"}}
	const want = "The host ••• does not exist; ••• asked for •••."
	if got := src.Cover("The host hunter2.example does not exist; Hunter2.example asked for hunter2."); got != want {
		t.Errorf("Cover = %q, want %q", got, want)
	}
}

// What a document says of feeds keeps its words and loses the addresses that
// tell a secret.
func TestScreenDocument(t *testing.T) {
	const open, secret = "https://blog.example/", "https://blog.example/?k=hunter2"
	doc := func(address string) *feed.Document {
		return &feed.Document{
			Profile: feed.Profile{Title: "Blog", Link: address, Self: address, Hub: address, FeedID: address, Icon: address, Logo: address},
			Items: []feed.Item{
				{Content: feed.Content{Title: "One", Origin: &feed.Origin{Title: "Blog", ID: address, Link: address, Self: address}}},
				{Content: feed.Content{Title: "Two"}},
			},
		}
	}
	src := feed.Source{Secrets: []string{"hunter2"}}
	for address, left := range map[string]string{open: open, secret: ""} {
		got := doc(address)
		src.ScreenDocument(got)
		if diff := cmp.Diff(doc(left), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
	}
}
