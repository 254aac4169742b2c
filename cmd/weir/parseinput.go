package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"weir/aggregator/fetch"
	"weir/config"
	"weir/feed"
)

// maxParsed is the largest document that is looked at, as in polls.
const maxParsed = 10 << 20

// errUnreachable is an address that gave no document.
var errUnreachable = errors.New("the address gave no document")

// input gets the document that is asked for, and the settings that hold for it.
func (a *app) input(ctx context.Context, o parseOptions) (*input, error) {
	if o.base != "" && !isAddress(o.base) {
		return nil, &usageError{text: "--base is not an address", hint: "--base https://blog.example/feed"}
	}
	in := &input{name: o.target, contentType: o.contentType, location: o.base}
	if isAddress(o.target) {
		in.name = config.Redact(o.target)
	}
	if err := a.settle(in, &o); err != nil {
		return nil, err
	}
	var err error
	switch {
	case o.target == "-":
		in.name = "standard input"
		err = in.take(a.in)
	case isAddress(o.target):
		err = a.fetch(ctx, in, o.target)
	default:
		err = in.open(ctx, filePath(o.target))
	}
	if err != nil {
		return nil, err
	}
	// What was said on the command line stands above what came.
	if o.contentType != "" {
		in.contentType = o.contentType
	}
	if o.base != "" {
		in.location = o.base
	}
	return in, nil
}

func isAddress(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// settle finds the source that the configuration has for the document. There
// need not be a configuration, unless a source of it is named; and one that is
// wrong is no reason not to look at a file.
func (a *app) settle(in *input, o *parseOptions) error {
	in.source = feed.Source{ID: "feed", URL: o.target, Secrets: typedSecrets(o.target)}
	c, err := a.load()
	switch {
	case err == nil:
	case o.source != "", isAddress(o.target) && !errors.Is(err, errNoConfig), a.flags.config != "":
		return err
	default:
		return nil
	}
	in.config = c
	sources := named(c)
	if o.source != "" {
		if err := knownSources(c, []string{o.source}); err != nil {
			return err
		}
	}
	target := o.target
	if target != "" && target != "-" && !isAddress(target) {
		if path, err := filepath.Abs(filePath(target)); err == nil {
			target = path // as the configuration has it
		}
	}
	i := slices.IndexFunc(sources, func(s feed.Source) bool {
		return s.ID == o.source || o.source == "" && s.URL == target
	})
	if i < 0 {
		return nil
	}
	in.source = sources[i]
	if o.target == "" {
		o.target, in.name = in.source.URL, in.source.ID
	} else if in.source.Kind == feed.Remote && in.location == "" {
		in.location = in.source.URL
	}
	return nil
}

// typedSecrets are what stands before the at sign of an address that the
// configuration does not have.
func typedSecrets(address string) []string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return nil
	}
	secret := u.User.Username()
	if password, _ := u.User.Password(); password != "" {
		secret = password
	}
	return slices.DeleteFunc([]string{secret}, func(s string) bool { return s == "" })
}

// fetch asks an address as a poll would.
func (a *app) fetch(ctx context.Context, in *input, address string) error {
	options := fetch.Options{UserAgent: "weir/" + version()}
	if c := in.config; c != nil {
		options = fetch.Options{UserAgent: userAgent(c), AllowPrivate: c.Poll.AllowPrivate, Timeouts: fetch.Timeouts{Total: c.Poll.Timeout}}
	}
	client, err := fetch.New(options)
	if err != nil {
		return err
	}
	resp, err := client.Get(ctx, fetch.Request{URL: address, Private: in.source.Private(), Access: in.access()})
	if err != nil {
		return in.unreachable(ctx, err)
	}
	in.body, in.cut, in.contentType, in.location = resp.Body, resp.Cut, resp.ContentType, resp.Final
	return nil
}

// access is what the source of the configuration wants beside its address, if
// that is what is asked.
func (in *input) access() *fetch.Access {
	if in.config == nil || in.location != in.source.URL && in.name != in.source.ID {
		return nil
	}
	return access(in.config)[in.source.ID]
}

func (in *input) unreachable(ctx context.Context, err error) error {
	var fe *fetch.Error
	if !errors.As(err, &fe) || ctx.Err() != nil {
		return err
	}
	err = fmt.Errorf("%w: %s", errUnreachable, printable(fe.Problem.Text))
	if in.config == nil && fe.Problem.Kind == "refused" {
		err = withHint(err, "without a configuration: curl ADDRESS | weir parse --base ADDRESS -")
	}
	return err
}
