package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/civil"
)

// typeNames are the types as pwcol schema prints them, but decimals and timestamps with a zone; without a unit, types are
// of microseconds.
var typeNames = map[string]pw.Type{
	"bool": pw.TBool, "int8": pw.TInt8, "int16": pw.TInt16, "int32": pw.TInt32, "int64": pw.TInt64,
	"uint8": pw.TUint8, "uint16": pw.TUint16, "uint32": pw.TUint32, "uint64": pw.TUint64,
	"float32": pw.TFloat32, "float64": pw.TFloat64, "string": pw.TString, "binary": pw.TBinary, "date": pw.TDate,
	"time": pw.TimeType(pw.Micro), "time[s]": pw.TimeType(pw.Second), "time[ms]": pw.TimeType(pw.Milli),
	"time[us]": pw.TimeType(pw.Micro), "time[ns]": pw.TimeType(pw.Nano),
	"timestamp": pw.TimestampType(pw.Micro), "timestamp[s]": pw.TimestampType(pw.Second),
	"timestamp[ms]": pw.TimestampType(pw.Milli), "timestamp[us]": pw.TimestampType(pw.Micro),
	"timestamp[ns]": pw.TimestampType(pw.Nano),
}

// typeOf is the type of that name: one of typeNames, "decimal(10, 2)" or "timestamp[us, Europe/Berlin]".
func typeOf(name string) (pw.Type, error) {
	name = strings.ReplaceAll(name, " ", "")
	plain, zone, zoned := strings.Cut(name, ",")
	if zoned && strings.HasPrefix(plain, "timestamp[") && strings.HasSuffix(zone, "]") {
		return zonedType(strings.ToLower(plain)+"]", strings.TrimSuffix(zone, "]"))
	}
	if t, ok := typeNames[strings.ToLower(name)]; ok {
		return t, nil
	}
	var precision, scale int
	if n, err := fmt.Sscanf(name, "decimal(%d,%d)", &precision, &scale); n == 2 && err == nil {
		return pw.DecimalType(precision, scale), nil
	}
	return noType(name)
}

func zonedType(name, zone string) (pw.Type, error) {
	t, ok := typeNames[name]
	if !ok {
		return noType(name)
	}
	if _, err := civil.Zone(zone); err != nil {
		return pw.Type{}, err
	}
	t.Zone = zone
	return t, nil
}

func noType(name string) (pw.Type, error) {
	return pw.Type{}, fmt.Errorf("there is no type %q; there are decimal(10, 2), timestamp[us, Europe/Berlin], %s", name,
		strings.Join(slices.Sorted(maps.Keys(typeNames)), ", "))
}
