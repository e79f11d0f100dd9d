package order

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Decode appends the value that key begins with, as Encode has written it for a column of b's type ordered by k, and returns
// what comes behind it. Bytes that Encode can't have written are an error; b may have got a part of a list then.
//
//	02                     NULL
//	01 61 00 ff 62 00 00   "a\x00b"
//	01 80 00 07            int16 0, and a rest of 07
func Decode(b *vec.Builder, key []byte, k Key) (rest []byte, err error) {
	d := decoder{src: key}
	null := byte(nullLast)
	if k.NullsFirst {
		null = nullFirst
	}
	marker, err := d.byte()
	if err != nil {
		return nil, err
	}
	switch marker {
	case null:
		b.AppendNull()
		return d.src, nil
	case notNull:
	default:
		return nil, fmt.Errorf("a sort key begins with the byte %d, expected %d for a value or %d for NULL", marker, notNull, null)
	}
	if k.Desc {
		d.flip = 0xff
	}
	err = d.value(b)
	return d.src, err
}

// decoder reads bytes, turned round if the order is descending.
type decoder struct {
	src  []byte
	flip byte
}

var errShort = errors.New("a sort key ends within a value")

func (d *decoder) byte() (byte, error) {
	if len(d.src) == 0 {
		return 0, errShort
	}
	c := d.src[0] ^ d.flip
	d.src = d.src[1:]
	return c, nil
}

// number is the next width bytes, big endian.
func (d *decoder) number(width int) (uint64, error) {
	if len(d.src) < width {
		return 0, errShort
	}
	x := uint64(0)
	for _, c := range d.src[:width] {
		x = x<<8 | uint64(c^d.flip)
	}
	d.src = d.src[width:]
	return x, nil
}

func (d *decoder) value(b *vec.Builder) error {
	switch {
	case b.Type.IsVar():
		return d.escaped(b)
	case b.Type.Kind == vec.List:
		return d.list(b)
	case b.Type.Kind == vec.Decimal:
		hi, err := d.number(8)
		if err != nil {
			return err
		}
		lo, err := d.number(8)
		if err != nil {
			return err
		}
		vec.AppendFixed(b, vec.Int128{Lo: lo, Hi: int64(hi ^ 1<<63)})
		return nil
	}
	w := width(b.Type)
	x, err := d.number(w)
	if err != nil {
		return err
	}
	return appendNumber(b, x, 8*w)
}

// appendNumber appends a value of up to 64 bits whose order is that of x.
func appendNumber(b *vec.Builder, x uint64, bits int) error {
	switch t := b.Type; {
	case t.Kind == vec.Bool:
		if x > 1 {
			return fmt.Errorf("a sort key has the byte %d for a bool, expected 0 or 1", x)
		}
		b.AppendBool(x == 1)
		return nil
	case t.Kind == vec.Float64:
		f := math.Float64frombits(unorder(x, 63))
		if float64Order(f) != x {
			return fmt.Errorf("a sort key has the bytes %x for a float64, which are none's", x)
		}
		vec.AppendFixed(b, f)
		return nil
	case t.Kind == vec.Float32:
		f := math.Float32frombits(uint32(unorder(x, 31)))
		if uint64(float32Order(f)) != x {
			return fmt.Errorf("a sort key has the bytes %x for a float32, which are none's", x)
		}
		vec.AppendFixed(b, f)
		return nil
	case !t.IsUnsigned():
		x ^= 1 << (bits - 1)
	}
	switch bits {
	case 8:
		vec.AppendFixed(b, uint8(x))
	case 16:
		vec.AppendFixed(b, uint16(x))
	case 32:
		vec.AppendFixed(b, uint32(x))
	default:
		vec.AppendFixed(b, x)
	}
	return nil
}

// unorder gives back the bits of a float whose order x is; sign is the place of its sign.
func unorder(x uint64, sign uint) uint64 {
	if x>>sign != 0 {
		return x ^ 1<<sign
	}
	return ^x
}

// escaped reads a text: pieces that each end with a 00, which is followed by ff if it is one of the text's, else by 00.
func (d *decoder) escaped(b *vec.Builder) error {
	var text []byte
	for {
		i := bytes.IndexByte(d.src, d.flip)
		if i < 0 || i+1 == len(d.src) {
			return errShort
		}
		piece, mark := d.src[:i], d.src[i+1]^d.flip
		d.src = d.src[i+2:]
		switch {
		case mark != 0 && mark != 0xff:
			return fmt.Errorf("a sort key has a text with the bytes 00 %02x, expected 00 00 at its end or 00 ff", mark)
		case mark == 0 && text == nil && d.flip == 0: // as nearly always: there is nothing to put together
			b.AppendBytes(piece)
			return nil
		}
		for _, c := range piece {
			text = append(text, c^d.flip)
		}
		if mark == 0 {
			b.AppendBytes(text)
			return nil
		}
		text = append(text, 0)
	}
}

func (d *decoder) list(b *vec.Builder) error {
	for {
		marker, err := d.byte()
		if err != nil {
			return err
		}
		switch marker {
		case listEnd:
			b.AppendList()
			return nil
		case nullLast:
			b.Elems().AppendNull()
		case notNull:
			if err := d.value(b.Elems()); err != nil {
				return err
			}
		default:
			return fmt.Errorf("a sort key has the byte %d where an element of a list begins, expected %d to %d", marker, listEnd, nullLast)
		}
	}
}
