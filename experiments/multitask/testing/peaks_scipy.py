"""Writes peaks.json: peaks and scores of made-up series as SciPy and the definitions of NeuralHydrology give them.

    python3 experiments/multitask/testing/peaks_scipy.py > experiments/multitask/testing/peaks.json
"""

import json

import numpy as np
from scipy.signal import find_peaks


def timing(o, p):
    peaks, _ = find_peaks(o, distance=100, prominence=np.std(o))
    errors = []
    for at in peaks:
        if at - 3 < 0 or at + 3 >= len(o):
            continue
        if p[at] > p[at - 1] and p[at] > p[at + 1]:
            errors.append(0)
        else:
            errors.append(abs(int(np.argmax(p[at - 3 : at + 4])) - 3))
    return float(np.mean(errors)) if errors else None


def peak_error(o, p):
    peaks, _ = find_peaks(o, distance=100, prominence=np.std(o))
    return float(np.mean(np.abs((p[peaks] - o[peaks]) / o[peaks])) * 100) if len(peaks) else None


def missed(o, p):
    seen, _ = find_peaks(o, distance=30, height=np.percentile(o, 80))
    answers, _ = find_peaks(p, distance=30, height=np.percentile(p, 80))
    if not len(seen):
        return None
    return sum(1 for at in seen if not any(abs(answers - at) <= 1)) / len(seen)


def main():
    chance = np.random.default_rng(7)
    cases = []
    for n in (40, 365, 800):
        for kind in ("floods", "floods", "tied", "flat"):
            o = chance.gamma(0.3, 20, n)
            for i in range(1, n):
                o[i] += 0.85 * o[i - 1]
            p = np.roll(o, 1) * chance.uniform(0.6, 1.3, n)
            if kind == "tied":
                o, p = np.round(o / 20), np.round(p / 20)
            if kind == "flat":
                o, p = np.round(o / 300) + 1, np.round(p / 300) + 1
            o, p = np.round(o, 3), np.round(p, 3)
            # Of equal peaks that are too near each other SciPy keeps any: such series only say where the maxima are.
            isclear = kind == "floods"
            found = [
                [int(at) for at in find_peaks(o, **rule)[0]]
                for rule in ({"distance": 1}, {"distance": 30, "height": np.percentile(o, 80)}, {"distance": 100, "prominence": np.std(o)})
            ]
            cases.append(
                {
                    "kind": f"{kind}, {n} days",
                    "o": o.tolist(),
                    "p": p.tolist(),
                    "p80": [float(np.percentile(o, 80)), float(np.percentile(p, 80))],
                    "std": float(np.std(o)),
                    "peaks": found if isclear else found[:1],
                    "scores": [timing(o, p), peak_error(o, p), missed(o, p)] if isclear else None,
                }
            )
    print(json.dumps(cases))


main()
