package nexmark

import (
	pw "github.com/pwcol/pwcol/arrowtab"
)

// passThrough is q0.
func passThrough(s Stream) *pw.Table {
	return s.Bid().Select("auction", "bidder", "price", "dateTime", "extra")
}

// euros is a price, a whole number of dollars, in euros.
func euros(price pw.Expr) pw.Expr {
	return price.Mul(pw.Lit(0.908).Cast(pw.DecimalType(3, 3)))
}

// currency is q1.
func currency(s Stream) *pw.Table {
	return s.Bid().Select("auction", "bidder", euros(pw.Col("price")).As("price"), "dateTime", "extra")
}

// selection is q2.
func selection(s Stream) *pw.Table {
	return s.Bid().Filter(pw.Col("auction").Rem(123).Eq(0)).Select("auction", "price")
}

// calculation is q14.
func calculation(s Stream) *pw.Table {
	hour := pw.Col("dateTime").Hour()
	timeOfDay := pw.If(hour.Between(8, 18), "dayTime", pw.If(hour.Le(6).Or(hour.Ge(20)), "nightTime", "otherTime"))
	price := euros(pw.Col("price"))
	return s.Bid().
		Filter(price.Gt(1_000_000).And(price.Lt(50_000_000))).
		Select("auction", "bidder", price.As("price"), timeOfDay.As("bidTimeType"), "dateTime", "extra",
			pw.Col("extra").CountSubstring("c").As("c_counts"))
}

// urlParts is q22. SQL's SPLIT_INDEX counts from 0.
func urlParts(s Stream) *pw.Table {
	url := pw.Col("url")
	return s.Bid().Select("auction", "bidder", "price", "channel",
		url.SplitPart("/", 4).As("dir1"), url.SplitPart("/", 5).As("dir2"), url.SplitPart("/", 6).As("dir3"))
}
