package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
)

// schemaCmd prints the columns of a file.
type schemaCmd struct {
	input
	Go bool `help:"As Go code."`
}

// Help is what --help says below the flags.
func (schemaCmd) Help() string {
	return `Examples:
  pwcol schema flights.csv.gz --null NA
  pwcol schema sales.parquet
  pwcol schema events.jsonl
  pwcol schema --go flights.csv > schema.go

The types of a CSV file, and the columns of JSON lines, are inferred from a sample of its rows.`
}

// Run prints them.
func (c *schemaCmd) Run(ctx context.Context, io console, s *Settings) error {
	return s.profiled(func() error { return c.print(ctx, io) })
}

func (c *schemaCmd) print(ctx context.Context, io console) error {
	t, err := c.open(ctx)
	if err != nil {
		return err
	}
	if _, err := t.Plan(); err != nil {
		return err
	}
	if c.Go {
		_, err := fmt.Fprint(io.stdout, goCode(t.Schema()))
		return err
	}
	w := tabwriter.NewWriter(io.stdout, 0, 0, 2, ' ', 0)
	for _, f := range t.Schema().Fields() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", printable(f.Name), f.Type, nullability(f))
	}
	return w.Flush()
}

func nullability(f pw.Field) string {
	if f.Nullable {
		return "nullable"
	}
	return "not null"
}

// printable is a name without what could do things to a terminal.
func printable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}

// goCode is the schema as it is written in a program.
func goCode(s *pw.Schema) string {
	var b strings.Builder
	b.WriteString("pw.NewSchema(\n")
	for _, f := range s.Fields() {
		fmt.Fprintf(&b, "\t%s,\n", goField(f))
	}
	b.WriteString(")\n")
	return b.String()
}

// goField is a call: pw.Timestamp("time_hour", pw.Layout("2006-01-02T15:04:05Z"), pw.NotNull()).
func goField(f pw.Field) string {
	args := []string{strconv.Quote(f.Name)}
	if f.Type.Kind == vec.Decimal {
		args = append(args, strconv.Itoa(int(f.Type.Precision)), strconv.Itoa(int(f.Type.Scale)))
	}
	if f.Type.Kind == vec.List {
		args = append(args, goType(f.Type.ElemType()))
	}
	if f.Layout != "" {
		args = append(args, fmt.Sprintf("pw.Layout(%q)", f.Layout))
	}
	if unit := goUnit(f); unit != "" {
		args = append(args, fmt.Sprintf("pw.Unit(pw.%s)", unit))
	}
	if f.Type.Kind == vec.Timestamp && f.Type.Zone != "" {
		args = append(args, fmt.Sprintf("pw.Zone(%q)", f.Type.Zone))
	}
	if !f.Nullable {
		args = append(args, "pw.NotNull()")
	}
	kind := f.Type.Kind.String()
	name := strings.ToUpper(kind[:1]) + kind[1:]
	if f.Type.Kind == vec.List { // pw.List is a reducer
		name = "ListOf"
	}
	return fmt.Sprintf("pw.%s(%s)", name, strings.Join(args, ", "))
}

// goType is a type without a time zone, which only fields have, as it is written in a program.
func goType(t pw.Type) string {
	kind := t.Kind.String()
	name := strings.ToUpper(kind[:1]) + kind[1:]
	switch t.Kind {
	case vec.Decimal:
		return fmt.Sprintf("pw.DecimalType(%d, %d)", t.Precision, t.Scale)
	case vec.Time, vec.Timestamp, vec.Duration:
		return fmt.Sprintf("pw.%sType(pw.%s)", name, unitNames[t.Unit])
	}
	return "pw.T" + name
}

// unitNames are the units' names in a program.
var unitNames = [...]string{vec.Second: "Second", vec.Milli: "Milli", vec.Micro: "Micro", vec.Nano: "Nano"}

// goUnit is the name of the unit of a type that has one, if it isn't microseconds, which is what it is if nothing is
// said.
func goUnit(f pw.Field) string {
	switch f.Type.Kind {
	case vec.Time, vec.Timestamp, vec.Duration:
		if f.Type.Unit != vec.Micro {
			return unitNames[f.Type.Unit]
		}
	}
	return ""
}
