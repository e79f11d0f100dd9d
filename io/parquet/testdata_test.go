package parquet

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// testdata has files that pyarrow and DuckDB wrote, with the values that they hold: see make.py there.
const testdata = "../../testdata/parquet"

func TestFilesOfOtherWriters(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(testdata, "*.parquet"))
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		name, _, _ := strings.Cut(filepath.Base(path), ".")
		want := expected(t, filepath.Join(testdata, name+".json"))
		if want == nil {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			for _, threads := range []int{1, 4} {
				schema, got := mustScan(t, path, threads, nil)
				if schema.Len() != len(want) {
					t.Fatalf("columns %s, want %d", schema, len(want))
				}
				for i, f := range schema.Fields() {
					checkColumn(t, f.Name, got[i], want[f.Name])
				}
			}
		})
	}
}

// expected is the columns of a JSON file, or nil if there is none.
func expected(t *testing.T, path string) map[string][]*string {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var columns map[string][]*string
	if err := json.Unmarshal(data, &columns); err != nil {
		t.Fatal(err)
	}
	return columns
}

func checkColumn(t *testing.T, name string, got *vec.Vec, want []*string) {
	t.Helper()
	if got.N != len(want) {
		t.Errorf("%s has %d rows, want %d", name, got.N, len(want))
		return
	}
	for i, w := range want {
		s := got.Scalar(i)
		switch {
		case s.Null != (w == nil):
			t.Errorf("%s: row %d is %s, want NULL: %v", name, i, scalarText(s), w == nil)
		case w != nil && !sameText(s, *w):
			t.Errorf("%s %s: row %d is %s, want %s", name, got.Type, i, scalarText(s), *w)
		default:
			continue
		}
		return
	}
}

func sameText(s vec.Scalar, want string) bool {
	if !s.Type.IsFloat() {
		return scalarText(s) == want
	}
	f, err := strconv.ParseFloat(want, 64)
	return err == nil && (math.IsNaN(f) && math.IsNaN(s.F) || math.Float64bits(f) == math.Float64bits(s.F))
}

// scalarText is a value as make.py writes it.
func scalarText(s vec.Scalar) string {
	switch {
	case s.Null:
		return "NULL"
	case s.Type.Kind == vec.Bool:
		return strconv.FormatBool(s.I != 0)
	case s.Type.IsFloat():
		return strconv.FormatFloat(s.F, 'g', -1, 64)
	case s.Type.Kind == vec.String:
		return s.S
	case s.Type.Kind == vec.Binary:
		return hex.EncodeToString([]byte(s.S))
	case s.Type.Kind == vec.Decimal:
		return s.D.Big().String()
	case s.Type.IsUnsigned():
		return strconv.FormatUint(uint64(s.I), 10)
	default:
		return strconv.FormatInt(s.I, 10)
	}
}

func TestSchemas(t *testing.T) {
	cases := []struct{ file, want string }{
		{
			"types_some.v1.parquet", "bool bool, i8 int8, i16 int16, i32 int32, i64 int64, u8 uint8, u16 uint16, u32 uint32, u64 uint64, " +
				"f16 float32, f32 float32, f64 float64, str string, bin binary, fix binary, date date, t_ms time[ms], t_us time[us], t_ns time[ns], " +
				"ts_ms timestamp[ms], ts_us timestamp[us], ts_ns timestamp[ns], ts_utc timestamp[us, UTC], d9 decimal(9, 2), d18 decimal(18, 4), d38 decimal(38, 10)",
		},
		{"uuid.parquet", "id string"},
		{"int96.parquet", "ts timestamp[ns]"},
	}
	for _, c := range cases {
		s, err := SchemaOf(filepath.Join(testdata, c.file))
		if err != nil || s.String() != c.want {
			t.Errorf("%s: %v, %v\nwant %s", c.file, s, err, c.want)
		}
	}
	required, err := SchemaOf(filepath.Join(testdata, "types_required.v1.parquet"))
	if err != nil || required.Field(0).Nullable {
		t.Errorf("a required column may be NULL: %v", err)
	}
}

func TestRefusedColumns(t *testing.T) {
	cases := []struct{ file, want, columns string }{
		{"nested.parquet", `column "tags" is nested (List)`, "a"},
		{"interval.parquet", `column "span" has type Interval`, "a"},
	}
	for _, c := range cases {
		path := filepath.Join(testdata, c.file)
		if _, err := SchemaOf(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.file, err, c.want)
		}
		s, err := SchemaOf(path, Columns(c.columns))
		if err != nil || s.Len() != 1 {
			t.Errorf("%s: columns %s: %v", c.file, c.columns, err)
		}
	}
}
