"""The seed stream in Pathway, from a Python source into a Python sink: one case, given as JSON like pwcol's own, whose figures are printed as JSON.

    python stream_pathway.py '{"rate": 10000, "tick": 100000000, "duration": 30000000000}'
"""

import json
import math
import random
import sys
import threading
import time

import pathway as pw

from protocol import peak_memory

CASE = json.loads(sys.argv[1])
RATE, TICK, DURATION = CASE["rate"], CASE["tick"] / 1e9, CASE["duration"] / 1e9
TICKS = CASE["duration"] // CASE["tick"]
ROWS = 1 << 17

random.seed(1)
VALUES = [(i, random.random() * 1000, "ABCDE"[i % 5]) for i in range(ROWS)]

lock = threading.Lock()
waiting = []  # (due, rows above 500 up to this tick), of ticks that are not written
latencies = []
totals = {}
state = {"given": 0, "above": 0, "start": 0.0, "end": 0.0, "epochs": 0}


class Schema(pw.Schema):
    id: int
    value: float
    category: str


def generate(hand):
    """Hands over a batch of rows at every tick."""
    state["start"] = time.perf_counter()
    for k in range(TICKS):
        wait_until(state["start"] + k * TICK)
        up_to = int(RATE * (k + 1) * TICK)
        if up_to == state["given"]:
            continue
        rows = [VALUES[i % ROWS] for i in range(state["given"], up_to)]
        state["above"] += sum(1 for r in rows if r[1] > 500)
        with lock:
            waiting.append((state["start"] + k * TICK, state["above"]))
        hand(rows)
        state["given"] = up_to
    wait_until(state["start"] + DURATION)
    state["end"] = time.perf_counter()


def wait_until(at):
    wait = at - time.perf_counter()
    if wait > 0:
        time.sleep(wait)


class Source(pw.io.python.ConnectorSubject):
    def run(self):
        generate(self.hand)

    def hand(self, rows):
        for i, value, category in rows:
            self.next(id=i, value=value, category=category)
        self.commit()


class Sink(pw.io.python.ConnectorObserver):
    def on_change(self, key, row, time, is_addition):
        if is_addition:
            totals[row["category"]] = row["count"]

    def on_time_end(self, t):
        now = time.perf_counter()
        written = sum(totals.values())
        state["epochs"] += 1
        with lock:
            while waiting and waiting[0][1] <= written:
                latencies.append(now - waiting.pop(0)[0])
        state["end"] = now

    def on_end(self):
        self.on_time_end(None)


def run():
    table = pw.io.python.read(Source(), schema=Schema, autocommit_duration_ms=None)
    result = (
        table.filter(pw.this.value > 500)
        .groupby(pw.this.category)
        .reduce(pw.this.category, count=pw.reducers.count(), sum_value=pw.reducers.sum(pw.this.value))
    )
    pw.io.python.write(result, Sink())
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)


def main():
    cpu = time.process_time()
    if CASE.get("alone"):  # to know what the generator costs
        generate(lambda rows: None)
    else:
        run()
    cpu = time.process_time() - cpu
    ms = sorted(1000 * x for x in latencies) or [0]

    def at(q):
        return ms[min(len(ms) - 1, math.ceil(q * len(ms)) - 1)]

    half, tenth = sorted(latencies[: len(latencies) // 2] or [1]), sorted(latencies[len(latencies) * 9 // 10 :] or [1])
    complete = sum(totals.values()) == state["above"]
    print(json.dumps({
        "seconds": state["end"] - state["start"], "given": state["given"], "processed": state["given"] if complete else 0, "cpu": cpu,
        "peak": peak_memory(), "epochs": state["epochs"],
        "p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": ms[-1], "late": tenth[len(tenth) // 2] / half[len(half) // 2],
    }))


main()
