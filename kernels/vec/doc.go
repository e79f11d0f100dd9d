// Package vec holds what flows through the engine: columns (Vec) of a Type in Arrow's memory layout, batches of them, and
// the budget that memory is charged to.
//
//	ids, names := vec.NewBuilder(vec.TInt64, 2), vec.NewBuilder(vec.TString, 2)
//	vec.AppendFixed(ids, int64(7))
//	names.AppendString("x")
//	vec.AppendFixed(ids, int64(8))
//	names.AppendNull()
//	b := &vec.Batch{N: 2, Cols: []*vec.Vec{ids.Finish(), names.Finish()}}
//
//	for _, id := range vec.Of[int64](b.Cols[0]) { … } // values are slices over the column's memory
//	b.Cols[1].IsNull(1)                               // true
//	b.Sel = []uint32{1}                               // from here on the batch means its second row only
//	kept := b.Keep(account)                           // a dense, charged copy of that row
//
// A batch that is passed on is lent: it may be overwritten when the call returns, and Keep is the only way to
// hold one. Nothing here knows a plan or a file. Arrow's own module isn't used, only its layout, so that columns become
// Arrow arrays and the reverse without a copy (package arrowconv does it).
package vec
