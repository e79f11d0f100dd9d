package coding

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// newRand is a random source whose seed is in the failing test's output.
func newRand(t testing.TB) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// slowHybrid decodes bit by bit.
func slowHybrid(data []byte, width uint, n int) []uint32 {
	var out []uint32
	for len(out) < n {
		head, k := binary.Uvarint(data)
		data = data[k:]
		if head&1 == 0 {
			v := uint32(0)
			for i := range (width + 7) / 8 {
				v |= uint32(data[i]) << (8 * i)
			}
			data = data[(width+7)/8:]
			for range head >> 1 {
				out = append(out, v)
			}
			continue
		}
		for i := range head >> 1 * 8 {
			v := uint32(0)
			for b := range uint64(width) {
				bit := i*uint64(width) + b
				v |= uint32(data[bit/8]>>(bit%8)&1) << b
			}
			out = append(out, v)
		}
		data = data[head>>1*uint64(width):]
	}
	return out[:n]
}

// randomNumbers is numbers of up to width bits, in runs and not.
func randomNumbers(r *rand.Rand, n int, width uint) []uint32 {
	out := make([]uint32, 0, n)
	for len(out) < n {
		v := uint32(uint64(r.Uint32()) & (1<<width - 1))
		for range 1 + r.IntN(1+r.IntN(40)) {
			out = append(out, v)
		}
		for range r.IntN(70) {
			out = append(out, uint32(uint64(r.Uint32())&(1<<width-1)))
		}
	}
	return out[:n]
}

func TestHybridAgainstSlowDecoder(t *testing.T) {
	r := newRand(t)
	for width := uint(0); width <= 32; width++ {
		for _, n := range []int{0, 1, 2, 3, 7, 8, 9, 31, 32, 33, 1023, 8192} {
			want := randomNumbers(r, n, width)
			data := AppendHybrid(nil, want, width)
			if got := slowHybrid(data, width, n); !slices.Equal(got, want) {
				t.Fatalf("width %d: %d numbers are not encoded right", width, n)
			}
			for range 5 {
				if err := decodeInPieces(r, data, width, want); err != nil {
					t.Fatalf("width %d, %d numbers: %v", width, n, err)
				}
			}
		}
	}
}

// decodeInPieces decodes and skips stretches of random lengths.
func decodeInPieces(r *rand.Rand, data []byte, width uint, want []uint32) error {
	var h Hybrid
	if err := h.Reset(data, width); err != nil {
		return err
	}
	for at := 0; at < len(want); {
		n := 1 + r.IntN(min(len(want)-at, 1+r.IntN(200)))
		if r.IntN(4) == 0 {
			if err := h.Skip(n); err != nil {
				return err
			}
		} else {
			got := make([]uint32, n)
			if err := h.Decode(got); err != nil {
				return err
			}
			if !slices.Equal(got, want[at:at+n]) {
				return fmt.Errorf("numbers %d to %d are wrong", at, at+n)
			}
		}
		at += n
	}
	return nil
}

func TestHybridBits(t *testing.T) {
	r := newRand(t)
	for range 200 {
		n := r.IntN(2000)
		want := randomNumbers(r, n, 1)
		var h Hybrid
		if err := h.Reset(AppendHybrid(nil, want, 1), 1); err != nil {
			t.Fatal(err)
		}
		for at := 0; at < n; {
			k := 1 + r.IntN(n-at)
			ones := 0
			for _, v := range want[at : at+k] {
				ones += int(v)
			}
			dst := bytes.Repeat([]byte{0xA5}, vec.BitmapLen(k+20))
			from := r.IntN(20)
			var got int
			var err error
			if r.IntN(3) == 0 {
				got, err = h.SkipBits(k)
			} else {
				got, err = h.DecodeBits(dst, from, k)
				for i := range k {
					if vec.Bit(dst, from+i) != (want[at+i] == 1) {
						t.Fatalf("bit %d of %d is wrong", i, k)
					}
				}
				for i := range from {
					if vec.Bit(dst, i) != (0xA5>>(i&7)&1 == 1) {
						t.Fatalf("bit %d before the first was changed", i)
					}
				}
			}
			if err != nil || got != ones {
				t.Fatalf("%d ones, want %d, %v", got, ones, err)
			}
			at += k
		}
	}
}

