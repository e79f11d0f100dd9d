package journal

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/pwcol/pwcol/microbatch/disk"
)

// BenchmarkAppend appends frames, to a disk that keeps up or doesn't.
func BenchmarkAppend(b *testing.B) {
	ctx := context.Background()
	for _, size := range []int{200, 1 << 20} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			l, err := Open(disk.OS{}, filepath.Join(b.TempDir(), "journal"), identity(1))
			must(b, err)
			payload, epoch := make([]byte, size), int64(0)
			b.SetBytes(int64(size))
			for b.Loop() {
				epoch++
				if _, err := l.Append(ctx, Entry, epoch, payload); err != nil {
					b.Fatal(err)
				}
				if epoch%1000 == 0 {
					must(b, l.Release(epoch))
				}
			}
			must(b, l.Close())
		})
	}
}

// BenchmarkWait waits for each frame: the time that a sink's commit waits.
func BenchmarkWait(b *testing.B) {
	ctx := context.Background()
	l, err := Open(disk.OS{}, filepath.Join(b.TempDir(), "journal"), identity(1))
	must(b, err)
	payload, epoch := make([]byte, 200), int64(0)
	for b.Loop() {
		epoch++
		at, err := l.Append(ctx, Entry, epoch, payload)
		must(b, err, l.Wait(ctx, at))
	}
	must(b, l.Close())
}
