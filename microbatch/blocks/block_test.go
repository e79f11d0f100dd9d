package blocks

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

var compressions = []Compression{None, S2, Zstd}

// read reads data as one block.
func read(c *Coder, data []byte) (*vec.Batch, uint16, error) {
	return c.Read(&io.LimitedReader{R: bytes.NewReader(data), N: int64(len(data))})
}

// encode is a copy of b's block.
func encode(t testing.TB, c *Coder, b *vec.Batch, tag uint16) []byte {
	t.Helper()
	block, err := c.Encode(b, tag)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(block)
}

func TestRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	reader := NewCoder(None)
	for _, how := range compressions {
		c := NewCoder(how)
		for i, n := range []int{0, 1, 2, 3, 1023, 8192} {
			for _, nulls := range []vectest.Nulls{vectest.No, vectest.Some, vectest.All} {
				if n == 8192 && (nulls != vectest.Some || how != Zstd) {
					continue // the same in longer
				}
				want := vectest.Batch(rng, n, nulls)
				for tag, want := range []*vec.Batch{want, want.Slice(n/3, n), {N: n}} {
					got, gotTag, err := read(reader, encode(t, c, want, uint16(i<<8+tag)))
					if err == nil {
						err = vectest.Differ(got, want)
					}
					if err != nil || int(gotTag) != i<<8+tag {
						t.Fatalf("compression %d, %d rows: tag %x, %v", how, n, gotTag, err)
					}
				}
			}
		}
	}
}

// TestReadsBlockAfterBlock: a block ends where the next begins, and what follows the last is an error.
func TestReadsBlockAfterBlock(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 2))
	var file []byte
	var want []*vec.Batch
	for i := range 9 {
		b := vectest.Batch(rng, 10*i, vectest.Some)
		want = append(want, b)
		file = append(file, encode(t, NewCoder(compressions[i%3]), b, uint16(i))...)
	}
	c := NewCoder(Zstd)
	in := io.LimitedReader{R: bytes.NewReader(file), N: int64(len(file))}
	for i, w := range want {
		got, tag, err := c.Read(&in)
		if err == nil {
			err = vectest.Differ(got, w)
		}
		if err != nil || tag != uint16(i) {
			t.Fatalf("block %d: tag %d, %v", i, tag, err)
		}
	}
	if _, _, err := c.Read(&in); !errors.Is(err, errShort) {
		t.Errorf("behind the last: %v", err)
	}
}

func TestParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 2))
	b := vectest.Batch(rng, 100, vectest.Some)
	b.Sel = vectest.Selection(rng, 100)
	calls := 0
	err := Parts(b, func(part *vec.Batch) error { calls++; return vectest.Differ(read1(t, part), b) })
	if err != nil || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	b = b.Keep(nil)
	next, stop := 0, errors.New("stop")
	err = halve(b, b.Size()/2, func(part *vec.Batch) error {
		next += part.N
		return vectest.Differ(read1(t, part), b.Slice(next-part.N, next))
	})
	if err != nil || next != b.N {
		t.Errorf("%d rows of %d, %v", next, b.N, err)
	}
	calls = 0
	if err := halve(b, 1, func(*vec.Batch) error { calls++; return stop }); !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	calls = 0
	if err := halve(b, 1, func(part *vec.Batch) error { calls++; return nil }); err != nil || calls != b.N {
		t.Errorf("%d rows of one each, want %d, %v", calls, b.N, err)
	}
}

