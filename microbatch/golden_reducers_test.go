package microbatch_test

import (
	"math"

	pw "github.com/pwcol/pwcol/arrowtab"
)

var reducerQuestions = map[string]shopQuestion{
	"reduce_counts": {ask: func(s shop) *pw.Table {
		return s.events.GroupBy("visitor").Reduce(pw.Count().As("events"), pw.CountOf("page").As("pages"), pw.CountDistinct("page").As("different"),
			pw.CountDistinct("value").As("values"), pw.Count().Where(pw.Col("ok")).As("good"),
			pw.CountDistinct("page").Where(pw.Col("value").Gt(0)).As("positive"))
	}},
	"reduce_sums": {ask: func(s shop) *pw.Table {
		return s.orders.GroupBy("customer").Reduce(pw.Sum("quantity").As("quantity"), pw.Sum("price").As("price"), pw.Avg("quantity").As("mean_quantity"),
			pw.Avg("price").As("mean_price"), pw.Sum("price").Where(isFinite("price").And(pw.Col("express"))).As("express"),
			pw.Avg("quantity").Where(pw.Col("quantity").Lt(0)).As("negative"))
	}},
	"reduce_float_sums": {rounded: true, ask: func(s shop) *pw.Table {
		return numbers(s).GroupBy("visitor").Reduce(pw.Sum("value").As("total"), pw.Avg("value").As("mean"))
	}},
	"reduce_extremes": {ask: func(s shop) *pw.Table {
		return s.orders.GroupBy("customer").Reduce(pw.Min("price").As("least"), pw.Max("price").As("most"), pw.Min("placed").As("first"),
			pw.Max("placed").As("last"), pw.Min("item").As("low"), pw.Max("tags").As("high"),
			pw.Min("quantity").Where(pw.Col("express")).As("least_express"), pw.Max("express").As("any_express"))
	}},
	"reduce_by_order": {ask: func(s shop) *pw.Table {
		return s.orders.GroupBy("customer").Reduce(pw.ArgMin("item", "id").As("first"), pw.ArgMax("item", "id").As("last"),
			pw.ArgMin("price", "id").Where(pw.Col("quantity").Gt(20)).As("price"), pw.First("tags", "id").As("first_tags"), pw.Last("tags", "id").As("last_tags"))
	}},
	"reduce_spread": {rounded: true, ask: func(s shop) *pw.Table {
		return numbers(s).GroupBy("visitor").Reduce(pw.Var("value").As("var"), pw.VarPop("value").As("var_pop"), pw.Stddev("value").As("stddev"),
			pw.StddevPop("value").As("stddev_pop"), pw.Var("value").Where(pw.Col("ok")).As("var_ok"))
	}},
	"reduce_integer_spread": {rounded: true, ask: func(s shop) *pw.Table {
		return s.orders.GroupBy("item").Reduce(pw.Var("quantity").As("var"), pw.StddevPop("quantity").As("stddev"))
	}},
	"reduce_quantiles": {rounded: true, ask: func(s shop) *pw.Table {
		return numbers(s).GroupBy("visitor").Reduce(pw.Median("value").As("median"), pw.Quantile("value", 0.1).As("tenth"),
			pw.Quantile("value", 0.95).As("high"), pw.Quantile("value", 0).As("least"), pw.Quantile("value", 1).As("most"))
	}},
	"reduce_discrete_quantiles": {ask: func(s shop) *pw.Table {
		return s.orders.GroupBy("item").Reduce(pw.QuantileDisc("price", 0.5).As("middle"), pw.QuantileDisc("price", 0.9).As("high"),
			pw.QuantileDisc("quantity", 0.25).As("quarter"), pw.QuantileDisc("placed", 0).As("first"), pw.QuantileDisc("tags", 0.5).As("tag"),
			pw.Median("quantity").As("median"))
	}},
	"reduce_lists": {ask: func(s shop) *pw.Table {
		few := s.orders.Filter(pw.Col("customer").Lt(40).Or(pw.Col("customer").IsNull()))
		return few.GroupBy("customer").Reduce(pw.List("item").OrderBy("id").As("items"), pw.List("quantity").As("quantities"),
			pw.StringAgg("item", "; ").OrderBy("id").As("text"), pw.List("id").Where(pw.Col("express")).As("express"))
	}},
	"reduce_logic": {ask: func(s shop) *pw.Table {
		return s.events.GroupBy("visitor").Reduce(pw.BoolAnd("ok").As("every"), pw.BoolOr("ok").As("some"), pw.BoolOr(pw.Col("value").Gt(2000)).As("large"))
	}},
	"reduce_whole_table": {ask: func(s shop) *pw.Table {
		early := pw.Col("page").Eq("/pay").And(pw.Col("seen").Lt("2024-03-04 08:00:00"))
		return s.events.Reduce(pw.Count().As("events"), pw.CountDistinct("visitor").As("visitors"), pw.CountDistinct("value").As("values"),
			pw.Min("seen").As("first"), pw.Max("value").As("most"), pw.ArgMax("visitor", "seen").Where(early).As("payer"))
	}},
	"reduce_nothing": {ask: func(s shop) *pw.Table {
		return s.orders.Filter(pw.Col("id").Lt(0)).Reduce(pw.Count().As("n"), pw.Sum("quantity").As("total"), pw.Avg("price").As("mean"),
			pw.Max("item").As("item"), pw.Median("price").As("median"), pw.BoolAnd("express").As("express"), pw.List("id").As("ids"))
	}},
	"reduce_reduced": {ask: func(s shop) *pw.Table {
		byCustomer := s.orders.GroupBy("customer").Reduce(pw.Count().As("n"), pw.Sum("quantity").As("total")).Filter(pw.Col("n").Gt(2))
		return byCustomer.GroupBy("n").Reduce(pw.Count().As("customers"), pw.Sum("total").As("total"))
	}},
	"reduce_by_nulls_and_nans": {ask: func(s shop) *pw.Table {
		return s.orders.GroupBy("price", "express").Reduce(pw.Count().As("n"), pw.Sum("quantity").As("quantity")).Filter(pw.Col("n").Gt(1))
	}},
}

// numbers is the events whose value isn't NaN.
func numbers(s shop) *pw.Table { return s.events.Filter(pw.Col("value").Ne(math.NaN())) }
