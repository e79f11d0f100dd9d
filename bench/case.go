package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
)

// runProgram runs a program that is given a case as JSON, behind its other arguments, and prints the case's figures as JSON. It is killed when ctx is done.
func runProgram[F, C any](ctx context.Context, args []string, c C) (F, error) {
	var f F
	text, err := json.Marshal(c)
	if err != nil {
		return f, err
	}
	cmd := exec.CommandContext(ctx, args[0], append(args[1:len(args):len(args)], string(text))...)
	said := &lastLine{}
	cmd.Stderr = said
	out, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return f, ctx.Err()
	case err != nil:
		return f, said.about(err)
	}
	if err := json.Unmarshal(out, &f); err != nil {
		return f, fmt.Errorf("%s: the figures can't be read: %w", args[0], err)
	}
	return f, nil
}
