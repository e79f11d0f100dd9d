package microbatch_test

import (
	pw "github.com/pwcol/pwcol/arrowtab"
)

var rankQuestions = map[string]shopQuestion{
	"distinct": {ask: func(s shop) *pw.Table { return s.orders.Select("customer", "item").Distinct() }},
	"distinct_rows": {ask: func(s shop) *pw.Table {
		return s.events.Filter(pw.Col("visitor").Le("visitor 15").Or(pw.Col("visitor").IsNull())).Distinct()
	}},
	"distinct_union": {ask: func(s shop) *pw.Table {
		return s.orders.Select("customer", pw.Col("item").As("text")).Union(s.customers.Select("customer", pw.Col("region").As("text"))).Distinct()
	}},
	"first_by_key": {ask: func(s shop) *pw.Table { return s.orders.Deduplicate([]string{"customer"}, pw.KeepFirstBy("id")) }},
	"last_by_key":  {ask: func(s shop) *pw.Table { return s.orders.Deduplicate([]string{"customer", "item"}, pw.KeepLastBy("id")) }},
	"top_by_key": {ask: func(s shop) *pw.Table {
		return s.orders.TopK(10, pw.PerKey("item"), pw.Desc("price"), "id").Select("id", "item", "price")
	}},
	"top_of_all": {ask: func(s shop) *pw.Table {
		return s.orders.Sort("quantity", pw.Desc("placed"), "id").Limit(25).Select("id", "quantity", "placed")
	}},
	"row_number": {ask: func(s shop) *pw.Table {
		few := s.orders.Filter(pw.Col("customer").Lt(60).Or(pw.Col("customer").IsNull()))
		return few.RowNumber("rank", pw.PerKey("customer"), pw.Desc("quantity"), "id").Select("id", "customer", "quantity", "rank")
	}},
	"best_of_groups": {ask: func(s shop) *pw.Table {
		return s.orders.GroupBy("item", "customer").Reduce(pw.Sum("quantity").As("bought")).
			TopK(3, pw.PerKey("item"), pw.Desc("bought"), "customer")
	}},
	"unnest": {ask: func(s shop) *pw.Table {
		return tagged(s).Filter(pw.Col("id").Rem(2).Eq(0)).Select("id", "tag")
	}},
	"unnest_and_count": {ask: func(s shop) *pw.Table {
		return tagged(s).GroupBy("tag").Reduce(pw.Count().As("n"), pw.CountDistinct("customer").As("customers"))
	}},
}

// tagged is a row of each tag of each order.
func tagged(s shop) *pw.Table {
	return s.orders.Select("id", "customer", pw.Col("tags").Split(",").As("tag")).Flatten("tag")
}
