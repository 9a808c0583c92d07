"""Writes torch_protocol.json: whole trainings by PyTorch in float64, with every option of a training.

    python make_torch_protocol.py        (PyTorch 2.13; then format the file: npx biome check --write torch_protocol.json)

Nothing here is taken from the TypeScript code but the order of the minibatches, which its generator shuffles:
Philox, the losses and Adam's settings are written from their definitions, so that an error there shows.
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(20261130)

S, T, I, H, V = 5, 9, 3, 5, 2
VALID_S, VALID_T = 3, 7
# What epochsOf(5, 2, 5) gives, epoch by epoch.
ORDER = [[[3,0],[2,1],[4]],[[0,4],[1,2],[3]],[[3,0],[2,4],[1]],[[2,3],[1,4],[0]],[[0,4],[1,3],[2]],[[0,3],[2,4],[1]]]


def float32(values):
    return values.float().double()


def dataset(sequences, steps):
    """About a fourth of the values is masked, and the last sequence ends in padding."""
    x = float32(torch.randn(sequences, steps, I))
    valid = torch.ones(sequences, steps)
    valid[-1, steps - 3 :] = 0
    x = x * valid[..., None]
    mask = (torch.rand(sequences, steps, V) < 0.75).double() * valid[..., None]
    slow = torch.cumsum(x.sum(-1), 1) * 0.3
    y = float32(torch.stack([slow, x[..., 0] - 0.5 * slow], -1) + 0.1 * torch.randn(sequences, steps, V))
    return {"x": x, "y": y * mask, "mask": mask, "valid": valid}


def initial():
    scale = 0.4
    parameters = {
        "kernel": torch.randn(I, 4 * H) * scale,
        "recurrent": torch.randn(H, 4 * H) * scale,
        "bias": torch.randn(4 * H) * scale,
        "headKernel": torch.randn(H, V) * scale,
        "headBias": torch.randn(V) * scale,
    }
    return {name: float32(value) for name, value in parameters.items()}


def philox(counter, key):
    """Philox 4x32-10 (Salmon et al., 2011) on Python's whole numbers."""
    a, b, c, d = counter
    k, l = key
    for _ in range(10):
        p, q = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (q >> 32) ^ b ^ k, q & 0xFFFFFFFF, (p >> 32) ^ d ^ l, p & 0xFFFFFFFF
        k, l = (k + 0x9E3779B9) & 0xFFFFFFFF, (l + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


assert philox((0, 0, 0, 0), (0, 0)) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)


