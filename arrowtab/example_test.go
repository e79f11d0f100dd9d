package arrowtab_test

import (
	"fmt"
	"os"
	"regexp"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Sale is a row.
type Sale struct {
	ID    int64
	Name  *string // may be NULL
	Value float64
}

func sales() *pw.Table {
	ann := "ann"
	return pw.FromRows([]Sale{{1, &ann, 120}, {2, nil, 80}, {3, &ann, 200.5}})
}

func ExampleTable_Schema() {
	table := sales().
		With(pw.Col("value").Mul(1.2).As("gross")).
		GroupBy("name").
		Reduce(pw.Count(), pw.Sum("gross"), pw.Sum("id"))
	for _, f := range table.Schema().Fields() {
		fmt.Println(f.Name, f.Type)
	}
	// Output:
	// name string
	// count int64
	// sum_gross float64
	// sum_id decimal(38, 0)
}

func ExampleTable_Plan() {
	table := sales().
		Filter(pw.Col("vlaue").Gt(100)).
		Filter(pw.Col("id").Gt(1.5)).
		GroupBy("name").
		Reduce(pw.Sum("name"))
	_, err := table.Plan() // microbatch.Run returns the same error
	fmt.Println(err)
	// Output:
	// example_test.go:41: filter: unknown column "vlaue"; did you mean "value"? The columns are: id, name, value
	// example_test.go:42: filter: id > 1.5: column "id" is int64, but 1.5 is not a whole number; take a constant that is one, or cast the other side
	// example_test.go:44: group by: sum: column "name" is string, but sum takes numbers
}

func ExampleTable_Explain() {
	table := sales().
		With(pw.Col("value").Mul(1.2).As("gross")).
		Filter(pw.Col("gross").Gt(100)).
		GroupBy("name").
		Reduce(pw.Count())
	places := regexp.MustCompile(`, example_test.go:\d+`)
	fmt.Print(places.ReplaceAllString(table.Explain(), ""))
	// Output:
	// as written:
	// aggregate by name: count() as count → name string, count int64  [append, key name]
	//   filter gross > 100  [append]
	//     project id, name, value, value * 1.2 as gross → id int64, name string, value float64, gross float64  [append]
	//       read memory 3 rows → id int64, name string, value float64  [append]
	// as run:
	// aggregate by name: count() as count → name string, count int64  [append, key name]
	//   read memory 3 rows where value * 1.2 > 100 → name string  [append]
}

func ExampleFormatTable() {
	node, err := sales().Plan()
	if err != nil {
		fmt.Println(err)
		return
	}
	batches := node.(*plan.Read).Source.(*pw.Memory).Batches()
	if err := pw.FormatTable(os.Stdout, node.Schema(), batches); err != nil {
		fmt.Println(err)
	}
	// Output:
	//    id  name      value
	// int64  string  float64
	// -----  ------  -------
	//     1  ann         120
	//     2  NULL         80
	//     3  ann       200.5
	// 3 rows
}
