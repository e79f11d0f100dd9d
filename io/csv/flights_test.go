package csv

import (
	"testing"

	"github.com/pwcol/pwcol/io/internal/texttest"
)

const flights = "../../testdata/flights/"

// TestFlights reads real files: a month of flights, packed, with NA for what is missing, and the tables around it.
func TestFlights(t *testing.T) {
	cases := []struct {
		file, schema string
		rows         int
	}{
		{
			"flights-2013-01.csv.gz", "year int64, month int64, day int64, dep_time int64, sched_dep_time int64, dep_delay int64, arr_time int64, " +
				"sched_arr_time int64, arr_delay int64, carrier string, flight int64, tailnum string, origin string, dest string, air_time int64, " +
				"distance int64, hour int64, minute int64, time_hour timestamp[us]", 27_004,
		},
		{"airlines.csv", "carrier string, name string", 16},
		{"airports.csv", "faa string, name string, lat float64, lon float64, alt int64, tz int64, dst string, tzone string", 1458},
		{
			"planes.csv", "tailnum string, year int64, type string, manufacturer string, model string, engines int64, seats int64, " +
				"speed int64, engine string", 3322,
		},
	}
	for _, c := range cases {
		src := openPath(t, flights+c.file, NullTexts("NA"))
		if got := src.schema.String(); got != c.schema {
			t.Errorf("%s: schema is %s, want %s", c.file, got, c.schema)
		}
		res, err := readAll(src, 2, texttest.Everything(src))
		if err != nil || len(res.Rows) != c.rows {
			t.Errorf("%s: %d rows, want %d: %v", c.file, len(res.Rows), c.rows, err)
		}
	}
	src := openPath(t, flights+"flights-2013-01.csv.gz", NullTexts("NA"))
	res, err := readAll(src, 2, texttest.Everything(src))
	if err != nil {
		t.Fatal(err)
	}
	want := "2013|1|1|517|515|2|830|819|11|UA|1545|N14228|EWR|IAH|227|1400|5|15|2013-01-01 10:00:00"
	if res.Rows[0] != want {
		t.Errorf("first row is %s, want %s", res.Rows[0], want)
	}
}
