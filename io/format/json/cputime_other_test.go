//go:build !unix

package json

import "testing"

func cpuTime(b *testing.B) int64 { return b.Elapsed().Nanoseconds() }
