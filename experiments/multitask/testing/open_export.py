"""For tests: opens an export by xarray and compares every value with the CSV files. Usage: open_export.py FOLDER/expA [parquet]

Prints what was compared as JSON. `parquet` opens the Parquet tables by pandas as well.
"""

import csv
import glob
import json
import math
import os
import sys

import xarray as xr

folder = sys.argv[1]
counts = {"predictions": 0, "scores": 0, "observed": 0, "differences": []}


def number(text):
    return float(text) if text != "" else math.nan


def compare(kind, where, got, text):
    want = number(text)
    counts[kind] += 1
    if not (got == want or (math.isnan(got) and math.isnan(want))):
        counts["differences"].append(f"{where}: {got}, not {want}")


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


files = sorted(glob.glob(os.path.join(folder, "export/predictions/*.nc")))
sites = [xr.open_dataset(file) for file in files]
for site in sites:
    (name,) = site.site_id.values
    assert isinstance(name, str), type(name)
    meanings = site.partition.attrs["flag_meanings"].split()
    names = [str(one) for one in site.data_vars if not one.endswith("_observed")]
    for factor in site.factor.values:
        for seed in site.seed.values:
            model = os.path.join(folder, f"site_id_{name}/factor_{factor:g}/rand_seed_{seed}")
            for p, partition in enumerate(meanings):
                own = site.sel(factor=factor, seed=seed).isel(site=0)
                own = own.isel(time=own.partition.values == p)
                table = rows(os.path.join(model, f"{partition}_preds.csv"))
                assert sorted(row["date"] for row in table) == [str(time)[:10] for time in own.time.values]
                table.sort(key=lambda row: row["date"])
                for variable in names:
                    for got, row in zip(own[variable].values, table):
                        compare("predictions", f"{model} {variable}", float(got), row[variable])
both = xr.concat(sites, "site").set_xindex("site_id")
for variable in names:
    for site in both.site_id.values:
        values = both[f"{variable}_observed"].sel(site_id=site).values
        counts["observed"] += int((~(values != values)).sum())

scores = xr.open_dataset(os.path.join(folder, "export/scores.nc")).set_xindex("site_id").set_xindex("partition_name")
metrics = rows(os.path.join(folder, "overall_metrics.csv"))
own_names = list(metrics[0])[list(metrics[0]).index("n_obs") :]
for row in metrics:
    own = scores.sel(
        site_id=row["site_id"],
        factor=float(row["factor"]),
        seed=int(row["seed"]),
        partition_name=row["partition"],
    )
    trained = own[f"{row['variable']}_trained"]
    assert trained.attrs["flag_meanings"].split()[int(trained)] == row["trained"]
    for name in own_names:
        array = f"{row['variable']}_{name}"
        if array in own:
            compare("scores", array, float(own[array]), row[name])
        else:
            assert row[name] == "", array

opened = {"sites": [str(site) for site in both.site_id.values]}

if "parquet" in sys.argv:
    import pandas as pd
    import pyarrow.parquet as pq

    table = pd.read_parquet(os.path.join(folder, "export/predictions.parquet"))
    counts["rows"] = len(table)
    cube = xr.concat(sites, "site").to_dataframe().reset_index()
    keys = ["site_id", "factor", "seed", "time"]
    left = table.rename(columns={"date": "time"}).sort_values(keys).reset_index(drop=True)
    right = cube.sort_values(keys).reset_index(drop=True)
    for name in [*names, *(f"{one}_observed" for one in names)]:
        pd.testing.assert_series_equal(left[name], right[name], check_exact=True)
    flat = pd.read_parquet(os.path.join(folder, "export/scores.parquet"))
    text = pd.read_csv(os.path.join(folder, "overall_metrics.csv"), dtype={"site_id": str}, float_precision="round_trip")
    for name in text.columns:
        left, right = flat[name], text[name]
        if left.dtype.kind not in "fiu":
            assert left.tolist() == right.tolist(), name
        else:
            pd.testing.assert_series_equal(left, right, check_exact=True, check_dtype=False)
    # Where pandas puts the attributes of a table; it reads them itself from version 2.1 on.
    kept = pq.read_schema(os.path.join(folder, "export/scores.parquet")).metadata[b"PANDAS_ATTRS"]
    opened["attrs"] = json.loads(kept).get("comment")

print(json.dumps({**counts, **opened}))
