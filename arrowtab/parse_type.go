package arrowtab

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// typeNames are the types by name, but decimals, lists and timestamps with a zone.
var typeNames = map[string]Type{
	"bool": vec.TBool, "int8": vec.TInt8, "int16": vec.TInt16, "int32": vec.TInt32, "int64": vec.TInt64,
	"uint8": vec.TUint8, "uint16": vec.TUint16, "uint32": vec.TUint32, "uint64": vec.TUint64,
	"float32": vec.TFloat32, "float64": vec.TFloat64, "string": vec.TString, "binary": vec.TBinary, "date": vec.TDate,
	"time": vec.TTime(vec.Micro), "time[s]": vec.TTime(vec.Second), "time[ms]": vec.TTime(vec.Milli),
	"time[us]": vec.TTime(vec.Micro), "time[ns]": vec.TTime(vec.Nano),
	"timestamp": vec.TTimestamp(vec.Micro), "timestamp[s]": vec.TTimestamp(vec.Second),
	"timestamp[ms]": vec.TTimestamp(vec.Milli), "timestamp[us]": vec.TTimestamp(vec.Micro),
	"timestamp[ns]": vec.TTimestamp(vec.Nano), "duration": vec.TDuration(vec.Micro), "duration[s]": vec.TDuration(vec.Second),
	"duration[ms]": vec.TDuration(vec.Milli), "duration[us]": vec.TDuration(vec.Micro), "duration[ns]": vec.TDuration(vec.Nano),
}

// ParseType is the type of that name, as Type.String gives it: "int64", "decimal(10, 2)", "timestamp[us, Europe/Berlin]", "list(string)". "timestamp",
// "time" and "duration" are of microseconds. An error lists the names that there are.
func ParseType(name string) (Type, error) {
	name = strings.ReplaceAll(name, " ", "")
	plain, zone, zoned := strings.Cut(name, ",")
	if zoned && strings.HasPrefix(plain, "timestamp[") && strings.HasSuffix(zone, "]") {
		return zonedType(strings.ToLower(plain)+"]", strings.TrimSuffix(zone, "]"))
	}
	if t, ok := typeNames[strings.ToLower(name)]; ok {
		return t, nil
	}
	if inner, ok := strings.CutPrefix(strings.ToLower(name), "list("); ok && strings.HasSuffix(inner, ")") {
		elem, err := ParseType(name[len("list(") : len(name)-1])
		if err != nil || elem.Kind == vec.List {
			return noType(name)
		}
		return vec.TList(elem), nil
	}
	var precision, scale int
	if n, err := fmt.Sscanf(name, "decimal(%d,%d)", &precision, &scale); n == 2 && err == nil {
		return DecimalType(precision, scale), nil
	}
	return noType(name)
}

func zonedType(name, zone string) (Type, error) {
	t, ok := typeNames[name]
	if !ok {
		return noType(name)
	}
	if _, err := civil.Zone(zone); err != nil {
		return Type{}, err
	}
	t.Zone = zone
	return t, nil
}

func noType(name string) (Type, error) {
	return Type{}, fmt.Errorf("there is no type %q; there are decimal(10, 2), timestamp[us, Europe/Berlin], %s", name,
		strings.Join(slices.Sorted(maps.Keys(typeNames)), ", "))
}
