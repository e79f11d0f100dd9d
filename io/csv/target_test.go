package csv

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/microbatch"
)

func TestTwoOutputsToOneFileAreRefused(t *testing.T) {
	type row struct {
		ID int64 `pw:"id"`
	}
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skipf("no symbolic links: %v", err)
	}
	a, b := pw.FromRows([]row{{1}}), pw.FromRows([]row{{2}})
	out := filepath.Join(dir, "out.csv")
	for _, other := range []string{out, filepath.Join(dir, ".", "out.csv"), filepath.Join(link, "out.csv")} {
		err := microbatch.Run(t.Context(), Write(a, out), Write(b, other))
		if err == nil || !strings.Contains(err.Error(), "same target") {
			t.Errorf("%s: %v", other, err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*out*")); len(left) > 0 {
			t.Errorf("%s: there is %v", other, left)
		}
	}
	if err := microbatch.Run(t.Context(), Write(a, out), Write(b, filepath.Join(dir, "other.csv"))); err != nil {
		t.Error(err)
	}
}
