package order

import (
	"bytes"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Skip is what comes behind the value that key begins with, which Encode has written for a column of type t ordered by k. Unlike Decode
// it takes the bytes to be right.
func Skip(key []byte, t vec.Type, k Key) (rest []byte) {
	if key[0] != notNull {
		return key[1:]
	}
	flip := byte(0)
	if k.Desc {
		flip = 0xff
	}
	return skipValue(key[1:], t, flip)
}

func skipValue(key []byte, t vec.Type, flip byte) []byte {
	switch {
	case t.Kind == vec.List:
		for key[0] != listEnd^flip {
			null := key[0] != notNull^flip
			if key = key[1:]; !null {
				key = skipValue(key, t.ElemType(), flip)
			}
		}
		return key[1:]
	case t.IsVar():
		for { // in a text, 00 is followed by ff
			i := bytes.IndexByte(key, flip)
			last := key[i+1] == flip
			if key = key[i+2:]; last {
				return key
			}
		}
	default:
		return key[width(t):]
	}
}
