// Command pwcol is the columnar engine's front door: it converts and shows files, and measures the engine.
//
//	pwcol convert sales.csv sales.parquet
//	pwcol head sales.parquet
//	pwcol bench batch
//	pwcol bench stream
//
// Exit codes: 0, all went well; 1, it didn't, and the last line on standard error says why; 2, the command line is
// wrong; 130, interrupted by Ctrl-C.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones also where the machine has no database of them

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // 128 + SIGINT, as shells have it
)

// console is what a command reads from and writes to.
type console struct {
	stdin  io.Reader
	stdout *os.File
	stderr *os.File
}

// cli is the command line.
type cli struct {
	Settings

	Convert convertCmd `cmd:"" help:"Convert a file: CSV to Parquet, Parquet to CSV, or to the same format with other options."`
	Schema  schemaCmd  `cmd:"" help:"Print the columns of a file and their types."`
	Head    headCmd    `cmd:"" help:"Print the first rows of a file."`
	Bench   benchCmd   `cmd:"" help:"Measure the engine, alone or against others."`
	State   stateCmd   `cmd:"" help:"Look after the folders in which streams keep what they know."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

func main() {
	os.Exit(run(os.Args[1:], console{os.Stdin, os.Stdout, os.Stderr}))
}

// run does what the command line says and returns the exit code.
func run(args []string, io console) int {
	command, code := parse(args, io)
	if command == nil {
		return code
	}
	// The first Ctrl-C cancels, so that temporary files are removed; NotifyContext is then given back, so that a second
	// one ends the process at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	command.BindTo(ctx, (*context.Context)(nil))
	err := command.Run()
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		complain(io.stderr, errors.New("interrupted"))
		return exitInterrupted
	}
	complain(io.stderr, err)
	return exitFailed
}

// parse reads the command line. Without a command to run it returns the exit code: help was asked for, or a mistake was
// reported.
func parse(args []string, io console) (*kong.Context, int) {
	if len(args) == 0 {
		args = []string{"--help"}
	}
	var c cli
	helped := false
	parser, err := kong.New(&c,
		kong.Name("pwcol"),
		kong.Description("A columnar engine for tables in files: convert them, look at them, measure it."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Writers(io.stdout, io.stderr),
		kong.Exit(func(int) { helped = true }),
		kong.Bind(io, &c.Settings),
	)
	if err != nil {
		panic(err) // the structs above are wrong
	}
	command, err := parser.Parse(args)
	if helped {
		return nil, exitOK
	}
	if err != nil {
		complain(io.stderr, err)
		return nil, exitUsage
	}
	return command, exitOK
}
