package thrift

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestPageHeadersRoundTrip(t *testing.T) {
	for _, h := range []PageHeader{
		{Type: DataPage, UncompressedSize: 1000, CompressedSize: 1 << 30, NumValues: 70_000, Encoding: RLEDictionary, DefEncoding: RLE},
		{Type: DataPage, HasCRC: true, CRC: 0xdeadbeef, DefEncoding: RLE},
		{Type: DictionaryPage, UncompressedSize: 5, CompressedSize: 7, NumValues: 3, Encoding: Plain},
	} {
		h.NumNulls, h.Compressed = -1, true
		data := h.Append([]byte("x"))
		got, n, err := ReadPageHeader(append(data[1:], "page"...))
		if err != nil || n != len(data)-1 || got != h {
			t.Errorf("%+v, %d bytes, %v\nwant %+v, %d bytes", got, n, err, h, len(data)-1)
		}
		for cut := range len(data) - 1 {
			if _, _, err := ReadPageHeader(data[1 : 1+cut]); !errors.Is(err, ErrShort) {
				t.Errorf("%d of %d bytes: %v", cut, n, err)
			}
		}
	}
}

// TestDataPageV2 reads a header with fields that aren't needed: statistics with strings, a map.
func TestDataPageV2(t *testing.T) {
	data := []byte{
		0x15, 0x06, 0x15, 0x64, 0x15, 0x32, // type 3, sizes 50 and 25
		0x5c,                                                 // field 8: data_page_header_v2
		0x15, 0x14, 0x15, 0x04, 0x15, 0x14, 0x15, 0x10, 0x15, // 10 values, 2 nulls, 10 rows, encoding 8
		0x06, 0x15, 0x00, // 3 bytes of definition levels, 0 of repetition levels
		0x12,                               // is_compressed: false
		0x1c, 0x18, 0x01, 0x61, 0x00, 0x00, // statistics {max: "a"}
		0x3b, 0x01, 0x85, 0x01, 'k', 0x02, // field 11, unknown: a map of one string to an i32
		0x00,
	}
	h, n, err := ReadPageHeader(data)
	want := PageHeader{
		Type: DataPageV2, UncompressedSize: 50, CompressedSize: 25, NumValues: 10, NumNulls: 2, NumRows: 10,
		Encoding: RLEDictionary, DefBytes: 3,
	}
	if err != nil || n != len(data) || h != want {
		t.Errorf("%+v, %d of %d bytes, %v", h, n, len(data), err)
	}
}

func TestDamagedHeaders(t *testing.T) {
	cases := []struct {
		data []byte
		want string
	}{
		{[]byte{0x00}, "has no page type"},
		{[]byte{0x15, 0x00, 0x15, 0x01, 0x15, 0x00, 0x00}, "has sizes -1 (uncompressed)"},
		{[]byte{0x15, 0x00, 0x15, 0x02, 0x15, 0x02, 0x00}, "has a number of values of -1"},
		{[]byte{0x15, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, "holds a number of more than 64 bits"},
		{[]byte{0x15, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, "where a 32-bit number belongs"},
		{[]byte{0x1f}, "unknown type 15"},
	}
	for _, c := range cases {
		if _, _, err := ReadPageHeader(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("% x: %v, want %q", c.data, err, c.want)
		}
	}
}

func TestCheckFooter(t *testing.T) {
	element := func(children byte) []byte { return []byte{0x48, 0x00, 0x15, children << 1, 0x00} } // name "", children
	schema := func(children ...byte) []byte {
		out := []byte{0x29, byte(len(children))<<4 | 0xc}
		for _, c := range children {
			out = append(out, element(c)...)
		}
		return append(out, 0x00)
	}
	deep := []byte{}
	for range 14 {
		deep = append(deep, 1)
	}
	cases := []struct {
		name string
		data []byte
		want string
	}{
		{"a root with two columns", schema(2, 0, 0), ""},
		{"a group", schema(2, 1, 0, 0), ""},
		{"too many children", schema(3, 0, 0), "with 3 children"},
		{"too few", schema(1, 0, 0), "several trees"},
		{"nested", schema(append(deep, 0)[:14]...), "children"},
		{"no schema", []byte{0x15, 0x02, 0x00}, "holds no schema"},
		{"cut", schema(2, 0, 0)[:9], "ends early"},
	}
	for _, c := range cases {
		err := CheckFooter(c.data)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestRandomBytes: nothing panics.
func TestRandomBytes(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 100_000 {
		data := make([]byte, r.IntN(60))
		for i := range data {
			data[i] = []byte{0, 0x15, 0x19, 0x1c, 0x2c, 0xfc, 0xff, byte(r.Uint32())}[r.IntN(8)]
		}
		_, n, _ := ReadPageHeader(data)
		if n > len(data) {
			t.Fatalf("% x: %d bytes", data, n)
		}
		_ = CheckFooter(data)
	}
}
