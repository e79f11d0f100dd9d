package parquet

import (
	"bytes"
	"encoding/binary"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/metadata"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/pwcol/pwcol/io/parquet/internal/codec"
)

// footerOf is the end of a file of those row groups: the footer, its length and the magic.
func footerOf(s *schema.Schema, c codec.Codec, groups []*encodedGroup) ([]byte, error) {
	props := parquet.NewWriterProperties(
		parquet.WithCreatedBy(createdBy),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithCompression(compress.Compression(c)),
	)
	b := metadata.NewFileMetadataBuilder(s, props, nil)
	for _, g := range groups {
		if err := addGroup(b.AppendRowGroup(), g); err != nil {
			return nil, err
		}
	}
	meta, err := b.Finish()
	if err != nil {
		return nil, err
	}
	for _, rg := range meta.RowGroups {
		rg.Ordinal = nil // has 16 bits, which are not enough for all files, and nobody needs it
	}
	var out bytes.Buffer
	if _, err := meta.WriteTo(&out, nil); err != nil {
		return nil, err
	}
	data := binary.LittleEndian.AppendUint32(out.Bytes(), uint32(out.Len()))
	return append(data, magic...), nil
}

func addGroup(b *metadata.RowGroupMetaDataBuilder, g *encodedGroup) error {
	b.SetNumRows(g.rows)
	for i := range g.chunks {
		c := &g.chunks[i]
		col := b.NextColumnChunk()
		col.SetStats(c.statistics.encoded())
		info := metadata.ChunkMetaInfo{
			NumValues: int64(g.rows), IndexPageOffset: -1, DataPageOffset: g.at + int64(c.dataAt),
			CompressedSize: int64(c.size), UncompressedSize: int64(c.unpacked),
		}
		stats := metadata.EncodingStats{}
		hasDict := c.dictAt >= 0
		if hasDict {
			info.DictPageOffset = g.at + int64(c.dictAt)
			stats.DictEncodingStats = map[parquet.Encoding]int32{parquet.Encodings.Plain: 1}
			stats.DataEncodingStats = map[parquet.Encoding]int32{parquet.Encodings.RLEDict: int32(c.pages)}
		} else {
			stats.DataEncodingStats = map[parquet.Encoding]int32{parquet.Encodings.Plain: int32(c.pages)}
		}
		if err := col.Finish(info, hasDict, false, stats, nil); err != nil {
			return err
		}
	}
	return b.Finish(g.bytes, 0)
}
