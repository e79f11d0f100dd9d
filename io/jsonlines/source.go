package jsonlines

import (
	"context"
	"errors"

	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/io/internal/text"
	"github.com/pwcol/pwcol/microbatch"
)

var _ microbatch.SourceOpener = (*source)(nil)

// OpenSource finds the files and looks at the first bytes of each.
func (src *source) OpenSource(_ context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Source, error) {
	list, err := files.List(src.path, endings...)
	if err != nil {
		return nil, err
	}
	var inputs []*text.Input
	for _, f := range list {
		in, err := src.openInput(f)
		if err != nil {
			return nil, errors.Join(err, text.CloseInputs(inputs))
		}
		inputs = append(inputs, in)
	}
	return text.NewSource(src.textOptions("jsonlines.Read"), env, scan, inputs), nil
}

func (src *source) textOptions(step string) text.Options {
	return text.Options{Step: step, Format: textFormat{src}, Chunk: src.settings.chunkSize}
}

// maxMark is how many bytes a byte order mark has at most.
const maxMark = 3

func (src *source) openInput(f files.File) (*text.Input, error) {
	t, err := src.openText(f)
	if err != nil {
		return nil, err
	}
	head := make([]byte, maxMark)
	n, _, err := t.Fill(head)
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	start, err := text.Mark(t.Name, head[:n])
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	in := &text.Input{File: f, Name: t.Name, Packed: t.Packed != files.None || !f.Seekable(), Start: int64(start), Line: 1}
	if f.Seekable() {
		return in, t.Close()
	}
	t.PutBack(head[start:n])
	in.Text = t
	return in, nil
}

// openText opens a file; standard input may have been opened to find the schema.
func (src *source) openText(f files.File) (*text.Text, error) {
	if f.Path != files.Stdin || !src.inferred {
		return text.OpenText(f)
	}
	t := src.stdin
	if t == nil {
		return nil, errTwice
	}
	src.stdin = nil
	return t, nil
}
