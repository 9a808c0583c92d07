"""Fits y = a x + b by gradient descent. `braid` is the job: its files, its wildcards, its params."""

import csv
import json
import random

with open(braid.input.data, newline="") as file:
    points = [(float(row["x"]), float(row["y"])) for row in csv.DictReader(file)]

rate = float(braid.wildcards.rate)
random.seed(int(braid.wildcards.seed))
a, b = random.uniform(-1, 1), random.uniform(-1, 1)
for _ in range(braid.params.epochs):
    random.shuffle(points)
    for x, y in points:
        slope = rate * (a * x + b - y)
        a, b = a - slope * x, b - slope

error = sum((a * x + b - y) ** 2 for x, y in points) / len(points)
print(f"rate {rate}, seed {braid.wildcards.seed}: error {error:.4f}")
with open(braid.output.model, "w") as file:
    json.dump({"a": a, "b": b}, file)
with open(braid.output.error, "w") as file:
    file.write(f"{error:.6f}\n")
