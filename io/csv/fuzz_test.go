package csv

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/internal/texttest"
)

// FuzzRead: whatever a file holds, it is read alike in chunks of any size, as it is and packed, and never ends in a panic.
func FuzzRead(f *testing.F) {
	f.Add([]byte("id,value\n1,2\n3,\"4\n"), uint16(3))
	f.Add([]byte("\xef\xbb\xbfa,b,c\r\n1,true,2024-01-01\r\n,,\r\n\"\",\"x\",y"), uint16(10))
	f.Add([]byte("\x1f\x8b\x08\x00\x00"), uint16(1))
	f.Add([]byte("\x28\xb5\x2f\xfd\x00\x00"), uint16(1))
	f.Fuzz(func(t *testing.T, data []byte, chunk uint16) {
		dir := t.TempDir()
		plain, packed := filepath.Join(dir, "plain.csv"), filepath.Join(dir, "packed.csv")
		if os.WriteFile(plain, data, 0o600) != nil || os.WriteFile(packed, []byte(pack(t, "gzip", string(data))), 0o600) != nil {
			t.Skip()
		}
		read := func(path string, chunk, readers int) string {
			src, err := trySource(path, OnBadRow(pw.Reject), MaxRowSize(1000), chunkSize(chunk))
			if err != nil {
				return strings.ReplaceAll(err.Error(), path, "FILE")
			}
			res, err := readAll(src, readers, texttest.Everything(src))
			return strings.ReplaceAll(fmt.Sprintf("%q %q %v", res.Rows, res.Rejected, err), path, "FILE")
		}
		want := read(plain, 1<<20, 1)
		if got := read(plain, 1+int(chunk), 2); got != want {
			t.Errorf("chunks of %d: got %s, want %s", 1+chunk, got, want)
		}
		if strings.Contains(want, "zip") || strings.Contains(want, "zstd") { // packed twice is another thing
			return
		}
		if got := read(packed, 1+int(chunk), 2); got != want && !isPacked(data) {
			t.Errorf("packed: got %s, want %s", got, want)
		}
	})
}

func isPacked(data []byte) bool {
	return strings.HasPrefix(string(data), "\x1f\x8b") || strings.HasPrefix(string(data), "\x28\xb5\x2f\xfd")
}
