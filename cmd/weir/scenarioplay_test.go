package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// play is a scenario being played.
type play struct {
	t     *testing.T
	dir   string
	story string
	files map[string]string
	web   *scenarioWeb
	now   time.Time

	planets map[string]*planet
	*planet
}

// planet is one Weir of a scenario.
type planet struct {
	name, dir string
	// said is what the last command wrote, code how it ended.
	said string
	code int
	// readers are subscribers by channel.
	readers map[string]*subscriber
	// before and after are the published files around the last poll.
	before, after map[string]string
}

// step is a line of a story and what is indented below it.
type step struct {
	line  int
	text  string
	below []string
}

func newPlay(t *testing.T, a *txtar.Archive) *play {
	p := &play{
		t: t, dir: t.TempDir(), story: string(a.Comment), files: map[string]string{}, web: newScenarioWeb(t),
		now: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC), planets: map[string]*planet{},
	}
	for _, f := range a.Files {
		p.files[f.Name] = string(f.Data)
	}
	return p
}

// run plays the whole story.
func (p *play) run(name string) error {
	if err := p.enter("planet"); err != nil {
		return err
	}
	for _, s := range steps(p.story) {
		if err := p.step(s); err != nil {
			return fmt.Errorf("%s:%d: %s\n%w", name, s.line, s.text, err)
		}
	}
	for _, planet := range p.planets {
		p.planet = planet
		if err := p.settle(); err != nil {
			return fmt.Errorf("%s: at the end of the story: %w", name, err)
		}
	}
	return nil
}

func steps(story string) (list []step) {
	n := 0
	for line := range strings.Lines(story) {
		n++
		text := strings.TrimSpace(line)
		switch {
		case text == "" || text[0] == '#':
		case line[0] == ' ' && len(list) > 0:
			list[len(list)-1].below = append(list[len(list)-1].below, text)
		default:
			list = append(list, step{line: n, text: text})
		}
	}
	return list
}

// step plays one step.
func (p *play) step(s step) error {
	verb, rest, _ := strings.Cut(s.text, " ")
	switch verb {
	case "at":
		return p.at(rest)
	case "later":
		d, err := howLong(rest)
		p.now = p.now.Add(d)
		return err
	case "serve", "fail", "redirect":
		return p.publishPage(verb, strings.Fields(rest))
	case "article", "delete":
		return p.article(verb, strings.Fields(rest))
	case "config":
		return p.configure(rest)
	case "poll":
		return p.poll(rest)
	case "weir":
		args, code, _ := strings.Cut(rest, " => ")
		return p.expectCode(strings.Fields(args), code)
	case "says":
		return p.says(rest)
	case "planet":
		return p.enter(rest)
	case "lose":
		return p.lose(rest)
	case "expect":
		return p.expect(rest, s.below)
	}
	return fmt.Errorf("there is no step %q", verb)
}

// at moves the clock, never back.
func (p *play) at(text string) error {
	if len(text) == len("15:04") {
		text = p.now.Format("2006-01-02 ") + text
	}
	to, err := time.Parse("2006-01-02 15:04", text)
	if err == nil && to.Before(p.now.Truncate(time.Minute)) {
		return fmt.Errorf("it is %s already", p.now)
	}
	if to.After(p.now) {
		p.now = to
	}
	return err
}

// howLong reads "3 hours".
func howLong(text string) (time.Duration, error) {
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	unit = strings.TrimSuffix(unit, "s")
	of, ok := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[unit]
	if err != nil || !ok {
		return 0, fmt.Errorf("%q is no time: 5 minutes, 3 hours, 2 days", text)
	}
	return time.Duration(n) * of, nil
}

// publishPage changes the web.
func (p *play) publishPage(verb string, args []string) error {
	switch {
	case verb == "serve" && len(args) == 3 && args[1] == "at":
		data, ok := p.files[args[0]]
		if !ok {
			return fmt.Errorf("there is no file %q", args[0])
		}
		page, err := feedPage(data, func(name string) (string, bool) { s, ok := p.files[name]; return s, ok })
		if err != nil {
			return fmt.Errorf("%s: %w", args[0], err)
		}
		p.web.put(args[2], page)
	case verb == "fail" && len(args) == 2:
		status, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		p.web.put(args[0], &page{status: status})
	case verb == "redirect" && len(args) == 3 && args[1] == "to":
		p.web.put(args[0], &page{to: args[2]})
	default:
		return errors.New("it is: serve NAME at URL, fail URL STATUS, redirect URL to URL")
	}
	return nil
}

// article writes or removes a file of the planet's folder.
func (p *play) article(verb string, args []string) error {
	switch {
	case verb == "delete" && len(args) == 2 && args[0] == "article":
		return os.Remove(filepath.Join(p.planet.dir, args[1]))
	case verb == "article" && len(args) == 3 && args[1] == "from":
		path := filepath.Join(p.planet.dir, args[0])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(p.files[args[2]]), 0o600); err != nil {
			return err
		}
		return os.Chtimes(path, p.now, p.now)
	}
	return errors.New("it is: article PATH from NAME, delete article PATH")
}

