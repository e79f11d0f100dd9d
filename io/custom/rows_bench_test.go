package custom_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/microbatch"
)

// BenchmarkRows is a source of single rows into a sink that looks at none, by how many rows a commit has.
func BenchmarkRows(b *testing.B) {
	for _, each := range []int{1, 100, 100_000} {
		b.Run(fmt.Sprintf("commit=%d", each), func(b *testing.B) {
			table := custom.Rows(func(_ context.Context, w *custom.Writer[event]) error {
				for i := range b.N {
					w.Append(event{int64(i), "name"})
					if i%each == 0 {
						if err := w.Commit(); err != nil {
							return err
						}
					}
				}
				return nil
			})
			err := microbatch.Run(b.Context(), custom.Write(table, func(context.Context, custom.Changes) error { return nil }))
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
