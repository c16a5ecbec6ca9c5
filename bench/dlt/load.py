"""Loads the files of a bench data set with dlt: postgres destination, merge on the key, everything else as it comes.

Usage: load.py FOLDER DATABASE_URL
The rows are the same text values that Careway reads; nested columns stay JSON text, so that dlt makes no child tables.
"""

import csv
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

folder, database_url = Path(sys.argv[1]), sys.argv[2]
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
home = tempfile.mkdtemp(prefix="careway-dlt-")
os.environ["DLT_DATA_DIR"] = home

import dlt  # noqa: E402  (reads the settings above)


def rows_of(file: Path):
    with file.open(encoding="utf-8", newline="") as lines:
        if file.suffix == ".csv":
            yield from csv.DictReader(lines)
            return
        columns = []
        for line in lines:
            kind, _, rest = line.rstrip("\n").partition("|")
            if kind == "03":
                columns = [column.split(":")[0] for column in rest.split("|")]
            elif kind == "10":
                yield dict(zip(columns, rest.split("|")))


started = time.monotonic()
pipeline = dlt.pipeline(
    pipeline_name="careway_bench",
    pipelines_dir=os.path.join(home, "pipelines"),
    destination=dlt.destinations.postgres(database_url),
    dataset_name="dlt_bench",
)
resources = [
    dlt.resource(
        rows_of(file),
        name=file.stem,
        write_disposition="merge",
        primary_key="EHR ID" if file.suffix == ".csv" else "entityId",
    )
    for file in sorted([*folder.glob("*.cc5txt"), *folder.glob("*.csv")])
]
pipeline.run(resources)
seconds = time.monotonic() - started
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(f'{{"seconds": {seconds:.2f}, "peakMiB": {max(own, children) // 1024}}}')
