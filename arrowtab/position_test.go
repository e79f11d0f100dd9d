package arrowtab

import (
	"errors"
	"io/fs"
	"testing"
)

func TestErrorsNameTheUsersLine(t *testing.T) {
	table := NewSource(nil, SourceOptions{Err: fs.ErrNotExist})
	_, err := table.Plan()
	if err == nil || err.Error() != "position_test.go:10: file does not exist" {
		t.Errorf("got %v", err)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("the cause is hidden")
	}
}

func TestIsOwn(t *testing.T) {
	for _, c := range []struct {
		function, file string
		want           bool
	}{
		{"github.com/pwcol/pwcol/arrowtab.NewSource", "source.go", true},
		{"github.com/pwcol/pwcol/arrowtab.(*Table).Filter", "filter.go", true},
		{"github.com/pwcol/pwcol/io/csv.Read", "read.go", true},
		{"github.com/pwcol/pwcol/io/csv.TestRead", "read_test.go", false},
		{"github.com/pwcol/pwcol/bench.RunJob", "jobs.go", false},
		{"github.com/pwcol/pwcol/examples/flights.main", "main.go", false},
		{"github.com/pwcol/pwcolumns/arrowtab.f", "x.go", false},
		{"main.main", "job.go", false},
	} {
		if got := isOwn(c.function, c.file); got != c.want {
			t.Errorf("isOwn(%q, %q) = %v", c.function, c.file, got)
		}
	}
}

func TestSharedErrorsAreReportedOnce(t *testing.T) {
	bad := NewSource(nil, SourceOptions{Err: errors.New("no such file")})
	_, err := Plans(NewOutput(bad, nil, nil), NewOutput(bad, nil, errors.New("no such folder")))
	want := "position_test.go:41: no such file\nposition_test.go:42: no such folder"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAnOutputOfNoTable(t *testing.T) {
	_, err := NewOutput(nil, nil, nil).Plan()
	want := "position_test.go:50: the table that is to be written is nil"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func BenchmarkPosition(b *testing.B) {
	for b.Loop() {
		position()
	}
}