// slowDelta encodes as the format says, with widths as small as they can be.
func slowDelta(values []int64, block, minis int) []byte {
	out := binary.AppendUvarint(nil, uint64(block))
	out = binary.AppendUvarint(out, uint64(minis))
	out = binary.AppendUvarint(out, uint64(len(values)))
	if len(values) == 0 {
		return binary.AppendVarint(out, 0)
	}
	out = binary.AppendVarint(out, values[0])
	var diffs []int64
	for i := 1; i < len(values); i++ {
		diffs = append(diffs, values[i]-values[i-1])
	}
	for len(diffs) > 0 {
		n := min(block, len(diffs))
		least := slices.Min(diffs[:n])
		out = binary.AppendVarint(out, least)
		per := block / minis
		var widths, body []byte
		for m := range minis {
			if m*per >= n {
				widths = append(widths, 0)
				continue
			}
			all := uint64(0)
			packed := make([]uint64, per)
			for i := range per {
				if m*per+i < n {
					packed[i] = uint64(diffs[m*per+i] - least)
				}
				all |= packed[i]
			}
			width := 0
			for ; all != 0; all >>= 1 {
				width++
			}
			widths = append(widths, byte(width))
			bits := make([]byte, width*per/8)
			for i, v := range packed {
				for b := range width {
					bits[(i*width+b)/8] |= byte(v>>b&1) << ((i*width + b) % 8)
				}
			}
			body = append(body, bits...)
		}
		out = append(append(out, widths...), body...)
		diffs = diffs[n:]
	}
	return out
}

func TestDelta(t *testing.T) {
	r := newRand(t)
	for _, n := range []int{0, 1, 2, 31, 32, 33, 128, 129, 130, 1000} {
		for shift := range 65 {
			values := make([]int64, n)
			for i := range values {
				values[i] = int64(r.Uint64() >> min(shift, 63))
				if shift == 64 {
					values[i] = int64(i) * 1000
				}
			}
			minis := 1 << r.IntN(3)
			block := 32 * minis * (1 + r.IntN(3)) * 4
			data := slowDelta(values, block, minis)
			if err := checkDelta(r, data, values); err != nil {
				t.Fatalf("%d values, shift %d, blocks of %d in %d: %v", n, shift, block, minis, err)
			}
		}
	}
}

func checkDelta(r *rand.Rand, data []byte, want []int64) error {
	var d Delta
	if err := d.Reset(append(data, 0xAA, 0xBB)); err != nil {
		return err
	}
	rest, err := d.Rest()
	if err != nil || !bytes.Equal(rest, []byte{0xAA, 0xBB}) {
		return fmt.Errorf("behind the numbers are % x, %v", rest, err)
	}
	var small Delta
	if err := small.Reset(data); err != nil {
		return err
	}
	for at := 0; at < len(want); {
		n := 1 + r.IntN(len(want)-at)
		got := make([]int64, n)
		if err := DecodeDelta(&d, got); err != nil {
			return err
		}
		if !slices.Equal(got, want[at:at+n]) {
			return fmt.Errorf("numbers %d to %d are wrong", at, at+n)
		}
		got32 := make([]int32, n)
		if err := DecodeDelta(&small, got32); err != nil {
			return err
		}
		for i, v := range got32 {
			if v != int32(want[at+i]) {
				return fmt.Errorf("32-bit number %d is wrong", at+i)
			}
		}
		at += n
	}
	if d.Left() != 0 || DecodeDelta(&d, make([]int64, 1)) == nil {
		return fmt.Errorf("%d numbers are left", d.Left())
	}
	return nil
}

// encodedStrings is strings in the three encodings.
type encodedStrings struct{ plain, lengths, prefixes []byte }

func encodeStrings(want []string) encodedStrings {
	var plain, all, suffixes []byte
	var lengths, prefixes, suffixLengths []int64
	last := ""
	for _, s := range want {
		plain = append(binary.LittleEndian.AppendUint32(plain, uint32(len(s))), s...)
		lengths, all = append(lengths, int64(len(s))), append(all, s...)
		p := 0
		for p < len(s) && p < len(last) && s[p] == last[p] {
			p++
		}
		prefixes, suffixLengths = append(prefixes, int64(p)), append(suffixLengths, int64(len(s)-p))
		suffixes = append(suffixes, s[p:]...)
		last = s
	}
	return encodedStrings{
		plain,
		append(slowDelta(lengths, 128, 4), all...),
		slices.Concat(slowDelta(prefixes, 128, 4), slowDelta(suffixLengths, 128, 4), suffixes),
	}
}

// TestStrings encodes strings in the three ways and decodes them in pieces.
func TestStrings(t *testing.T) {
	r := newRand(t)
	for range 100 {
		want := make([]string, r.IntN(500))
		for i := range want {
			want[i] = fmt.Sprintf("%.*s%d", r.IntN(8), "prefix of strings", r.IntN(1000))
			if r.IntN(10) == 0 {
				want[i] = string(make([]byte, r.IntN(100)))
			}
		}
		enc := encodeStrings(want)
		var ps PlainStrings
		ps.Reset(enc.plain)
		checkStrings(t, r, "PLAIN", want, ps.Append, ps.Skip)
		var ls LengthStrings
		if err := ls.Reset(enc.lengths); err != nil {
			t.Fatal(err)
		}
		checkStrings(t, r, "DELTA_LENGTH_BYTE_ARRAY", want, ls.Append, ls.Skip)
		var xs PrefixStrings
		if err := xs.Reset(enc.prefixes); err != nil {
			t.Fatal(err)
		}
		checkStrings(t, r, "DELTA_BYTE_ARRAY", want, xs.Append, nil)
		ps.Reset(enc.plain)
		checkSome(t, r, want, &ps)
	}
}

