"""Prints the versions of the peers that are installed."""

from importlib.metadata import PackageNotFoundError, version

for package in ("duckdb", "duckdb-cli", "polars", "datafusion", "pyarrow"):
    try:
        print(package, version(package))
    except PackageNotFoundError:
        print(package, "is not installed")
