package microbatch_test

import (
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
)

var windowQuestions = map[string]shopQuestion{
	"window_tumbling": {ask: func(s shop) *pw.Table {
		return windows(s, pw.Tumbling(7*time.Minute)).Reduce(pw.Count().As("n"), pw.CountDistinct("visitor").As("visitors"), pw.Max("value").As("most"))
	}},
	"window_tumbling_by": {ask: func(s shop) *pw.Table {
		return windows(s, pw.Tumbling(time.Hour), pw.By("visitor")).Reduce(pw.Count().As("n"), pw.Min("value").Where(pw.Col("ok")).As("least"))
	}},
	"window_origin": {ask: func(s shop) *pw.Table {
		return windows(s, pw.Tumbling(2*time.Hour), pw.Origin(time.Date(2024, 1, 1, 0, 45, 0, 0, time.UTC))).Reduce(pw.Count().As("n"))
	}},
	"window_sliding": {ask: func(s shop) *pw.Table {
		return windows(s, pw.Sliding(time.Hour, 20*time.Minute)).
			Reduce(pw.Count().As("n"), pw.CountDistinct("page").As("pages"), pw.Max("value").As("most"))
	}},
	"window_sliding_uneven": {ask: func(s shop) *pw.Table {
		s.events = s.events.Filter(pw.Col("visitor").Lt("visitor 2").Or(pw.Col("visitor").IsNull()))
		return windows(s, pw.Sliding(50*time.Minute, 20*time.Minute), pw.By("visitor")).Reduce(pw.Count().As("n"))
	}},
	"window_cumulating": {ask: func(s shop) *pw.Table {
		return windows(s, pw.Cumulating(15*time.Minute, time.Hour)).Reduce(pw.Count().As("n"), pw.Count().Where(pw.Col("ok")).As("good"))
	}},
	"window_session": {ask: func(s shop) *pw.Table {
		return windows(s, pw.Session(10*time.Minute), pw.By("visitor")).
			Reduce(pw.Count().As("n"), pw.CountDistinct("page").As("pages"), pw.Max("value").As("most"))
	}},
	"window_session_of_all": {ask: func(s shop) *pw.Table {
		return windows(s, pw.Session(20*time.Second)).Reduce(pw.Count().As("n"))
	}},
	"window_best": {ask: func(s shop) *pw.Table {
		counts := windows(s, pw.Tumbling(time.Hour), pw.By("visitor")).Reduce(pw.Count().As("n"))
		best := counts.GroupBy("window_start").Reduce(pw.Max("n").As("best"))
		return counts.Join(best, pw.On("window_start"), pw.OnCond(pw.Col("n").Eq(pw.Col("best")))).Select("window_start", "visitor", "n")
	}},
	"window_of_join": {ask: func(s shop) *pw.Table {
		return s.orders.Join(s.customers, pw.On("customer")).
			WindowBy("placed", pw.Tumbling(6*time.Hour), pw.By("region"), pw.Delay(48*time.Hour)).
			Reduce(pw.Count().As("orders"), pw.Sum("quantity").As("quantity"))
	}},
}

// windows puts the events into windows, which wait for as long as the shop's rows are out of order.
func windows(s shop, w pw.Window, options ...pw.WindowOption) pw.Windowed {
	return s.events.WindowBy("seen", w, append(options, pw.Delay(s.delay))...)
}
