package bench

import (
	"context"
	"errors"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/parquet"
	"github.com/pwcol/pwcol/microbatch"
)

// SeedSchema is the schema of the seed workload's input.
func SeedSchema() *pw.Schema {
	return pw.NewSchema(
		pw.Int64("id"), pw.Float64("value"), pw.String("category"),
		pw.Timestamp("timestamp", pw.Layout("%Y-%m-%d %H:%M:%S.%f")))
}

// SeedJob is the seed workload: of the rows of t with a value above 500, for each category, their number and the sum
// and average of the values.
func SeedJob(t *pw.Table) *pw.Table {
	return t.
		Filter(pw.Col("value").Gt(500)).
		GroupBy("category").
		Reduce(pw.Count().As("count"), pw.Sum("value").As("sum_value"), pw.Avg("value").As("avg_value"))
}

// SeedJobTyped is SeedJob with the last timestamp of each category, for which timestamps have to be parsed.
func SeedJobTyped(t *pw.Table) *pw.Table {
	return t.
		Filter(pw.Col("value").Gt(500)).
		GroupBy("category").
		Reduce(pw.Count().As("count"), pw.Sum("value").As("sum_value"), pw.Avg("value").As("avg_value"),
			pw.Max("timestamp").As("last"))
}

// GroupBySchema is the schema of the group-by questions' input.
func GroupBySchema() *pw.Schema {
	return pw.NewSchema(
		pw.String("id1"), pw.String("id2"), pw.String("id3"), pw.Int64("id4"), pw.Int64("id5"), pw.Int64("id6"),
		pw.Int64("v1"), pw.Int64("v2"), pw.Float64("v3"))
}

// The public group-by questions.
func groupByQ1(t *pw.Table) *pw.Table { return t.GroupBy("id1").Reduce(pw.Sum("v1").As("v1")) }

func groupByQ2(t *pw.Table) *pw.Table { return t.GroupBy("id1", "id2").Reduce(pw.Sum("v1").As("v1")) }

func groupByQ3(t *pw.Table) *pw.Table {
	return t.GroupBy("id3").Reduce(pw.Sum("v1").As("v1"), pw.Avg("v3").As("v3"))
}

func groupByQ4(t *pw.Table) *pw.Table {
	return t.GroupBy("id4").Reduce(pw.Avg("v1").As("v1"), pw.Avg("v2").As("v2"), pw.Avg("v3").As("v3"))
}

func groupByQ5(t *pw.Table) *pw.Table {
	return t.GroupBy("id6").Reduce(pw.Sum("v1").As("v1"), pw.Sum("v2").As("v2"), pw.Sum("v3").As("v3"))
}

func groupByQ7(t *pw.Table) *pw.Table {
	return t.GroupBy("id3").Reduce(pw.Max("v1").As("max_v1"), pw.Min("v2").As("min_v2")).
		Select("id3", pw.Col("max_v1").Sub(pw.Col("min_v2")).As("range_v1_v2"))
}

// job is a query as pwcol runs it. It returns the result where that stays in memory, else nil.
type job func(ctx context.Context, c microbatch.Config, r Request) (*memoryResult, error)

// jobs is what pwcol does for the queries.
func jobs() map[string]job {
	seedCSV := func(file string) *pw.Table { return csv.Read(file, SeedSchema()) }
	fromParquet := func(file string) *pw.Table { return parquet.Read(file) }
	return map[string]job{
		"seed_csv":           toCSV(seedCSV, SeedJob),
		"seed_csv_typed":     toCSV(seedCSV, SeedJobTyped),
		"seed_parquet":       toCSV(fromParquet, SeedJob),
		"seed_parquet_typed": toCSV(fromParquet, SeedJobTyped),
		"groupby_q1":         toMemory(fromParquet, groupByQ1),
		"groupby_q2":         toMemory(fromParquet, groupByQ2),
		"groupby_q3":         toMemory(fromParquet, groupByQ3),
		"groupby_q4":         toMemory(fromParquet, groupByQ4),
		"groupby_q5":         toMemory(fromParquet, groupByQ5),
		"groupby_q7":         toMemory(fromParquet, groupByQ7),
		"convert": func(ctx context.Context, c microbatch.Config, r Request) (*memoryResult, error) {
			return nil, c.Run(ctx, parquet.Write(seedCSV(r.File), r.Out))
		},
		"parquet_sums": toMemory(fromParquet, func(t *pw.Table) *pw.Table { return t }),
	}
}

func toCSV(read func(string) *pw.Table, compute func(*pw.Table) *pw.Table) job {
	return func(ctx context.Context, c microbatch.Config, r Request) (*memoryResult, error) {
		if r.Out == "" {
			return nil, errors.New("the query writes CSV and needs the name of a file")
		}
		return nil, c.Run(ctx, csv.Write(compute(read(r.File)), r.Out))
	}
}

func toMemory(read func(string) *pw.Table, compute func(*pw.Table) *pw.Table) job {
	return func(ctx context.Context, c microbatch.Config, r Request) (*memoryResult, error) {
		t := compute(read(r.File))
		batches, err := c.Batches(ctx, t)
		if err != nil {
			return nil, err
		}
		return &memoryResult{t.Schema(), batches}, nil
	}
}

// writeParquet makes the Parquet file of a generated CSV file with pwcol, where there is no other writer.
func writeParquet(ctx context.Context, name, csvPath, path string) error {
	schema := SeedSchema()
	if name == "groupby" {
		schema = GroupBySchema()
	}
	return microbatch.Run(ctx, parquet.Write(csv.Read(csvPath, schema), path))
}
