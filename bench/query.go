package bench

import (
	"fmt"
	"slices"
	"strings"
)

// how says what is measured of a query.
type how int

const (
	inEngine     how = iota // time inside an engine that lives through all rounds
	inProcess               // peak memory of a process that answers only this
	wholeProcess            // the process, from start to end
)

// startQuery is the query whose whole process is measured.
const startQuery = "start"

// Query is a piece of work that all engines can do.
type Query struct {
	Name  string // of the line in the report
	Title string // what it is, for people
	ask   string // what engines are asked for
	data  dataset
	out   string // ending of the output file, or "": the result stays in memory
	how   how
	rows  int // 0: as many as the comparison says
}

// memoryRows are the sizes at which peak memory is compared: it should be the same.
var memoryRows = [...]int{10_000_000, 40_000_000}

// startRows is the size of the input for which whole processes are compared.
const startRows = 1000

// Queries are all queries, in the order of the report.
func Queries() []Query {
	q := []Query{
		{Name: "seed_csv", Title: "seed batch job, CSV", data: seedCSV, out: ".csv"},
		{Name: "seed_csv_typed", Title: "seed batch job with max(timestamp), CSV", data: seedCSV, out: ".csv"},
		{Name: "seed_parquet", Title: "seed batch job, Parquet", data: seedParquet, out: ".csv"},
		{Name: "seed_parquet_typed", Title: "seed batch job with max(timestamp), Parquet", data: seedParquet, out: ".csv"},
		{Name: "groupby_q1", Title: "q1: sum v1 by id1", data: groupByParquet},
		{Name: "groupby_q2", Title: "q2: sum v1 by id1, id2", data: groupByParquet},
		{Name: "groupby_q3", Title: "q3: sum v1, mean v3 by id3", data: groupByParquet},
		{Name: "groupby_q4", Title: "q4: mean v1, v2, v3 by id4", data: groupByParquet},
		{Name: "groupby_q5", Title: "q5: sum v1, v2, v3 by id6", data: groupByParquet},
		{Name: "groupby_q7", Title: "q7: max v1 − min v2 by id3", data: groupByParquet},
		{Name: "convert", Title: "CSV to Parquet", data: seedCSV, out: ".parquet"},
		{Name: startQuery, Title: "seed batch job, 1,000 rows, whole process", data: seedCSV, out: ".csv", how: wholeProcess, rows: startRows},
	}
	for i := range q {
		q[i].ask = q[i].Name
	}
	for _, rows := range memoryRows {
		q = append(q, Query{
			Name: fmt.Sprintf("memory_%dm", rows/1_000_000), Title: fmt.Sprintf("seed batch job, CSV, %s rows, fresh process", thousands(rows)),
			ask: "seed_csv", data: seedCSV, out: ".csv", how: inProcess, rows: rows,
		})
	}
	return q
}

// Select is the queries of those names; a name may be the start of several, such as "groupby". None is all.
func Select(names []string) ([]Query, error) {
	all := Queries()
	if len(names) == 0 {
		return all, nil
	}
	wanted := make([]bool, len(all))
	for _, name := range names {
		if !mark(wanted, all, name) {
			return nil, fmt.Errorf("there is no query %q; there are %s", name, strings.Join(queryNames(all), ", "))
		}
	}
	var out []Query
	for i, q := range all {
		if wanted[i] {
			out = append(out, q)
		}
	}
	return out, nil
}

// mark marks the query of that name or, if there is none, those whose names start with it.
func mark(wanted []bool, all []Query, name string) (found bool) {
	if i := slices.Index(queryNames(all), name); i >= 0 {
		wanted[i] = true
		return true
	}
	for i, q := range all {
		if strings.HasPrefix(q.Name, name+"_") {
			wanted[i], found = true, true
		}
	}
	return found
}

func queryNames(queries []Query) []string {
	names := make([]string, len(queries))
	for i, q := range queries {
		names[i] = q.Name
	}
	return names
}
