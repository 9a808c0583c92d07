"""Recomputes the scores of an experiment from the predictions and observations on disk, and compares.

    python3 experiments/multitask/testing/recompute_scores.py FOLDER/expA [--every K]

Shares no code with the project: it reads the CSV files itself, finds the days of each partition by their dates, and
computes with decimals of 60 digits, in which no value is rounded. It needs Python's standard library alone,
`expA/statistics/experiment.json` (the target `statistics`), and predictions in files (`layout: files`).
Scores must be empty in both, or differ by at most 1e-9 (relative to the score, where it is larger than 1).
Prints what differs, and a line of counts as JSON. Exit code 1 if something differs.
"""

import argparse
import csv
import datetime
import json
import os
import sys
from decimal import Decimal, getcontext

getcontext().prec = 60
HUNDRED = Decimal(100)
SIGNATURES = ("bfi", "recession", "fdc_slope")
FLOW_ONLY = (
    *("kge", "beta", "fhv", "flv", "log_nse", "n_negative", "pbias", "fms", "peak_timing", "peak_mape", "missed_peaks"),
    *(f"{name}_{of}" for name in SIGNATURES for of in ("observed", "predicted")),
)
DAY = datetime.timedelta(days=1)


def total(values):
    return sum(values, Decimal(0))


def mean(values):
    return total(values) / len(values)


def squares(values):
    middle = mean(values)
    return total([(value - middle) ** 2 for value in values])


def constant(values):
    return min(values) == max(values)


