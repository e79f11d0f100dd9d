// Command _gen writes the assembly of package csv. Run it as the go:generate line of index_amd64.go says.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const (
	step  = 64 // bytes a turn
	batch = 8  // marks stored before looking whether there are more
)

func main() {
	ConstraintExpr("!purego")

	TEXT("indexAVX2", NOSPLIT, "func(pos *uint32, room int, data *byte, n int, base int, delim, quote byte) (marks, done, newlines int, high bool)")
	Doc("indexAVX2 stores into pos base plus the offsets in data[:n], n a multiple of 64, of all line feeds, delim and quote.",
		"It stops when fewer than 72 of the room places are left. It stores whole batches of 8: what is behind marks is garbage.")
	Pragma("noescape")

	pos := Load(Param("pos"), GP64())
	room := Load(Param("room"), GP64())
	data := Load(Param("data"), GP64())
	n := Load(Param("n"), GP64())
	base := Load(Param("base"), GP64())

	delim, quote, line := YMM(), YMM(), YMM()
	VPBROADCASTB(paramAddr("delim"), delim)
	VPBROADCASTB(paramAddr("quote"), quote)
	newline := GP32()
	MOVL(U32('\n'), newline)
	VMOVD(newline, line.AsX())
	VPBROADCASTB(line.AsX(), line)

	high := YMM()
	VPXOR(high, high, high)
	marks, done, lines := GP64(), GP64(), GP64()
	XORQ(marks, marks)
	XORQ(done, done)
	XORQ(lines, lines)
	SUBQ(Imm(step+batch), room) // marks may be that many to begin a turn

	Label("turn")
	CMPQ(done, n)
	JGE(LabelRef("end"))
	CMPQ(marks, room)
	JG(LabelRef("end"))

	newlines, any := masks(data, done, delim, quote, line, high)
	POPCNTQ(newlines, newlines)
	ADDQ(newlines, lines)
	store(pos, marks, base, any)

	ADDQ(Imm(step), done)
	ADDQ(Imm(step), base)
	JMP(LabelRef("turn"))

	Label("end")
	Store(marks, ReturnIndex(0))
	Store(done, ReturnIndex(1))
	Store(lines, ReturnIndex(2))
	bits := GP32()
	VPMOVMSKB(high, bits)
	TESTL(bits, bits)
	isHigh := GP8()
	SETNE(isHigh)
	Store(isHigh, ReturnIndex(3))
	VZEROUPPER()
	RET()
	Generate()
}

func paramAddr(name string) Op {
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// masks are the bits of the line feeds, and of all marks, among the 64 bytes at data+done.
func masks(data, done Register, delim, quote, line, high VecVirtual) (newlines, any GPVirtual) {
	newlines, any = GP64(), GP64()
	for half := range 2 {
		text, isLine, is := YMM(), YMM(), YMM()
		VMOVDQU(Mem{Base: data, Index: done, Scale: 1, Disp: 32 * half}, text)
		VPOR(text, high, high)
		VPCMPEQB(text, line, isLine)
		VPCMPEQB(text, delim, is)
		VPOR(is, isLine, is)
		other := YMM()
		VPCMPEQB(text, quote, other)
		VPOR(is, other, is)
		l, m := GP64(), GP64()
		VPMOVMSKB(isLine, l.As32())
		VPMOVMSKB(is, m.As32())
		if half == 0 {
			MOVQ(l, newlines)
			MOVQ(m, any)
			continue
		}
		SHLQ(Imm(32), l)
		SHLQ(Imm(32), m)
		ORQ(l, newlines)
		ORQ(m, any)
	}
	return newlines, any
}

// store appends base plus the place of every bit of m to pos, and their number to marks.
func store(pos, marks, base Register, m GPVirtual) {
	at, left := GP64(), GP64()
	LEAQ(Mem{Base: pos, Index: marks, Scale: 4}, at)
	POPCNTQ(m, left)
	ADDQ(left, marks)
	Label("batch")
	for i := range batch {
		bit := GP64()
		TZCNTQ(m, bit)
		ADDQ(base, bit)
		MOVL(bit.As32(), Mem{Base: at, Disp: 4 * i})
		BLSRQ(m, m)
	}
	ADDQ(Imm(4*batch), at)
	SUBQ(Imm(batch), left)
	JG(LabelRef("batch"))
}
