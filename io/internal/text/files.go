package text

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/microbatch"
)

// Finder finds a schema from the beginning of a text, and leaves the text at its start.
type Finder func(t *Text) (*plan.Schema, error)

// Infer is the schema that find finds from the first file at path; endings are those of the files that a folder stands for. Standard input is refused:
// nobody could read it again.
func Infer(path string, endings []string, find Finder) (*plan.Schema, error) {
	if path == files.Stdin {
		return nil, fmt.Errorf("standard input can be read only once: give a schema, or a file: %w", fs.ErrInvalid)
	}
	list, err := files.List(path, endings...)
	if err != nil {
		return nil, err
	}
	schema, t, err := inferFile(list[0], find)
	if err != nil {
		return nil, err
	}
	return schema, t.Close()
}

// inferFile is the schema of a file, and the file's text, which is at its start.
func inferFile(f files.File, find Finder) (*plan.Schema, *Text, error) {
	t, err := OpenText(f)
	if err != nil {
		return nil, nil, err
	}
	schema, err := find(t)
	if err != nil {
		t.Close()
		return nil, nil, err
	}
	return schema, t, nil
}

// Files are the files at a path, for a connector to read: once to find their schema, unless one is given, and once in each run. Of standard input, which
// can't be read twice, the first run gets what was read to find the schema again.
type Files struct {
	Path    string
	Endings []string // of the files that a folder stands for

	sampled bool  // a schema was found from standard input
	stdin   *Text // with the sample put back; nil when a run has it
}

// Infer is the schema that find finds from the first file.
func (f *Files) Infer(find Finder) (*plan.Schema, error) {
	list, err := files.List(f.Path, f.Endings...)
	if err != nil {
		return nil, err
	}
	first := list[0]
	if first.Path != files.Stdin && !first.Seekable() {
		return nil, fmt.Errorf("%s can be read only once: give a schema", first.Path)
	}
	schema, t, err := inferFile(first, find)
	if err != nil {
		return nil, err
	}
	if first.Path == files.Stdin {
		f.stdin, f.sampled = t, true
		return schema, nil
	}
	return schema, t.Close()
}

// Open is an open source of the files' rows, ordered by the files' paths. It finds the files, and where the first row of each begins.
func (f *Files) Open(o Options, env *microbatch.Env, scan microbatch.Scan) (microbatch.Source, error) {
	list, err := files.List(f.Path, f.Endings...)
	if err != nil {
		return nil, err
	}
	var inputs []*Input
	for _, file := range list {
		in, err := f.openInput(file, o.Format)
		if err != nil {
			return nil, errors.Join(err, closeInputs(inputs))
		}
		inputs = append(inputs, in)
	}
	return newSource(o, env, scan, inputs), nil
}

func (f *Files) openInput(file files.File, format Format) (*Input, error) {
	t, err := f.openText(file)
	if err != nil {
		return nil, err
	}
	in, err := format.Begin(t, false)
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	in.File, in.Name, in.Packed = file, t.Name, t.Packed != files.None || !file.Seekable()
	if file.Seekable() {
		return in, t.Close()
	}
	in.Text = t
	return in, nil
}

// errTwice is what a second reading of standard input gets.
var errTwice = errors.New("standard input can be read only once in a program")

// openText opens a file; standard input may have been opened to find the schema.
func (f *Files) openText(file files.File) (*Text, error) {
	if file.Path != files.Stdin || !f.sampled {
		return OpenText(file)
	}
	t := f.stdin
	if t == nil {
		return nil, errTwice
	}
	f.stdin = nil
	return t, nil
}