// enter goes to a planet, made when it is new.
func (p *play) enter(name string) error {
	if p.planets[name] != nil {
		p.planet = p.planets[name]
		return nil
	}
	p.planet = &planet{name: name, dir: filepath.Join(p.dir, name), readers: map[string]*subscriber{}}
	p.planets[name] = p.planet
	if err := os.MkdirAll(p.planet.dir, 0o755); err != nil {
		return err
	}
	p.web.sites["https://"+name+".example/"] = p.output()
	file := name + ".yaml"
	if name == "planet" {
		file = "config.yaml"
	}
	return p.configure(file)
}

func (p *play) output() string { return filepath.Join(p.planet.dir, "public") }

// configure writes a configuration, completed by what nearly every story needs
// alike: times are the story's, so nothing waits for politeness.
func (p *play) configure(name string) error {
	data, ok := p.files[name]
	if !ok {
		return fmt.Errorf("there is no file %q", name)
	}
	for key, value := range map[string]string{
		"site":   fmt.Sprintf("{title: %s, url: 'https://%s.example/', since: 2026-01-01}", p.planet.name, p.planet.name),
		"output": "public",
		"poll":   "{floor: 0, per_host: {delay: 0}}",
	} {
		if !strings.Contains("\n"+data, "\n"+key+":") {
			data = key + ": " + value + "\n" + data
		}
	}
	return os.WriteFile(filepath.Join(p.planet.dir, "config.yaml"), []byte(data), 0o600)
}

// weir runs the program's own command line.
func (p *play) weir(args ...string) {
	var out bytes.Buffer
	now := p.now
	a := &app{
		outside: outside{fetcher: p.web, now: func() time.Time { return now }},
		in:      strings.NewReader(""), out: &out, err: &out,
	}
	root := a.root()
	root.SetArgs(append([]string{"--config", filepath.Join(p.planet.dir, "config.yaml")}, args...))
	err := root.ExecuteContext(p.t.Context())
	report(&out, err)
	p.said, p.code = out.String(), exitCode(err)
}

func (p *play) expectCode(args []string, code string) error {
	want := 0
	if code != "" {
		var err error
		if want, err = strconv.Atoi(strings.TrimSpace(code)); err != nil {
			return err
		}
	}
	if p.weir(args...); p.code != want {
		return fmt.Errorf("it ended with %d, not %d, and said:\n%s", p.code, want, p.said)
	}
	return p.look()
}

// poll polls, once or often, and lets subscribers look.
func (p *play) poll(rest string) error {
	if err := p.settle(); err != nil {
		return err
	}
	rest, code, _ := strings.Cut(rest, "=> ")
	times, every := 1, time.Duration(0)
	if number, step, ok := strings.Cut(strings.TrimSpace(rest), " times, every "); ok {
		var err error
		if times, err = strconv.Atoi(number); err != nil {
			return err
		}
		if every, err = howLong(step); err != nil {
			return err
		}
	}
	var err error
	if p.before, err = filesIn(p.output()); err != nil {
		return err
	}
	for range times {
		p.now = p.now.Add(every)
		if err := p.expectCode([]string{"poll", "--all"}, code); err != nil {
			return err
		}
		p.now = p.now.Add(time.Second)
	}
	p.after, err = filesIn(p.output())
	return err
}

// look lets a subscriber of every channel read its documents.
func (p *play) look() error {
	dirs, err := channelsIn(p.output())
	if err != nil {
		return err
	}
	for id, dir := range dirs {
		list, err := readChannel(dir)
		if err != nil {
			return fmt.Errorf("channel %s: %w", id, err)
		}
		if p.readers[id] == nil {
			p.readers[id] = newSubscriber()
		}
		if err := p.readers[id].read(list); err != nil {
			return fmt.Errorf("channel %s: %w", id, err)
		}
	}
	return nil
}

func (p *play) settle() error {
	for id, r := range p.readers {
		if err := r.settle(); err != nil {
			return fmt.Errorf("channel %s, last poll: %w", id, err)
		}
	}
	return nil
}

func (p *play) says(text string) error {
	not := false
	if rest, ok := strings.CutPrefix(text, "not "); ok {
		text, not = rest, true
	}
	if strings.Contains(p.said, text) == not {
		return fmt.Errorf("the last command said:\n%s", p.said)
	}
	return nil
}

func (p *play) lose(what string) error {
	switch what {
	case "the store":
		return os.Remove(filepath.Join(p.planet.dir, "weir.db"))
	case "the output":
		return os.RemoveAll(p.output())
	}
	return errors.New("it is: lose the store, lose the output")
}
