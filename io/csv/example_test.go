package csv_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/microbatch"
)

// A file in, a file out: rows that can't be read go to a file of their own.
func Example() {
	dir, err := os.MkdirTemp("", "csv")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	in, out, rejected := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv"), filepath.Join(dir, "rejected.csv")
	text := "id,name,value\n1,a,150\n2,b,20\n3,a,abc\n4,b,300.5\n5,a,101\n"
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}

	schema := pw.NewSchema(pw.Int64("id"), pw.String("name"), pw.Float64("value"))
	table := csv.Read(in, schema, csv.OnBadRow(pw.Reject))
	sums := table.Filter(pw.Col("value").Gt(100)).GroupBy("name").
		Reduce(pw.Count().As("count"), pw.Sum("value").As("sum_value")).Sort(pw.Asc("name"))
	bad := table.Rejected().Select(pw.Col("line"), pw.Col("reason"))
	if err := microbatch.Run(context.Background(), csv.Write(sums, out), csv.Write(bad, rejected)); err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{out, rejected} {
		text, _ := os.ReadFile(path)
		fmt.Print(string(text))
	}
	// Output:
	// name,count,sum_value
	// a,2,251.0
	// b,1,300.5
	// line,reason
	// 4,"""abc"" is not a float64"
}
