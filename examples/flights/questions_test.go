package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/parquet"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// month is the tables that the questions are asked of.
type month struct{ flights, weather, planes, airports *pw.Table }

// questions are asked of pwcol here and of DuckDB in testdata/questions.sql, which made the golden files.
var questions = map[string]func(month) *pw.Table{
	"late_by_origin_and_hour": func(m month) *pw.Table {
		return m.flights.GroupBy("origin", "hour").Reduce(
			pw.Count().As("flights"), pw.CountOf("arr_delay").As("arrived"), pw.Min("arr_delay").As("least"),
			pw.Max("arr_delay").As("most"), pw.Avg("arr_delay").As("mean")).Sort("origin", "hour")
	},
	"longest_delays": func(m month) *pw.Table {
		return m.flights.Sort(pw.Desc("dep_delay"), "flight").Limit(20).
			Select("carrier", "flight", "tailnum", "day", "dep_delay")
	},
	"whole_month": func(m month) *pw.Table {
		return m.flights.Reduce(
			pw.Count().As("flights"), pw.CountOf("tailnum").As("with_tailnum"), pw.Sum("distance").As("miles"),
			pw.Avg("air_time").As("air_time"), pw.Min("time_hour").As("first"), pw.Max("time_hour").As("last"),
			pw.Min("tailnum").As("low"), pw.Max("tailnum").As("high"))
	},
	"nobody": func(m month) *pw.Table {
		return m.flights.Filter(pw.Col("distance").Lt(0)).
			Reduce(pw.Count().As("flights"), pw.Sum("distance").As("miles"), pw.Max("carrier").As("carrier"))
	},
	"cancelled_by_day": func(m month) *pw.Table {
		return m.flights.Filter(pw.Col("dep_time").IsNull()).
			GroupBy("year", "month", "day").Reduce(pw.Count().As("cancelled")).Sort("day")
	},
	"made_up_time": func(m month) *pw.Table {
		late := pw.Col("dep_delay").Gt(20).And(pw.Col("arr_delay").Lt(0))
		return m.flights.Filter(late).Select("carrier", "flight", "day",
			pw.Col("dep_delay").Sub(pw.Col("arr_delay")).As("gained"),
			pw.Col("distance").Div(pw.Col("air_time").Div(60)).As("mph")).Sort(pw.Desc("gained"), "flight", "day")
	},
	"short_or_far": func(m month) *pw.Table {
		extreme := pw.Col("distance").Lt(200).Or(pw.Col("distance").Gt(2500))
		usual := pw.Col("carrier").Eq("UA").Or(pw.Col("dest").In("BOS", "SFO"))
		return m.flights.Filter(extreme.And(usual.Not())).GroupBy("dest").Reduce(pw.Count().As("n")).Sort("dest")
	},
	"three_valued": func(m month) *pw.Table {
		late := pw.Col("dep_delay").Gt(10).And(pw.Col("arr_delay").Gt(10))
		return m.flights.Filter(late.Not()).Reduce(pw.Count().As("n"))
	},
	"after_the_twentieth": func(m month) *pw.Table {
		day := time.Date(2013, 1, 20, 0, 0, 0, 0, time.UTC)
		return m.flights.Filter(pw.Col("time_hour").Ge(day).And(pw.Col("time_hour").Lt("2013-01-21 00:00:00"))).
			GroupBy("origin").Reduce(pw.Count().As("n"), pw.Avg("dep_delay").As("mean")).Sort("origin")
	},
	"by_tailnum": func(m month) *pw.Table {
		return m.flights.GroupBy("tailnum").
			Reduce(pw.Count().As("n"), pw.Sum("air_time").As("minutes"), pw.Sum("distance").As("miles")).
			Sort(pw.Desc("n"), "tailnum").Limit(50)
	},
	"integer_division": func(m month) *pw.Table {
		return m.flights.With(pw.Col("dep_time").Quo(100).As("dep_hour")).GroupBy("dep_hour").
			Reduce(pw.Count().As("n"), pw.Sum(pw.Col("dep_time").Rem(100)).As("minutes")).
			Sort(pw.Asc("dep_hour").NullsFirst())
	},
	"temperatures": func(m month) *pw.Table {
		return m.weather.GroupBy("origin").Reduce(pw.Count().As("hours"), pw.Avg("temp").As("temp"),
			pw.Min("temp").As("coldest"), pw.Max("wind_gust").As("gust"), pw.Sum("precip").As("precip")).Sort("origin")
	},
	"windy": func(m month) *pw.Table {
		strong := pw.Col("wind_speed").Gt(25).And(pw.Col("wind_gust").IsNotNull())
		return m.weather.Filter(strong).
			Select("origin", "day", "hour", pw.Col("wind_speed").Mul(1.609344).As("kmh"), "wind_gust").
			Sort(pw.Desc("kmh"), "day", "hour", "origin").Limit(25)
	},
	"planes_by_maker": func(m month) *pw.Table {
		return m.planes.GroupBy("manufacturer", "type").Reduce(pw.Count().As("planes"), pw.Avg("seats").As("seats"),
			pw.Min("year").As("oldest"), pw.Max("year").As("newest"), pw.CountOf("speed").As("with_speed")).
			Sort(pw.Desc("planes"), "manufacturer", "type")
	},
	"airports_by_zone": func(m month) *pw.Table {
		return m.airports.GroupBy("tzone").Reduce(pw.Count().As("n"), pw.Min("lat").As("south"),
			pw.Max("lat").As("north"), pw.Avg("alt").As("alt")).Sort("tzone")
	},
}

