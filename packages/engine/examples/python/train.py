"""Fits y = a x + b by gradient descent. A script as anyone has one: options in, a file out."""

import argparse
import csv
import json
import random

options = argparse.ArgumentParser()
options.add_argument("--data", required=True)
options.add_argument("--model", required=True)
options.add_argument("--rate", type=float, required=True)
options.add_argument("--seed", type=int, required=True)
options.add_argument("--epochs", type=int, default=100)
given = options.parse_args()

with open(given.data, newline="") as file:
    points = [(float(row["x"]), float(row["y"])) for row in csv.DictReader(file)]

random.seed(given.seed)
a, b = random.uniform(-1, 1), random.uniform(-1, 1)
for _ in range(given.epochs):
    random.shuffle(points)
    for x, y in points:
        slope = given.rate * (a * x + b - y)
        a, b = a - slope * x, b - slope

error = sum((a * x + b - y) ** 2 for x, y in points) / len(points)
print(f"rate {given.rate}, seed {given.seed}: error {error:.4f}")
with open(given.model, "w") as file:
    json.dump({"a": a, "b": b, "error": error}, file)
