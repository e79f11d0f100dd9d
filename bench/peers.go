package bench

import (
	"embed"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed peers/*.py
var peerScripts embed.FS

// PeerNames are the peers that there are scripts for.
func PeerNames() []string { return []string{"duckdb", "polars", "datafusion"} }

// UnpackPeers writes the peers' scripts into dir.
func UnpackPeers(dir string) error {
	scripts, err := fs.Sub(peerScripts, "peers")
	if err != nil {
		return err
	}
	return os.CopyFS(dir, scripts)
}

// PeerCommand starts the peer of that name from the scripts in dir.
func PeerCommand(python, dir, name string, threads int) Command {
	return Command{Name: name, Args: []string{python, filepath.Join(dir, "peer_"+name+".py"), "--threads", strconv.Itoa(threads)}}
}

// DuckDBProgram is DuckDB's own program doing the seed batch job, for the query "start".
func DuckDBProgram(program string) Whole {
	return Whole{Name: "duckdb-cli", Version: duckdbVersion(program), Args: func(in, out string) []string {
		return []string{program, "-batch", "-no-init", "-c", `COPY (SELECT category, count(*) AS count, sum(value) AS sum_value, avg(value) AS avg_value
FROM read_csv('` + in + `', header = true, auto_detect = false, delim = ',', columns = {
	'id': 'BIGINT', 'value': 'DOUBLE', 'category': 'VARCHAR', 'timestamp': 'VARCHAR'})
WHERE value > 500 GROUP BY category) TO '` + out + `' (FORMAT csv, HEADER)`}
	}}
}

// duckdbVersion is the first word of "v1.5.6 (Variegata) 069cc9f9b5".
func duckdbVersion(program string) string {
	out, err := exec.Command(program, "-version").Output()
	if err != nil {
		return "unknown"
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(string(out), "v"), " ")
	return version
}
