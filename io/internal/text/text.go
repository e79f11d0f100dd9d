package text

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pwcol/pwcol/io/internal/files"
)

// Text is a file's text from its start, unpacked.
type Text struct {
	Name   string // for messages
	file   *os.File
	Packed files.Compression
	unpack io.ReadCloser
	raw    *rawCounter
	back   []byte // what was read and put back
}

// rawBuffer is how much of a file is read at once to be unpacked.
const rawBuffer = 128 << 10

// OpenText opens a file and finds out how it is packed.
func OpenText(f files.File) (*Text, error) {
	file, err := f.Open()
	if err != nil {
		return nil, err
	}
	t := &Text{Name: f.Name(), file: file, raw: &rawCounter{r: file}}
	r := bufio.NewReaderSize(t.raw, rawBuffer)
	magic, err := r.Peek(files.MagicLen)
	if err != nil && err != io.EOF {
		return nil, errors.Join(fmt.Errorf("cannot read %s: %w", t.Name, err), t.Close())
	}
	t.Packed = files.Detect(magic)
	if t.unpack, err = files.Decompress(r, t.Packed, t.Name); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// startOf is the text of a file that is open and that grows, from its start, and what of it was read so far. It is nil if the first line isn't whole: then
// not even a byte order mark may be. Compressed files are refused: they can't be read from the middle.
func startOf(file *os.File, name string) (*Text, *bytes.Buffer, error) {
	head := make([]byte, growingHead)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	if packed := files.Detect(head[:n]); packed != files.None {
		return nil, nil, fmt.Errorf("%s is compressed (%s): files that are watched must be plain text; read it as a batch", name, packed)
	}
	if n < len(head) && bytes.IndexByte(head[:n], '\n') < 0 {
		return nil, nil, nil
	}
	read := new(bytes.Buffer)
	all := io.NewSectionReader(file, 0, 1<<62)
	return &Text{Name: name, unpack: io.NopCloser(io.TeeReader(all, read))}, read, nil
}

// textOf is a text that is there as a whole.
func textOf(name string, text []byte) *Text {
	return &Text{Name: name, unpack: io.NopCloser(bytes.NewReader(text))}
}

// growingHead is how many bytes a file that grows may begin with before a line ends; more are a long line's.
const growingHead = 64 << 10

// rawCounter counts the bytes that are read, as stored.
type rawCounter struct {
	r io.Reader
	n int64
}

func (c *rawCounter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// Fill reads until p is full or the text ends; eof says that it has.
func (t *Text) Fill(p []byte) (n int, eof bool, err error) {
	n = copy(p, t.back)
	t.back = t.back[n:]
	for n < len(p) {
		m, err := t.unpack.Read(p[n:])
		n += m
		if err == io.EOF {
			return n, true, nil
		}
		if err != nil {
			return n, false, t.explain(err)
		}
	}
	return n, false, nil
}

// explain names the file in errors that don't: the unpackers' do.
func (t *Text) explain(err error) error {
	if t.Packed == files.None {
		return fmt.Errorf("cannot read %s: %w", t.Name, err)
	}
	return err
}

// PutBack makes p be read again, before anything else. p is not changed.
func (t *Text) PutBack(p []byte) {
	t.back = append(append([]byte(nil), p...), t.back...)
}

// Close closes the file, unless it is standard input.
func (t *Text) Close() error {
	var err error
	if t.unpack != nil {
		err = t.unpack.Close()
	}
	if t.file == os.Stdin {
		return err
	}
	return errors.Join(err, t.file.Close())
}
