package acc

import (
	"math"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// golden are DuckDB 1's answers for
//
//	select g, var_samp(x), var_pop(x), stddev_samp(x), stddev_pop(x),
//	  quantile_cont(x, 0.1), quantile_cont(x, 0.5), quantile_cont(x, 0.95),
//	  quantile_disc(x, 0.1), quantile_disc(x, 0.5), quantile_disc(x, 0.95), median(k), var_samp(k)
//	from (select i % 7 g, (i * 7919) % 10007 - 5000 k, ((i * 7919) % 10007 - 5000) / 8.0 x from range(3000) r(i))
//	group by g order by g
var golden = [7][12]float64{
	{130952.99500407113, 130647.7432674649, 361.8742806612141, 361.4522696947204, -504.075, -2.0, 556.9499999999998, -504.875, -2.0, 558.5, -16.0, 8380991.680260552},
	{130756.68484307248, 130451.89070590914, 361.6029381007191, 361.181243568806, -495.575, 2.625, 566.0499999999998, -496.375, 2.625, 568.0, 21.0, 8368427.829956639},
	{130062.05688047346, 129758.88192271012, 360.6411746881843, 360.2206017466382, -493.525, 1.375, 561.475, -496.625, 1.375, 561.875, 11.0, 8323971.640350302},
	{130775.02265749243, 130470.18577484094, 361.62829349691714, 361.2065693960188, -503.95, -0.875, 560.225, -504.75, -0.875, 560.625, -7.0, 8369601.450079516},
	{130443.37142487797, 130138.59719257685, 361.1694497391466, 360.74727607090375, -496.71250000000003, -1.625, 561.89375, -500.125, -2.125, 563.25, -13.0, 8348375.77119219},
	{130810.46722841868, 130504.835295642, 361.6772970873603, 361.2545297925578, -497.96250000000003, 2.0, 565.51875, -501.375, 1.5, 566.875, 16.0, 8371869.902618796},
	{131004.69384683341, 130698.6081135464, 361.9457056615445, 361.5226246219542, -499.91249999999997, 2.6875, 563.9187499999999, -502.625, 0.25, 565.625, 21.5, 8384300.406197338},
}

// DuckDB's sums of floats are rounded on the way, and its line between two values is computed another way: the last digits may differ.
func TestDuckDBAgrees(t *testing.T) {
	x, k := vec.NewBuilder(vec.TFloat64, 3000), vec.NewBuilder(vec.TInt64, 3000)
	var ids []uint32
	for i := range int64(3000) {
		v := i*7919%10007 - 5000
		vec.AppendFixed(x, float64(v)/8)
		vec.AppendFixed(k, v)
		ids = append(ids, uint32(i%7))
	}
	b := &vec.Batch{N: 3000, Cols: []*vec.Vec{x.Finish(), k.Finish()}}
	f, n := vec.TFloat64, vec.TInt64
	for i, a := range []Accumulator{
		must(NewSpread(f, VarSamp)), must(NewSpread(f, VarPop)), must(NewSpread(f, StddevSamp)), must(NewSpread(f, StddevPop)),
		must(NewQuantileCont(f, 0.1)), must(NewQuantileCont(f, 0.5)), must(NewQuantileCont(f, 0.95)),
		must(NewQuantileDisc(f, 0.1)), must(NewQuantileDisc(f, 0.5)), must(NewQuantileDisc(f, 0.95)),
		must(NewQuantileCont(n, 0.5)), must(NewSpread(n, VarSamp)),
	} {
		col := b.Cols[0]
		if i >= 10 {
			col = b.Cols[1]
		}
		var split Splitter
		a.Grow(7)
		a.Update(split.Changes(Columns{Col: col}, b, ids))
		got, err := a.Result(upTo(7))
		if err != nil {
			t.Fatal(err)
		}
		for g, v := range vec.Of[float64](got) {
			if want := golden[g][i]; math.Abs(v-want) > 1e-12*math.Abs(want) {
				t.Errorf("column %d, group %d: %v, DuckDB has %v", i+1, g, v, want)
			}
		}
	}
}