def rounded_half_up(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


def percentile(values, percent):
    """Linear between the two nearest ranks, as numpy.percentile."""
    ordered = sorted(values)
    rank, rest = divmod(percent * (len(ordered) - 1), 100)
    if rest == 0:
        return ordered[rank]
    return ordered[rank] + (ordered[rank + 1] - ordered[rank]) * rest / HUNDRED


def errors(pairs, suffix):
    if not pairs:
        return {"rmse" + suffix: None, "bias" + suffix: None}
    differences = [predicted - observed for observed, predicted in pairs]
    return {
        "rmse" + suffix: mean([one**2 for one in differences]).sqrt(),
        "bias" + suffix: mean(differences),
    }


def efficiency(observed, predicted):
    if constant(observed):
        return None
    wrong = total([(p - o) ** 2 for o, p in zip(observed, predicted)])
    return 1 - wrong / squares(observed)


def curve_slope(flows, epsilon):
    """Sum of ln(q) - ln(least q) over the lowest 30 % of days."""
    lowest = sorted(flows)[: rounded_half_up(3 * len(flows), 10)]
    return total([((flow + epsilon) / (lowest[0] + epsilon)).ln() for flow in lowest])


def middle_slope(flows, epsilon):
    """ln of the flow exceeded on 20 % of days over that on 70 %; None where one has no logarithm."""
    falling = sorted(flows, reverse=True)
    high, low = (falling[rounded_half_up(share * len(flows), 10)] + epsilon for share in (2, 7))
    return (high / low).ln() if epsilon > 0 and low > 0 else None


def flow_scores(o, p, epsilon, r, alpha):
    beta = None if total(o) == 0 else total(p) / total(o)
    kge = None
    if None not in (r, alpha, beta):
        kge = 1 - ((r - 1) ** 2 + (alpha - 1) ** 2 + (beta - 1) ** 2).sqrt()
    positive = [max(Decimal(0), value) for value in p]
    days = rounded_half_up(2 * len(o), 100)
    peak = total(sorted(o)[len(o) - days :])
    fhv = None if days == 0 or peak == 0 else HUNDRED * (total(sorted(positive)[len(o) - days :]) - peak) / peak
    flv = log_nse = None
    if epsilon > 0 and min(o) + epsilon > 0:
        slope = curve_slope(o, epsilon)
        if slope != 0:
            flv = -HUNDRED * (curve_slope(positive, epsilon) - slope) / slope
        log_nse = efficiency([(q + epsilon).ln() for q in o], [(q + epsilon).ln() for q in positive])
    pbias = None if beta is None else HUNDRED * (beta - 1)
    fms = None
    slope = middle_slope(o, epsilon)
    if slope is not None and slope != 0:
        fms = HUNDRED * (middle_slope(positive, epsilon) - slope) / slope
    negative = Decimal(len([value for value in p if value < 0]))
    return {
        **{"beta": beta, "kge": kge, "fhv": fhv, "flv": flv, "log_nse": log_nse, "n_negative": negative},
        **{"pbias": pbias, "fms": fms},
    }


def runs(dates):
    """Lists of places of dates that follow each other."""
    found = []
    for i, date in enumerate(dates):
        if i > 0 and date - dates[i - 1] == DAY:
            found[-1].append(i)
        else:
            found.append([i])
    return found


def peaks(series, distance, accepts):
    """Places of maxima that `accepts` takes, the lower of two that are too near left out; of a flat top its middle."""
    tops = []
    for i in range(1, len(series) - 1):
        after = i
        while after < len(series) and series[after] == series[i]:
            after += 1
        if after < len(series) and series[i - 1] < series[i] > series[after]:
            tops.append((i + after - 1) // 2)
    kept = []
    for top in sorted((top for top in tops if accepts(top)), key=lambda top: (series[top], top), reverse=True):
        if all(abs(top - other) >= distance for other in kept):
            kept.append(top)
    return sorted(kept)


def prominence(series, top):
    """Height above the higher one of the two lowest points that lie before higher ground."""
    sides = [series[top::-1], series[top:]]
    lowest = []
    for side in sides:
        reach = next((i for i, value in enumerate(side) if value > series[top]), len(side))
        lowest.append(min(side[:reach]))
    return series[top] - max(lowest)


def flood_scores(stretches, spread):
    """Timing and size of floods; `stretches` are pairs of lists, observed and predicted."""
    late, wrong = [], []
    for o, p in stretches:
        tops = peaks(o, 100, lambda top: True)
        for top in [top for top in tops if spread > 0 and prominence(o, top) >= spread]:
            if o[top] != 0:
                wrong.append(abs((p[top] - o[top]) / o[top]))
            around = p[top - 3 : top + 4] if top >= 3 else []
            if len(around) < 7:
                continue
            hit = p[top - 1] < p[top] > p[top + 1]
            late.append(Decimal(0 if hit else abs(around.index(max(around)) - 3)))
    return {
        "peak_timing": mean(late) if late else None,
        "peak_mape": HUNDRED * mean(wrong) if wrong else None,
    }


def missed(stretches, high):
    answered = []
    for o, p in stretches:
        seen = peaks(o, 30, lambda top: o[top] >= high[0])
        answers = peaks(p, 30, lambda top: p[top] >= high[1])
        answered += [any(abs(top - other) <= 1 for other in answers) for top in seen]
    return Decimal(answered.count(False)) / len(answered) if answered else None


def baseflow(flows):
    """Three passes of the digital filter, the second one backward."""
    share = Decimal("0.925")
    for _ in range(3):
        quick, kept = Decimal(0), []
        for i, flow in enumerate(flows):
            quick = share * quick + (1 + share) / 2 * (flow - flows[max(0, i - 1)])
            kept.append(flow - max(Decimal(0), quick))
        flows = kept[::-1]
    return total(flows)


def recession(stretches):
    """Median of the daily falls of ln q, from the third day of a limb that falls for five days."""
    falls = []
    for flows in stretches:
        for i in range(len(flows) - 1):
            # The limb around today and tomorrow: its first day, and its last.
            first, last = i, i
            while first > 0 and flows[first - 1] > flows[first]:
                first -= 1
            while last + 1 < len(flows) and 0 < flows[last + 1] < flows[last]:
                last += 1
            if last > i and last - first >= 4 and i - first >= 2:
                falls.append((flows[i] / flows[i + 1]).ln())
    return percentile(falls, 50) if falls else None


def signatures(flows, stretches, of):
    stretches = [[max(Decimal(0), flow) for flow in part] for part in stretches]
    long = [part for part in stretches if len(part) >= 30]
    water = total([total(part) for part in long])
    high, low = percentile(flows, 67), percentile(flows, 34)
    return {
        f"bfi_{of}": total([baseflow(part) for part in long]) / water if water > 0 else None,
        f"recession_{of}": recession(stretches),
        f"fdc_slope_{of}": (high / low).ln() / Decimal("0.33") if low > 0 else None,
    }


def day_scores(dates, o, p):
    """Scores and signatures that depend on which days follow each other."""
    p = [max(Decimal(0), value) for value in p]
    places = runs(dates)
    both = [([o[i] for i in run], [p[i] for i in run]) for run in places]
    return {
        **flood_scores(both, (squares(o) / len(o)).sqrt()),
        "missed_peaks": missed(both, (percentile(o, 80), percentile(p, 80))),
        **signatures(o, [part for part, _ in both], "observed"),
        **signatures(p, [part for _, part in both], "predicted"),
    }


def scores(dates, o, p, epsilon):
    """All scores by name; None where a score is not defined. `epsilon` is None for what is no discharge."""
    if len(o) < 11:
        return {}
    pairs = list(zip(o, p))
    high, low = percentile(o, 90), percentile(o, 10)
    top = [pair for pair in pairs if pair[0] > high]
    bottom = [pair for pair in pairs if pair[0] < low]
    alpha = None if constant(o) else (squares(p) / squares(o)).sqrt()
    r = None
    if not constant(o) and not constant(p):
        o_mean, p_mean = mean(o), mean(p)
        joint = total([(a - o_mean) * (b - p_mean) for a, b in pairs])
        r = joint / (squares(o) * squares(p)).sqrt()
    whole = errors(pairs, "")
    result = {
        "rmse": whole["rmse"],
        "mean_bias": whole["bias"],
        "nse": efficiency(o, p),
        "r": r,
        "alpha": alpha,
        "n_top": Decimal(len(top)),
        "n_bottom": Decimal(len(bottom)),
        **errors(top, "_top"),
        **errors(bottom, "_bottom"),
    }
    if epsilon is None:
        return result
    return {**result, **flow_scores(o, p, epsilon, r, alpha), **day_scores(dates, o, p)}


def in_ranges(date, ranges):
    return any(one["from"] <= date <= one["to"] for one in ranges)


def read_observations(path, settings):
    """Values by site and variable: a list of (date, value), without masked days."""
    mask = set(settings["prepare"]["mask"])
    found = {}
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            for variable in settings["prepare"]["variables"]:
                codes = row.get(variable + "_qualifiers") or ""
                for mark in ",;:|":
                    codes = codes.replace(mark, " ")
                text = row[variable].strip()
                if text != "" and not mask.intersection(codes.split()):
                    days = found.setdefault((row["site_id"].strip(), variable), [])
                    days.append((row["date"].strip(), Decimal(text)))
    return found


def read_predictions(path, variables):
    """Values by variable and date; an untrained variable has none."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: {row["date"]: Decimal(row[name]) for row in rows if row[name] != ""} for name in variables}


def differs(text, value):
    if text == "" or value is None:
        return (text == "") != (value is None)
    return abs(Decimal(text) - value) > Decimal("1e-9") * max(Decimal(1), abs(value))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="the folder of the experiment, such as runs/mine/expA")
    parser.add_argument("--every", type=int, default=1, help="recompute one line of scores in K")
    options = parser.parse_args()
    with open(os.path.join(options.folder, "statistics/experiment.json"), encoding="utf-8") as file:
        settings = json.load(file)
    if settings["layout"] != "files":
        parser.error("the predictions are in stores (layout: packed); this reads files of single models")
    partitions = settings["prepare"]["partitions"]
    observations = read_observations(
        os.path.join(options.folder, "..", settings["observations"]), settings
    )
    names = None
    counts = {"models": set(), "lines": 0, "scores": 0, "empty": 0, "differences": 0, "largest": Decimal(0)}
    cached = (None, None)
    with open(os.path.join(options.folder, "overall_metrics.csv"), newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            names = names or [name for name in list(row)[list(row).index("n_obs") + 1 :]]
            if number % options.every:
                continue
            path = os.path.join(
                options.folder,
                f"site_id_{row['site_id']}/factor_{row['factor']}/rand_seed_{row['seed']}",
                f"{row['partition']}_preds.csv",
            )
            if cached[0] != path:
                cached = (path, read_predictions(path, settings["prepare"]["variables"]))
            compare(row, names, settings, partitions, observations, cached[1][row["variable"]], counts)
    largest = float(counts.pop("largest"))
    models = len(counts.pop("models"))
    print(json.dumps({"models": models, **counts, "largest": largest}))
    return 1 if counts["differences"] else 0


def compare(row, names, settings, partitions, observations, predicted, counts):
    variable = row["variable"]
    known = observations.get((row["site_id"], variable), [])
    days = sorted((date, value) for date, value in known if in_ranges(date, partitions[row["partition"]]))
    train = [value for date, value in known if in_ranges(date, partitions["train"])]
    isflow = variable in settings["discharge"]
    epsilon = mean(train) / HUNDRED if isflow and train else Decimal(0) if isflow else None
    own = {}
    if predicted:
        dates = [datetime.date.fromisoformat(date) for date, _ in days]
        own = scores(dates, [value for _, value in days], [predicted[date] for date, _ in days], epsilon)
    counts["models"].add((row["site_id"], row["factor"], row["seed"]))
    counts["lines"] += 1
    for name in ["n_obs", *names]:
        value = Decimal(len(days)) if name == "n_obs" else own.get(name)
        if not isflow and name in FLOW_ONLY:
            value = None
        counts["scores" if value is not None else "empty"] += 1
        if value is not None and row[name] != "":
            counts["largest"] = max(counts["largest"], abs(Decimal(row[name]) - value) / max(Decimal(1), abs(value)))
        if differs(row[name], value):
            counts["differences"] += 1
            where = ", ".join(row[key] for key in ("site_id", "factor", "seed", "partition", "variable"))
            print(f"{name} of {where}: {row[name] or 'empty'}, recomputed {value}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
