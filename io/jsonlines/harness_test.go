package jsonlines

import (
	"testing"

	"go.uber.org/goleak"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/internal/texttest"
	"github.com/pwcol/pwcol/microbatch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// readAll reads a source with that many readers.
func readAll(src *source, readers int, scan microbatch.Scan) (texttest.Result, error) {
	return texttest.Read(src, readers, src.settings.bad, scan)
}

// openPath makes a source of path.
func openPath(t testing.TB, path string, opts ...pw.ReadOption) *source {
	t.Helper()
	src, err := trySource(path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func trySource(path string, opts ...pw.ReadOption) (*source, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	return newSource(path, s)
}
