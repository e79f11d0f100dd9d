"""The loop of a peer: one JSON object a line on stdin is a query, one JSON object a line on stdout is its answer.

    {"query": "seed_csv", "file": "in.csv", "out": "out.csv"}
    {"seconds": 0.71, "cpu": 1.32, "peak": 245000000, "rows": 5, "sums": {}}

A peer is a class with the attributes `name` and `version` and one method a query, called with the query's input file
and output file. What the method does is what is timed: from the file's name to the written result, or, for
queries that write none, to a result that is whole in the engine's memory. It returns what describes the
result, as a function that is called after the clock has stopped.

The first line that a peer writes is {"name": …, "version": …, "queries": […]}.
"""

import json
import os
import resource
import sys
import time
import traceback

QUERIES = (
    "seed_csv", "seed_csv_typed", "seed_parquet", "seed_parquet_typed",
    "groupby_q1", "groupby_q2", "groupby_q3", "groupby_q4", "groupby_q5", "groupby_q7",
    "convert", "parquet_sums",
)


def serve(peer):
    """Answers queries until stdin ends."""
    known = [q for q in QUERIES if hasattr(peer, q)]
    say({"name": peer.name, "version": peer.version, "queries": known})
    for line in sys.stdin:
        say(answer(peer, json.loads(line)))


def answer(peer, request):
    query = request["query"]
    if query not in QUERIES or not hasattr(peer, query):
        return {"error": f"{peer.name} has no query {query}"}
    try:
        cpu, start = cpu_seconds(), time.perf_counter()
        describe = getattr(peer, query)(request["file"], request.get("out", ""))
        seconds, cpu = time.perf_counter() - start, cpu_seconds() - cpu
        rows, sums = describe()
    except Exception as e:  # whatever a peer raises is its answer
        traceback.print_exc(file=sys.stderr)
        return {"error": f"{peer.name}: {query}: {e}"}
    return {"seconds": seconds, "cpu": cpu, "peak": peak_memory(), "rows": rows, "sums": sums}


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def cpu_seconds():
    """User and system time of this process, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_memory():
    """The most memory that the process has held, without pages of mapped files: VmHWM - RssFile, in bytes. 0 where
    there is no /proc."""
    try:
        with open(f"/proc/{os.getpid()}/status", encoding="ascii") as status:
            kib = {k: int(v.split()[0]) for k, v in (line.split(":", 1) for line in status) if v.endswith("kB\n")}
    except OSError:
        return 0
    return (kib["VmHWM"] - kib["RssFile"]) << 10


def in_file():
    """The description of a result that is in the output file, which the harness reads."""
    return 0, {}
