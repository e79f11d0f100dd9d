package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Engine answers queries, and measures how long that takes.
type Engine interface {
	Name() string
	Version() string
	Knows(query string) bool
	Ask(ctx context.Context, r Request) (Answer, error)
	Close() error
}

// Command starts an engine's process.
type Command struct {
	Name string
	Args []string // program and arguments
}

// child is an engine that is a process which lives through many queries.
type child struct {
	hello  Hello
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors *lastLine
}

// Start starts the process and reads its first line. It is killed when ctx is done.
func (c Command) Start(ctx context.Context) (Engine, error) {
	p := &child{cmd: exec.CommandContext(ctx, c.Args[0], c.Args[1:]...), errors: &lastLine{}}
	p.cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	p.cmd.Stderr = p.errors
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s doesn't start: %w", c.Name, err)
	}
	if err := p.read(&p.hello); err != nil {
		err = fmt.Errorf("%s doesn't start: %w", c.Name, err)
		return nil, errors.Join(err, p.kill())
	}
	return p, nil
}

// askOnce asks a process that is started for it.
func (c Command) askOnce(ctx context.Context, r Request) (Answer, error) {
	p, err := c.Start(ctx)
	if err != nil {
		return Answer{}, err
	}
	a, err := p.Ask(ctx, r)
	err = errors.Join(err, p.Close())
	if ctx.Err() != nil { // of which the process has been killed
		return a, ctx.Err()
	}
	return a, err
}

func (p *child) Name() string            { return p.hello.Name }
func (p *child) Version() string         { return p.hello.Version }
func (p *child) Knows(query string) bool { return slices.Contains(p.hello.Queries, query) }

func (p *child) Ask(_ context.Context, r Request) (Answer, error) {
	var a Answer
	line, err := json.Marshal(r)
	if err != nil {
		return a, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return a, fmt.Errorf("%s: %w", p.Name(), err)
	}
	if err := p.read(&a); err != nil {
		return a, fmt.Errorf("%s: %s: %w", p.Name(), r.Query, err)
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}

// read reads a line of JSON. Where the process has ended instead, the error is what it said last.
func (p *child) read(to any) error {
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		_ = p.cmd.Wait() // so that all that it said is there
		if said := p.errors.String(); said != "" {
			return errors.New(said)
		}
		return fmt.Errorf("the process ended without an answer: %w", err)
	}
	return json.Unmarshal(line, to)
}

// Close ends the process by the end of its input.
func (p *child) Close() error {
	if err := p.in.Close(); err != nil {
		return err
	}
	return p.cmd.Wait()
}

func (p *child) kill() error {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	return nil
}

// fresh is an engine that starts a new process for every query, so that its peak memory is that query's.
type fresh struct {
	Engine // of the first process: name, version, queries; it isn't asked
	start  Command
}

func (f fresh) Ask(ctx context.Context, r Request) (Answer, error) { return f.start.askOnce(ctx, r) }

func (fresh) Close() error { return nil }

// whole is an engine whose program is started for every query, does it and ends; all of that is measured, from
// outside.
type whole struct {
	name, version string
	args          func(r Request) []string
}

func (w whole) Name() string        { return w.name }
func (w whole) Version() string     { return w.version }
func (w whole) Knows(q string) bool { return q == startQuery }
func (w whole) Close() error        { return nil }

func (w whole) Ask(ctx context.Context, r Request) (Answer, error) {
	args := w.args(r)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	said := &lastLine{}
	cmd.Stderr = said
	start := time.Now()
	err := cmd.Run()
	seconds := time.Since(start).Seconds()
	if err != nil {
		return Answer{}, fmt.Errorf("%s: %w", w.name, said.about(err))
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return Answer{Seconds: seconds, CPU: cpu.Seconds()}, nil
}

// lastLine keeps the last line that is not empty of what is written to it, for messages.
type lastLine struct{ line, rest string }

func (l *lastLine) Write(b []byte) (int, error) {
	l.rest += string(b)
	for {
		line, rest, ok := strings.Cut(l.rest, "\n")
		if !ok {
			return len(b), nil
		}
		if strings.TrimSpace(line) != "" {
			l.line = line
		}
		l.rest = rest
	}
}

// about is a program's error with what it said last.
func (l *lastLine) about(err error) error {
	if said := l.String(); said != "" {
		return fmt.Errorf("%w: %s", err, said)
	}
	return err
}

func (l *lastLine) String() string {
	if strings.TrimSpace(l.rest) != "" {
		return l.rest
	}
	return l.line
}