// read1 is b written and read.
func read1(t *testing.T, b *vec.Batch) *vec.Batch {
	t.Helper()
	got, _, err := read(NewCoder(S2), encode(t, NewCoder(S2), b, 0))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestIncompressibleIsStoredRaw(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	noise, zeros := vec.NewBuilder(vec.TInt64, 8192), vec.NewBuilder(vec.TInt64, 8192)
	for range 8192 {
		vec.AppendFixed(noise, rng.Int64())
		vec.AppendFixed(zeros, int64(0))
	}
	for _, how := range compressions {
		c := NewCoder(how)
		for name, v := range map[string]*vec.Vec{"noise": noise.Vec(), "zeros": zeros.Vec()} {
			block := encode(t, c, &vec.Batch{N: v.N, Cols: []*vec.Vec{v}}, 0)
			if stored, raw := len(block)-headerBytes, len(c.raw); stored != raw {
				t.Errorf("%s: %d bytes became %d", name, raw, stored)
			}
			back, _, err := read(c, block)
			if err != nil || !reflect.DeepEqual(back.Cols[0].Data, v.Data) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestEveryFlippedBitIsFound, in header, columns and compressed data, and every cut.
func TestEveryFlippedBitIsFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	c := NewCoder(None)
	for _, how := range compressions {
		good := encode(t, NewCoder(how), vectest.Batch(rng, 5, vectest.Some), 7)
		for bit := range 8 * len(good) {
			bad := bytes.Clone(good)
			bad[bit/8] ^= 1 << (bit % 8)
			if _, _, err := read(c, bad); err == nil {
				t.Fatalf("compression %d: bit %d flipped, no error", how, bit)
			}
		}
		for n := range len(good) {
			if _, _, err := read(c, good[:n]); err == nil {
				t.Fatalf("compression %d: cut to %d bytes, no error", how, n)
			}
		}
	}
}

// seal puts the right checksum on a block whose header or body is wrong.
func seal(block []byte) []byte {
	binary.LittleEndian.PutUint32(block[8:], checksum(block[:headerBytes], block[headerBytes:]))
	return block
}

// TestLiesWithTheRightChecksum: lengths that aren't the data's are found, and nothing is allocated for them.
func TestLiesWithTheRightChecksum(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 5))
	for _, how := range compressions {
		good := encode(t, NewCoder(how), vectest.Batch(rng, 1000, vectest.Some), 0)
		raw := binary.LittleEndian.Uint32(good[4:])
		for _, lie := range []uint32{raw - 8, raw + 8, 2 * raw, uint32(mostRatio * (len(good) - headerBytes)), 1 << 31} {
			bad := bytes.Clone(good)
			binary.LittleEndian.PutUint32(bad[4:], lie)
			if _, _, err := read(NewCoder(None), seal(bad)); err == nil || !strings.Contains(err.Error(), "damaged") {
				t.Errorf("compression %d: a length of %d instead of %d: %v", how, lie, raw, err)
			}
		}
		other := bytes.Clone(good)
		other[12] = 3
		if _, _, err := read(NewCoder(None), seal(other)); err == nil || !strings.Contains(err.Error(), "newer version") {
			t.Errorf("an unknown compression: %v", err)
		}
	}
}

// TestMemoryIsUsedAgain: a coder makes neither buffers nor compressors anew for blocks that aren't larger.
func TestMemoryIsUsedAgain(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 6))
	for _, how := range compressions {
		w, r := NewCoder(how), NewCoder(None)
		held := func(n int) (all []any) {
			b := &vec.Batch{N: n, Cols: []*vec.Vec{vectest.Column(rng, vec.TInt64, n, vectest.Some, 1000)}}
			if _, _, err := read(r, encode(t, w, b, 0)); err != nil {
				t.Fatal(err)
			}
			for _, c := range []*Coder{w, r} {
				all = append(all, unsafe.SliceData(c.raw), unsafe.SliceData(c.stored), c.zstd)
			}
			return all
		}
		first := held(8192)
		for n := range 20 {
			if again := held(400 * n); !slices.Equal(again, first) {
				t.Fatalf("compression %d, block %d: %v, at first %v", how, n, again, first)
			}
		}
	}
}

// FuzzBlock reads any bytes as a block. Whatever it takes for one must be a sound batch, and come
// back the same when it is written again.
func FuzzBlock(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, how := range compressions {
		c := NewCoder(how)
		for _, n := range []int{0, 1, 30} {
			f.Add(encode(f, c, vectest.Batch(rng, n, vectest.Some), 1), 0)
			f.Add(bytes.Clone(c.raw), 2)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, as int) {
		var b *vec.Batch
		var err error
		switch {
		case as == 2: // the columns alone
			b, err = decodeBatch(append(vec.Alloc(len(data))[:0], data...))
		case as == 1 && len(data) >= headerBytes: // a body that the checksum doesn't protect
			data = bytes.Clone(data)
			binary.LittleEndian.PutUint32(data, uint32(len(data)-headerBytes))
			b, _, err = read(NewCoder(None), seal(data))
		default:
			b, _, err = read(NewCoder(None), data)
		}
		if err != nil || b.N > 1e5 {
			return
		}
		for _, v := range b.Cols {
			for i := range v.N {
				_ = v.Scalar(i)
			}
		}
		if err := vectest.Differ(read1(t, b), b); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkCoder(b *testing.B) {
	rng := rand.New(rand.NewPCG(4, 6))
	batch := &vec.Batch{N: 8192}
	for _, t := range []vec.Type{vec.TInt64, vec.TInt64, vec.TFloat64, vec.TString} {
		batch.Cols = append(batch.Cols, vectest.Column(rng, t, batch.N, vectest.No, 1000))
	}
	for how, name := range []string{"none", "s2", "zstd"} {
		c := NewCoder(Compression(how))
		block := encode(b, c, batch, 0)
		b.Run(name+"/write", func(b *testing.B) {
			b.SetBytes(batch.Size())
			for b.Loop() {
				if _, err := c.Encode(batch, 0); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(block))/float64(len(c.raw)), "of-raw")
		})
		b.Run(name+"/read", func(b *testing.B) {
			b.SetBytes(batch.Size())
			for b.Loop() {
				if _, _, err := read(c, block); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
