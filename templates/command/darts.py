"""Estimates pi: the share of darts on a square that land in its circle."""

import json
import math
import random

with open("params.json") as file:
    params = json.load(file)
rng = random.Random(params["seed"])
total = params["darts"]

inside = 0
course = {"darts": [], "estimate": []}
for dart in range(1, total + 1):
    inside += math.hypot(rng.uniform(-1, 1), rng.uniform(-1, 1)) < 1
    if dart >= 8 and dart & (dart - 1) == 0 or dart == total:  # powers of two, and the last
        course["darts"].append(dart)
        course["estimate"].append(4 * inside / dart)
        print(json.dumps({"step": dart, "steps": total}), flush=True)

estimate = 4 * inside / total
results = {"estimate": estimate, "error": abs(estimate - math.pi), "course": course}
for name, result in results.items():
    with open(f"outputs/{name}.json", "w") as file:
        json.dump(result, file)