def factors(rate, seed, update, rows):
    """What the LSTM's outputs are multiplied by, [B, T, H]."""
    key = (seed & 0xFFFFFFFF, (seed >> 32) | (2 << 24))
    words = [
        [[w for q in range((H + 3) // 4) for w in philox((t, q, s, update), key)][:H] for t in range(T)] for s in rows
    ]
    return (torch.tensor(words) >= round(rate * 2**32)).double() / (1 - rate)


def states(p, x):
    h = c = torch.zeros(x.shape[0], H)
    found = []
    for t in range(x.shape[1]):
        i, f, g, o = (x[:, t] @ p["kernel"] + h @ p["recurrent"] + p["bias"]).split(H, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        found.append(h)
    return torch.stack(found, 1)


def own_losses(kind, predictions, data):
    """The loss of each output by itself, [V]."""
    y, mask, valid = data["y"], data["mask"], data["valid"]
    errors = mask * (predictions - y) ** 2
    if kind == "nnse":
        mean = (mask * y).sum((0, 1)) / mask.sum((0, 1))
        spread = ((mask * (y - mean) + 0.1) ** 2 * valid[..., None]).sum(1)
        e = (errors.sum(1) / spread).mean(0)
        return e / (1 + e)
    mse = errors.sum((0, 1)) / mask.sum((0, 1))
    return torch.sqrt(mse) if kind == "rmse" else mse


def train(train_data, validation, start, spec, factor, seed):
    p = {name: value.clone().requires_grad_() for name, value in start.items()}
    adam = torch.optim.Adam(p.values(), lr=spec["learningRate"], betas=(0.9, 0.999), eps=1e-7)
    weights = torch.tensor([1.0, float(factor)])
    losses, validated, update, best = [], [], 0, None
    for epoch in range(spec["epochs"]):
        steps = [after for after in spec.get("schedule", {}) if int(after) <= epoch]
        rate = spec["schedule"][max(steps, key=int)] if steps else spec["learningRate"]
        adam.param_groups[0]["lr"] = rate
        batches = ORDER[epoch] if spec["batchSize"] else [list(range(S))]
        mean = 0.0
        for rows in batches:
            data = {name: value[rows] for name, value in train_data.items()}
            h = states(p, data["x"])
            if spec.get("dropout"):
                h = h * factors(spec["dropout"], seed, update, rows)
            kind = spec["loss"]
            if kind == "nnse":
                trunk = own_losses(kind, h @ p["headKernel"].detach() + p["headBias"].detach(), data)
                heads = own_losses(kind, h.detach() @ p["headKernel"] + p["headBias"], data)
                loss = (weights * trunk).sum()
                objective = loss + heads.sum()
            else:
                objective = loss = (weights * own_losses(kind, h @ p["headKernel"] + p["headBias"], data)).sum()
            adam.zero_grad()
            objective.backward()
            if "clipNorm" in spec:
                norm = torch.sqrt(sum((value.grad**2).sum() for value in p.values()))
                if norm > spec["clipNorm"]:
                    for value in p.values():
                        value.grad *= spec["clipNorm"] / norm
            adam.step()
            mean += loss.item() / len(batches)
            update += 1
        losses.append(mean)
        with torch.no_grad():
            out = states(p, validation["x"]) @ p["headKernel"] + p["headBias"]
            own = own_losses(spec["loss"], out, validation).tolist()
        validated.append(own)
        if best is None or own[0] < best[0]:
            best = (own[0], epoch + 1, {name: value.detach().clone() for name, value in p.items()})
        if "patience" in spec and epoch + 1 - best[1] >= spec["patience"]:
            break
    kept = best[2] if spec.get("select") == "best" else p
    return {
        "losses": losses,
        "validation": validated,
        "epoch": best[1] if spec.get("select") == "best" else len(losses),
        "parameters": [number for value in kept.values() for number in value.detach().flatten().tolist()],
    }


BASE = {"hidden": H, "epochs": 6, "learningRate": 0.02, "loss": "rmse", "batchSize": None}
CASES = [
    ("the validation loss of every epoch", {}, 1, 0),
    ("mse", {"loss": "mse"}, 2, 0),
    ("mse at factor 0", {"loss": "mse"}, 0, 0),
    ("a schedule", {"schedule": {"2": 0.05, "4": 0.001}}, 1, 0),
    ("clipping", {"clipNorm": 0.3, "loss": "mse"}, 5, 0),
    ("dropout", {"dropout": 0.4}, 1, 3),
    ("dropout with nnse", {"dropout": 0.25, "loss": "nnse"}, 2, 2**40 + 7),
    ("dropout, clipping and a schedule in minibatches", {"dropout": 0.3, "clipNorm": 0.5, "loss": "mse", "schedule": {"3": 0.005}, "batchSize": 2}, 1, 5),
    ("the best epoch", {"learningRate": 0.15, "epochs": 12, "select": "best"}, 10, 0),
    ("the best epoch by nnse", {"learningRate": 0.15, "epochs": 12, "select": "best", "loss": "nnse"}, 10, 0),
    ("patience", {"learningRate": 0.15, "epochs": 30, "patience": 3}, 10, 0),
    ("the best epoch with patience", {"learningRate": 0.15, "epochs": 30, "select": "best", "patience": 3}, 10, 0),
]

train_data, validation, start = dataset(S, T), dataset(VALID_S, VALID_T), initial()


def written(data, sequences, steps):
    arrays = {name: value.flatten().tolist() for name, value in data.items()}
    for name in ("mask", "valid"):
        arrays[name] = [int(value) for value in arrays[name]]
    return {"sequences": sequences, "steps": steps, "inputs": I, "outputs": V, **arrays}


trainings = [
    {"title": title, "spec": {**BASE, **change}, "factor": factor, "seed": seed}
    | train(train_data, validation, start, {**BASE, **change}, factor, seed)
    for title, change, factor, seed in CASES
]
content = {
    "made_by": f"make_torch_protocol.py, PyTorch {torch.__version__}, float64",
    "train": written(train_data, S, T),
    "validation": written(validation, VALID_S, VALID_T),
    "initial": [number for value in start.values() for number in value.flatten().tolist()],
    "trainings": trainings,
}
path = pathlib.Path(__file__).with_name("torch_protocol.json")
path.write_text(json.dumps(content) + "\n")
for one in trainings:
    print(one["title"], len(one["losses"]), "epochs, kept", one["epoch"])