// settings are those under which the answers must be the same.
var settings = map[string]microbatch.Config{
	"1 worker":         {Threads: 1},
	"4 workers":        {Threads: 4},
	"spill and poison": {Threads: 2, Test: op.TestSettings{ForceSpill: true, PoisonLent: true}},
}

func TestQuestionsAreAnsweredAsByDuckDB(t *testing.T) {
	sources := map[string]month{"CSV": fromCSV(), "Parquet": asParquet(t, fromCSV())}
	for format, m := range sources {
		for name, question := range questions {
			for setting, config := range settings {
				t.Run(format+"/"+name+"/"+setting, func(t *testing.T) {
					out := filepath.Join(t.TempDir(), "answer.csv")
					if err := config.Run(t.Context(), csv.Write(question(m), out)); err != nil {
						t.Fatal(err)
					}
					compareFiles(t, out, filepath.Join("testdata", "questions", name+".csv"))
				})
			}
		}
	}
}

func TestEveryGoldenFileHasItsQuestion(t *testing.T) {
	files, err := os.ReadDir(filepath.Join("testdata", "questions"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(questions) {
		t.Errorf("%d golden files, %d questions", len(files), len(questions))
	}
}

func fromCSV() month {
	read := func(file string, opts ...pw.ReadOption) *pw.Table {
		return csv.Read(filepath.Join("../../testdata/flights", file), append(opts, csv.NullTexts("NA", ""))...)
	}
	return month{
		flights: read("flights-2013-01.csv.gz", flight), weather: read("weather-2013-01.csv"),
		planes: read("planes.csv"), airports: read("airports.csv"),
	}
}

// asParquet is the same tables, through Parquet files.
func asParquet(t *testing.T, m month) month {
	dir := t.TempDir()
	through := func(table *pw.Table, name string) *pw.Table {
		file := filepath.Join(dir, name+".parquet")
		if err := microbatch.Run(t.Context(), parquet.Write(table, file, parquet.RowGroupRows(5000))); err != nil {
			t.Fatal(err)
		}
		return parquet.Read(file)
	}
	return month{
		flights: through(m.flights, "flights"), weather: through(m.weather, "weather"),
		planes: through(m.planes, "planes"), airports: through(m.airports, "airports"),
	}
}
