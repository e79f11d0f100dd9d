package parquet_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/parquet"
	"github.com/pwcol/pwcol/microbatch"
)

type reading struct {
	Station string  `pw:"station"`
	Celsius float64 `pw:"celsius"`
}

// A table is written, and read again: of the columns that the plan uses, and of the row groups that its filter can match.
func Example() {
	dir, err := os.MkdirTemp("", "parquet-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "readings.parquet")
	ctx := context.Background()

	readings := pw.FromRows([]reading{{"north", -4}, {"south", 18.5}, {"north", 1.5}})
	if err := microbatch.Run(ctx, parquet.Write(readings, file, parquet.Compress(parquet.Zstd))); err != nil {
		fmt.Println(err)
		return
	}
	warmest := parquet.Read(file).Filter(pw.Col("celsius").Gt(0)).GroupBy("station").Reduce(pw.Max("celsius").As("most")).Sort("station")
	if err := microbatch.Print(ctx, os.Stdout, warmest); err != nil {
		fmt.Println(err)
	}
	// Output:
	// station     most
	// string   float64
	// -------  -------
	// north        1.5
	// south       18.5
	// 2 rows
}
