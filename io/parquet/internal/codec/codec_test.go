package codec

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/pierrec/lz4/v4"
)

// pack compresses data with a codec, those that are only read included.
func pack(t *testing.T, c Codec, data []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	switch c {
	case Gzip:
		w := gzip.NewWriter(&buf)
		check(t, w, data)
	case Brotli:
		w := brotli.NewWriter(&buf)
		check(t, w, data)
	case LZ4Raw:
		return packLZ4(t, data)
	case LZ4: // two blocks
		for _, part := range [][]byte{data[:len(data)/3], data[len(data)/3:]} {
			packed := packLZ4(t, part)
			head := binary.BigEndian.AppendUint32(nil, uint32(len(part)))
			head = binary.BigEndian.AppendUint32(head, uint32(len(packed)))
			buf.Write(append(head, packed...))
		}
	default:
		z, err := NewCompressor(c)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		return z.Append(nil, data)
	}
	return buf.Bytes()
}

func check(t *testing.T, w interface {
	Write([]byte) (int, error)
	Close() error
}, data []byte,
) {
	t.Helper()
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func packLZ4(t *testing.T, data []byte) []byte {
	t.Helper()
	out := make([]byte, lz4.CompressBlockBound(len(data)))
	n, err := lz4.CompressBlock(data, out, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n == 0 && len(data) > 0 { // can't be compressed: literals alone
		head := []byte{0xf0}
		rest := len(data) - 15
		if rest < 0 {
			return append([]byte{byte(len(data)) << 4}, data...)
		}
		for ; rest >= 255; rest -= 255 {
			head = append(head, 255)
		}
		return append(append(head, byte(rest)), data...)
	}
	return out[:n]
}

var all = []Codec{None, Snappy, Gzip, Brotli, LZ4, Zstd, LZ4Raw}

func TestRoundTrips(t *testing.T) {
	var d Decompressor
	defer d.Close()
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, 2, 100, 70_000, 1_200_000} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(r.IntN(1 + i%50))
		}
		for _, c := range all {
			packed := pack(t, c, data)
			prefix := []byte("abc")
			got, err := d.Append(bytes.Clone(prefix), c, packed, size)
			if err != nil || !bytes.Equal(got, append(prefix, data...)) {
				t.Fatalf("%s: %d bytes: %v", c, size, err)
			}
			for _, wrong := range []int{size - 1, size + 1, 10 * size} {
				if wrong == 0 {
					continue
				}
				if _, err := d.Append(nil, c, packed, wrong); err == nil {
					t.Errorf("%s: %d bytes are taken for %d", c, size, wrong)
				}
			}
			if c != None && size > 1 {
				if _, err := d.Append(nil, c, packed[:len(packed)/2], size); err == nil {
					t.Errorf("%s: half of the bytes is enough", c)
				}
			}
		}
	}
}

// TestBareBlockAsLZ4: some writers mean a block without Hadoop's frame.
func TestBareBlockAsLZ4(t *testing.T) {
	var d Decompressor
	data := bytes.Repeat([]byte("some text "), 100)
	got, err := d.Append(nil, LZ4, packLZ4(t, data), len(data))
	if err != nil || !bytes.Equal(got, data) {
		t.Error(err)
	}
}

// TestClaims: a small page that claims gigabytes gets no memory for them.
func TestClaims(t *testing.T) {
	var d Decompressor
	defer d.Close()
	data := []byte("hello hello hello hello")
	for _, c := range all {
		packed := pack(t, c, data)
		if c == Snappy { // its length is in front
			packed = append(binary.AppendUvarint(nil, 1<<30), packed[1:]...)
		}
		func() {
			got, err := d.Append(nil, c, packed, 1<<30)
			if err == nil || cap(got) > 1<<21 {
				t.Errorf("%s: %d bytes of memory, %v", c, cap(got), err)
			}
		}()
	}
}

func TestUnsupported(t *testing.T) {
	var d Decompressor
	for _, c := range []Codec{LZO, 8, -1} {
		if c.Supported() {
			t.Errorf("%s is supported", c)
		}
		if _, err := d.Append(nil, c, []byte{1}, 1); err == nil || errors.Is(err, errSize) {
			t.Errorf("%s: %v", c, err)
		}
		if _, err := NewCompressor(c); err == nil {
			t.Errorf("%s compresses", c)
		}
	}
}
