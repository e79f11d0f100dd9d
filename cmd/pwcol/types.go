package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	pw "github.com/pwcol/pwcol/arrowtab"
)

// typeNames are the types as pwcol schema prints them, but decimals.
var typeNames = map[string]pw.Type{
	"bool": pw.TBool, "int8": pw.TInt8, "int16": pw.TInt16, "int32": pw.TInt32, "int64": pw.TInt64,
	"uint8": pw.TUint8, "uint16": pw.TUint16, "uint32": pw.TUint32, "uint64": pw.TUint64,
	"float32": pw.TFloat32, "float64": pw.TFloat64, "string": pw.TString, "binary": pw.TBinary, "date": pw.TDate,
	"time": pw.TimeType(pw.Micro), "timestamp": pw.TimestampType(pw.Micro),
	"timestamp[s]": pw.TimestampType(pw.Second), "timestamp[ms]": pw.TimestampType(pw.Milli),
	"timestamp[us]": pw.TimestampType(pw.Micro), "timestamp[ns]": pw.TimestampType(pw.Nano),
}

// typeOf is the type of that name: one of typeNames, or "decimal(10, 2)".
func typeOf(name string) (pw.Type, error) {
	name = strings.ToLower(strings.ReplaceAll(name, " ", ""))
	if t, ok := typeNames[name]; ok {
		return t, nil
	}
	var precision, scale int
	if n, err := fmt.Sscanf(name, "decimal(%d,%d)", &precision, &scale); n == 2 && err == nil {
		return pw.DecimalType(precision, scale), nil
	}
	return pw.Type{}, fmt.Errorf("there is no type %q; there are decimal(10, 2), %s", name,
		strings.Join(slices.Sorted(maps.Keys(typeNames)), ", "))
}

// withTypes is the schema with the types of some columns changed.
func withTypes(s *pw.Schema, types map[string]string) (*pw.Schema, error) {
	fields := slices.Clone(s.Fields())
	for _, column := range slices.Sorted(maps.Keys(types)) {
		i, ok := s.Index(column)
		if !ok {
			return nil, fmt.Errorf("--type: there is no column %q; there are %s", column, strings.Join(s.Names(), ", "))
		}
		t, err := typeOf(types[column])
		if err != nil {
			return nil, fmt.Errorf("--type: column %q: %w", column, err)
		}
		fields[i].Type = t
		fields[i].Layout = ""
	}
	return pw.NewSchema(fields...), nil
}
