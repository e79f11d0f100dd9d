package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
)

// A document is JSON below a line that says what it is, how long, and its checksum: crc32c of the line before " crc32c", and of the JSON.
//
//	pwcol job format=1 bytes=131 crc32c=5c1f0d3a
//	{
//	  "job": "60b0…
const documentLine = "pwcol %s format=%d bytes=%d"

const (
	format      = 1
	sumField    = " crc32c="
	maxDocument = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encodeDocument is v as a document of that kind.
func encodeDocument(kind string, v any) ([]byte, error) {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, err
	}
	body = append(body, '\n')
	line := fmt.Sprintf(documentLine, kind, format, len(body))
	return fmt.Appendf(nil, "%s%s%08x\n%s", line, sumField, documentSum(line, body), body), nil
}

func documentSum(line string, body []byte) uint32 {
	return crc32.Update(crc32.Checksum([]byte(line), castagnoli), castagnoli, body)
}

// errNewer says that a document or a file has a format that isn't known here.
type errNewer int

func (e errNewer) Error() string {
	return fmt.Sprintf("it has format %d, this version of pwcol reads formats up to %d: use the version that wrote it, or a later one", int(e), format)
}

// decodeDocument reads a document of that kind into v. Unknown fields are an error: they would mean something.
func decodeDocument(data []byte, kind string, v any) error {
	first, body, _ := bytes.Cut(data, []byte("\n"))
	line, sum, ok := bytes.Cut(first, []byte(sumField))
	if !ok {
		return fmt.Errorf("it doesn't begin as a %s does", kind)
	}
	var version, length int
	if _, err := fmt.Sscanf(string(line), "pwcol "+kind+" format=%d bytes=%d", &version, &length); err != nil {
		return fmt.Errorf("it doesn't begin as a %s does", kind)
	}
	switch {
	case string(sum) != fmt.Sprintf("%08x", documentSum(string(line), body)):
		return errors.New("the checksum is wrong")
	case version != format:
		return errNewer(version)
	case length != len(body):
		return fmt.Errorf("it has %d bytes, not %d", len(body), length)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("the JSON: %w", err)
	}
	return nil
}
