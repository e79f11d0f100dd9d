package main

import (
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
)

func TestGoField(t *testing.T) {
	for want, f := range map[string]pw.Field{
		`pw.Int8("a")`:                 pw.Int8("a"),
		`pw.Uint64("a", pw.NotNull())`: pw.Uint64("a", pw.NotNull()),
		`pw.String("q\"uote")`:         pw.String(`q"uote`),
		`pw.Decimal("d", 10, 2)`:       pw.Decimal("d", 10, 2),
		`pw.Timestamp("t")`:            pw.Timestamp("t"),
		`pw.ListOf("l", pw.TString)`:   pw.ListOf("l", pw.TString),
		`pw.ListOf("l", pw.TimestampType(pw.Nano), pw.NotNull())`:        pw.ListOf("l", pw.TimestampType(pw.Nano), pw.NotNull()),
		`pw.ListOf("l", pw.DecimalType(9, 2))`:                           pw.ListOf("l", pw.DecimalType(9, 2)),
		`pw.Date("t")`:                                                   pw.Date("t"),
		`pw.Duration("t", pw.Unit(pw.Nano))`:                             pw.Duration("t", pw.Unit(pw.Nano)),
		`pw.Timestamp("t", pw.Unit(pw.Milli), pw.Zone("Europe/Vienna"))`: pw.Timestamp("t", pw.Unit(pw.Milli), pw.Zone("Europe/Vienna")),
		`pw.Timestamp("t", pw.Layout("%d.%m.%Y"), pw.Unit(pw.Second))`:   pw.Timestamp("t", pw.Layout("%d.%m.%Y"), pw.Unit(pw.Second)),
	} {
		if got := goField(f); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}
