package jsonlines

import (
	"context"

	"github.com/pwcol/pwcol/io/internal/text"
	"github.com/pwcol/pwcol/microbatch"
)

var _ microbatch.SourceOpener = (*source)(nil)

// OpenSource finds the files and looks at the first bytes of each.
func (src *source) OpenSource(_ context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Source, error) {
	return src.files.Open(src.textOptions("jsonlines.Read"), env, scan)
}

func (src *source) textOptions(step string) text.Options {
	return text.Options{Step: step, Format: textFormat{src}, Chunk: src.settings.chunkSize}
}
