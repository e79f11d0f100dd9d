package text

import (
	"bytes"
	"fmt"
)

var (
	utf8Mark   = []byte("\xef\xbb\xbf")
	utf16Marks = [][]byte{[]byte("\xff\xfe"), []byte("\xfe\xff")}
)

// Mark is how many bytes the byte order mark takes that a text begins with. One of UTF-16 is an error that names the file.
func Mark(name string, start []byte) (int, error) {
	for _, mark := range utf16Marks {
		if bytes.HasPrefix(start, mark) {
			return 0, fmt.Errorf("%s is UTF-16: convert it to UTF-8 first (iconv -f utf-16 -t utf-8)", name)
		}
	}
	if bytes.HasPrefix(start, utf8Mark) {
		return len(utf8Mark), nil
	}
	return 0, nil
}