func checkStrings(t *testing.T, r *rand.Rand, name string, want []string, decode func(*Column, int) error, skip func(int) error) {
	t.Helper()
	for at := 0; at < len(want); {
		n := 1 + r.IntN(len(want)-at)
		if skip != nil && r.IntN(3) == 0 {
			if err := skip(n); err != nil {
				t.Fatal(name, err)
			}
			at += n
			continue
		}
		var c Column
		c.Reset()
		if err := decode(&c, n); err != nil {
			t.Fatal(name, err)
		}
		for i, s := range want[at : at+n] {
			if string(c.Data[c.Offsets[i]:c.Offsets[i+1]]) != s {
				t.Fatalf("%s: string %d is wrong", name, at+i)
			}
		}
		at += n
	}
	var c Column
	c.Reset()
	if err := decode(&c, 1); err == nil {
		t.Errorf("%s: a string behind the last", name)
	}
}

func checkSome(t *testing.T, r *rand.Rand, want []string, ps *PlainStrings) {
	t.Helper()
	sel := []uint32{}
	for i := range want {
		if r.IntN(2) == 0 {
			sel = append(sel, uint32(100+i))
		}
	}
	var c Column
	c.Reset()
	if err := ps.AppendSome(&c, len(want), sel, 100); err != nil {
		t.Fatal(err)
	}
	for _, s := range sel {
		i := s - 100
		if string(c.Data[c.Offsets[i]:c.Offsets[i+1]]) != want[i] {
			t.Fatalf("selected string %d is wrong", i)
		}
	}
}

func TestSplitStreams(t *testing.T) {
	r := newRand(t)
	for width := 1; width <= 17; width++ {
		n := r.IntN(100)
		values := make([]byte, n*width)
		split := make([]byte, n*width)
		for i := range n {
			for k := range width {
				b := byte(r.Uint32())
				values[i*width+k], split[k*n+i] = b, b
			}
		}
		var s SplitStreams
		s.Reset(split, width)
		for at := 0; at < n; {
			k := 1 + r.IntN(n-at)
			if r.IntN(3) == 0 {
				if err := s.Skip(k); err != nil {
					t.Fatal(err)
				}
			} else {
				got := make([]byte, k*width)
				if err := s.Decode(got, k); err != nil || !bytes.Equal(got, values[at*width:(at+k)*width]) {
					t.Fatalf("width %d: values %d to %d are wrong, %v", width, at, at+k, err)
				}
			}
			at += k
		}
		if s.Skip(1) == nil {
			t.Error("a value behind the last")
		}
	}
}

// FuzzDecoders decodes any bytes in every way: errors are fine.
func FuzzDecoders(f *testing.F) {
	f.Add([]byte{0x80, 0x01, 0x04, 0x05, 0x0e, 0x03, 2, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0}, uint8(3))
	f.Add([]byte{8, 5, 3, 0x88, 0xc6, 0xfa}, uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, width uint8) {
		var h Hybrid
		if h.Reset(data, uint(width)) == nil {
			buf := make([]uint32, 100)
			for range 50 {
				if h.Decode(buf) != nil {
					break
				}
				if width < 32 && slices.Max(buf)>>width != 0 {
					t.Fatalf("%d has more than %d bits", slices.Max(buf), width)
				}
			}
		}
		if h.Reset(data, 1) == nil {
			_, _ = h.DecodeBits(make([]byte, 100), 3, 500)
			_, _ = h.SkipBits(1 << 20)
		}
		var d Delta
		if d.Reset(data) == nil {
			_, _ = d.Rest()
			_ = DecodeDelta(&d, make([]int64, 1000))
		}
		var c Column
		c.Reset()
		var ps PlainStrings
		ps.Reset(data)
		_ = ps.Append(&c, 100)
		var ls LengthStrings
		if ls.Reset(data) == nil {
			_ = ls.Append(&c, 100)
		}
		var xs PrefixStrings
		if xs.Reset(data) == nil {
			_ = xs.Append(&c, 100)
		}
		checkOffsets(t, &c)
	})
}

func checkOffsets(t *testing.T, c *Column) {
	for i := 1; i < len(c.Offsets); i++ {
		if c.Offsets[i] < c.Offsets[i-1] || int(c.Offsets[i]) > cap(c.Data) {
			t.Fatalf("offset %d is %d behind %d", i, c.Offsets[i], c.Offsets[i-1])
		}
	}
}
