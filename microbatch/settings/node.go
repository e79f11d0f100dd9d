package settings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Node is a part of a file of settings: a mapping, a list or a value.
type Node struct {
	file *file
	yaml *yaml.Node
	path string // "connectors.kafka"; "": the whole file
}

// file is what all nodes of a file share.
type file struct {
	name   string
	lookup func(name string) (string, bool) // an environment variable
}

// maxFile bounds a file of settings: what is larger is something else.
const maxFile = 16 << 20

// ReadFile reads the file at path. Variables come from the process's environment.
func ReadFile(path string) (*Node, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d MiB: this isn't a file of settings", path, maxFile>>20)
	}
	return Parse(path, text, os.LookupEnv)
}

// Parse parses text. name is the file's in messages; lookup gives environment variables. An empty text is an empty mapping.
func Parse(name string, text []byte, lookup func(name string) (string, bool)) (*Node, error) {
	decoder := yaml.NewDecoder(strings.NewReader(masked(string(text))))
	f := &file{name: name, lookup: lookup}
	root := &Node{file: f, yaml: &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1}}
	var doc yaml.Node
	switch err := decode(decoder, &doc); {
	case errors.Is(err, io.EOF):
		return root, nil
	case err != nil:
		return nil, f.syntaxError(err)
	}
	var more yaml.Node
	if err := decode(decoder, &more); err == nil {
		return nil, f.errorAt(&more, "a second document begins here, expected one a file: remove the line of ---")
	} else if !errors.Is(err, io.EOF) {
		return nil, f.syntaxError(err)
	}
	if content := doc.Content; len(content) > 0 && !isNull(content[0]) {
		root.yaml = content[0]
	}
	return root, nil
}

// decode guards against the parser's panics: what it reads is anybody's.
func decode(d *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("this isn't YAML: %v", p)
		}
	}()
	return d.Decode(into)
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxError is the parser's error with the place in front, as ours have it.
func (f *file) syntaxError(err error) error {
	text := err.Error()
	m := yamlLine.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("%s: %s", f.name, text)
	}
	line, _ := strconv.Atoi(m[1])
	return fmt.Errorf("%s:%d:1: this isn't YAML: %s", f.name, max(1, line), text[len(m[0]):])
}

// Position is where the node is: file:line:column.
func (n *Node) Position() string { return n.file.position(n.yaml) }

func (f *file) position(y *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", f.name, y.Line, y.Column)
}

func (f *file) errorAt(y *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s: %s", f.position(y), fmt.Sprintf(format, args...))
}

// Errorf is an error about the node: its place, its name, then the text.
func (n *Node) Errorf(format string, args ...any) error {
	place := n.Position()
	if n.path != "" {
		place += ": " + n.path
	}
	return fmt.Errorf(place+": "+format, args...)
}

// at is the node of a value inside n.
func (n *Node) at(key string, y *yaml.Node) *Node {
	for y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	path := key
	if n.path != "" {
		path = n.path + "." + key
	}
	return &Node{file: n.file, yaml: y, path: path}
}

func isNull(y *yaml.Node) bool { return y.Kind == yaml.ScalarNode && y.Tag == "!!null" }

// kind is what the node is, for messages.
func (n *Node) kind() string {
	switch n.yaml.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if isNull(n.yaml) {
		return "nothing"
	}
	return "a value"
}
