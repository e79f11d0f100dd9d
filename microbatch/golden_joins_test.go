package microbatch_test

import (
	"math"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
)

// bought is the condition of joins of orders and customers beyond their key.
var bought = pw.OnCond(pw.Col("placed").Ge(pw.Col("since")).And(pw.Col("price").Gt(pw.Col("credit"))))

var joinQuestions = map[string]shopQuestion{
	"join_inner": {ask: func(s shop) *pw.Table { return named(s.orders.Join(s.customers, pw.On("customer"))) }},
	"join_left":  {ask: func(s shop) *pw.Table { return named(s.orders.LeftJoin(s.customers, pw.On("customer"))) }},
	"join_right": {ask: func(s shop) *pw.Table { return named(s.orders.RightJoin(s.customers, pw.On("customer"))) }},
	"join_full":  {ask: func(s shop) *pw.Table { return named(s.orders.FullJoin(s.customers, pw.On("customer"))) }},
	"join_semi": {ask: func(s shop) *pw.Table {
		return s.orders.SemiJoin(s.customers, pw.On("customer")).Select("id", "customer")
	}},
	"join_anti": {ask: func(s shop) *pw.Table {
		return s.orders.AntiJoin(s.customers, pw.On("customer")).Select("id", "customer")
	}},

	"join_inner_condition": {ask: func(s shop) *pw.Table { return named(s.orders.Join(s.customers, pw.On("customer"), bought)) }},
	"join_left_condition":  {ask: func(s shop) *pw.Table { return named(s.orders.LeftJoin(s.customers, pw.On("customer"), bought)) }},
	"join_right_condition": {ask: func(s shop) *pw.Table { return named(s.orders.RightJoin(s.customers, pw.On("customer"), bought)) }},
	"join_full_condition":  {ask: func(s shop) *pw.Table { return named(s.orders.FullJoin(s.customers, pw.On("customer"), bought)) }},
	"join_semi_condition": {ask: func(s shop) *pw.Table {
		return s.orders.SemiJoin(s.customers, pw.On("customer"), bought).Select("id", "customer")
	}},
	"join_anti_condition": {ask: func(s shop) *pw.Table {
		return s.orders.AntiJoin(s.customers, pw.On("customer"), bought).Select("id", "customer")
	}},

	"join_inner_nulls_equal": {ask: func(s shop) *pw.Table {
		return named(s.orders.Join(s.customers, pw.On("customer"), pw.NullsEqual())).Filter(pw.Col("id").Rem(3).Eq(0))
	}},
	"join_full_nulls_equal": {ask: func(s shop) *pw.Table {
		return named(s.orders.Filter(pw.Col("id").Rem(3).Eq(0)).FullJoin(s.customers, pw.On("customer"), pw.NullsEqual()))
	}},
	"join_anti_nulls_equal": {ask: func(s shop) *pw.Table {
		return s.orders.AntiJoin(s.customers, pw.On("customer"), pw.NullsEqual()).Select("id", "customer")
	}},

	"join_two_keys": {ask: func(s shop) *pw.Table {
		later := pw.Col("id").Lt(pw.Col("id_later")).And(pw.Col("price_later").Ge(pw.Col("price").Mul(2)))
		return s.orders.Join(s.orders, pw.On("customer", "item"), pw.OnCond(later), pw.Suffix("_later")).Select("id", "id_later", "customer", "item")
	}},
	"join_float_key": {ask: func(s shop) *pw.Table {
		price := pw.Col("price")
		return s.orders.LeftJoin(s.bands, pw.OnPair("price", "key")).
			Filter(price.Lt(45).Or(price.Eq(math.NaN()), price.Eq(math.Inf(1)), price.Eq(math.Inf(-1)))).Select("id", "price", "band")
	}},
	"join_condition_only": {ask: func(s shop) *pw.Table {
		return s.orders.Join(s.bands, pw.OnCond(pw.Col("price").Ge(pw.Col("low")).And(pw.Col("price").Lt(pw.Col("high"))))).Select("id", "band")
	}},
	"join_left_condition_only": {ask: func(s shop) *pw.Table {
		inBand := pw.Col("credit").Ge(pw.Col("low")).And(pw.Col("credit").Lt(pw.Col("high")), pw.Col("region").Ne("north"))
		return s.customers.LeftJoin(s.bands, pw.OnCond(inBand)).Select("name", "band")
	}},
	"join_three_tables": {ask: func(s shop) *pw.Table {
		located := s.orders.Join(s.customers, pw.On("customer")).Select("id", "region", "item", "quantity")
		regions := located.GroupBy("region", "item").Reduce(pw.Sum("quantity").As("bought"), pw.Count().As("orders"))
		return located.LeftJoin(regions, pw.On("region", "item")).Filter(pw.Col("id").Rem(4).Eq(0)).Drop("quantity")
	}},
	"join_with_aggregate": {ask: func(s shop) *pw.Table {
		means := s.orders.Filter(isFinite("price")).GroupBy("customer").Reduce(pw.Avg("price").As("mean"))
		return s.orders.Join(means, pw.On("customer"), pw.OnCond(pw.Col("price").Gt(pw.Col("mean")))).Select("id", "customer", "price", "mean")
	}},
	"union_of_joins": {ask: func(s shop) *pw.Table {
		many := s.orders.Filter(pw.Col("quantity").Gt(40)).Join(s.customers, pw.On("customer")).Select("id", "name")
		lost := s.orders.AntiJoin(s.customers, pw.On("customer")).Select("id", pw.Lit(nil).Cast(pw.TString).As("name"))
		return many.Union(lost)
	}},

	"asof_inner": {ask: func(s shop) *pw.Table {
		return quoted(s.trades.AsOfJoin(s.quotes, "traded", "quoted", pw.On("symbol")))
	}},
	"asof_left": {ask: func(s shop) *pw.Table {
		return quoted(s.trades.AsOfLeftJoin(s.quotes, "traded", "quoted", pw.On("symbol")))
	}},
	"asof_strict": {ask: func(s shop) *pw.Table {
		return quoted(s.trades.AsOfJoin(s.quotes, "traded", "quoted", pw.On("symbol"), pw.Strict()))
	}},
	"asof_forward": {ask: func(s shop) *pw.Table {
		return quoted(s.trades.AsOfLeftJoin(s.quotes, "traded", "quoted", pw.On("symbol"), pw.Forward()))
	}},
	"asof_forward_strict": {ask: func(s shop) *pw.Table {
		return quoted(s.trades.AsOfJoin(s.quotes, "traded", "quoted", pw.On("symbol"), pw.Forward(), pw.Strict()))
	}},
	"asof_nearest": {ask: func(s shop) *pw.Table {
		return quoted(s.trades.AsOfJoin(s.quotes, "traded", "quoted", pw.On("symbol"), pw.Nearest()))
	}},
	"asof_tolerance": {ask: func(s shop) *pw.Table {
		return quoted(s.trades.AsOfJoin(s.quotes, "traded", "quoted", pw.On("symbol"), pw.Tolerance(40*time.Second)))
	}},
	"asof_without_key": {ask: func(s shop) *pw.Table {
		single := s.quotes.GroupBy("quoted").Reduce(pw.Count(), pw.Any("symbol").As("symbol"), pw.Any("bid").As("bid")).Filter(pw.Col("count").Eq(1))
		return s.trades.Drop("symbol").Filter(pw.Col("id").Rem(2).Eq(0)).AsOfLeftJoin(single, "traded", "quoted").
			Select("id", "traded", "quoted", "symbol", "bid")
	}},

	"interval_inner": {ask: func(s shop) *pw.Table { return quoted(timed(s).Join(timedQuotes(s), pw.On("symbol"), near)) }},
	"interval_condition": {ask: func(s shop) *pw.Table {
		return quoted(timed(s).Join(timedQuotes(s), pw.On("symbol"), near, pw.OnCond(pw.Col("size").Gt(pw.Col("bid").Mul(4)))))
	}},
	"interval_left": {ask: func(s shop) *pw.Table { return quoted(timed(s).LeftJoin(timedQuotes(s), pw.On("symbol"), near)) }},
}

// near is that a quote comes at most half a minute before a trade, and a minute and a half after it.
var near = pw.Within("traded", "quoted", -30*time.Second, 90*time.Second)

// timed is the trades with their event time.
func timed(s shop) *pw.Table {
	return s.trades.Filter(pw.Col("traded").IsNotNull()).Watermark("traded", s.delay)
}

func timedQuotes(s shop) *pw.Table { return s.quotes.Watermark("quoted", s.delay) }

func named(t *pw.Table) *pw.Table  { return t.Select("id", "customer", "name") }
func quoted(t *pw.Table) *pw.Table { return t.Select("id", "symbol", "traded", "quoted", "bid") }

// isFinite is that a float is neither NaN, which is above all others, nor infinite.
func isFinite(column string) pw.Expr {
	return pw.Col(column).Gt(math.Inf(-1)).And(pw.Col(column).Lt(math.Inf(1)))
}
