"""Writes torch_units.json: trainings on the windows of three sites in minibatches, by PyTorch in float64.

    python make_torch_units.py        (PyTorch 2.13; then format the file: npx biome check --write torch_units.json)

Nothing here is taken from the TypeScript code but the order of the minibatches, which its generator shuffles. The
losses are those of a minibatch: the root mean square error over its observed values, and river-dl's NNSE with the mean of the
minibatch and the spread of each of its windows. A variable that a minibatch never observes has a loss of 0.
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(20261201)

WINDOWS, T, I, H, V = [3, 2, 2], 8, 3, 4, 2
EPOCHS, BATCH, SEED, RATE = 4, 3, 4, 0.02
# What epochsOf(7, 3, 4) gives, epoch by epoch.
ORDER = [
    [[1, 2, 6], [0, 5, 4], [3]],
    [[2, 5, 3], [6, 0, 4], [1]],
    [[5, 4, 3], [0, 1, 2], [6]],
    [[0, 5, 3], [1, 4, 6], [2]],
]


def float32(values):
    return values.float().double()


def dataset():
    """Two drivers and an attribute; site 2 never has the second variable, and window 1 of site 3 has nothing."""
    S = sum(WINDOWS)
    x, y = torch.zeros(S, T, I), torch.zeros(S, T, V)
    mask, valid = torch.zeros(S, T, V), torch.zeros(S, T)
    s = 0
    for site, count in enumerate(WINDOWS):
        for window in range(count):
            length = T - 2 - site if window == count - 1 else T
            valid[s, :length] = 1
            x[s, :length, :2] = torch.randn(length, 2) + torch.tensor([float(site), 0.0])
            x[s, :length, 2] = site - 1
            y[s, :length] = 0.5 * x[s, :length, :2] - 0.3 * site + 0.1 * torch.randn(length, V)
            if not (site == 2 and window == 0):
                mask[s, :length] = (torch.rand(length, V) < 0.8).double()
            if site == 1:
                mask[s, :, 1] = 0
            s += 1
    return {"x": float32(x), "y": float32(y) * mask, "mask": mask, "valid": valid}


def initial():
    sizes = [(I, 4 * H), (H, 4 * H), (4 * H,), (H, V), (V,)]
    return [float32(torch.randn(*size) * 0.4) for size in sizes]


def states(kernel, recurrent, bias, x):
    h = c = torch.zeros(x.shape[0], H)
    found = []
    for t in range(T):
        i, f, g, o = (x[:, t] @ kernel + h @ recurrent + bias).split(H, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        found.append(h)
    return torch.stack(found, 1)


def own_losses(kind, predictions, data):
    """The loss of each output by itself, [V]."""
    y, mask, valid = data["y"], data["mask"], data["valid"]
    losses = []
    for v in range(V):
        m, target = mask[..., v], y[..., v]
        if m.sum() == 0:
            losses.append(torch.zeros(()))
            continue
        errors = m * (predictions[..., v] - target) ** 2
        if kind == "rmse":
            losses.append(torch.sqrt(errors.sum() / m.sum()))
            continue
        mean = (m * target).sum() / m.sum()
        spread = ((m * (target - mean) + 0.1) ** 2 * valid).sum(1)
        e = (errors.sum(1) / spread).mean()
        losses.append(e / (1 + e))
    return torch.stack(losses)


def train(kind, factor, data, start):
    parameters = [value.clone().requires_grad_() for value in start]
    adam = torch.optim.Adam(parameters, lr=RATE, betas=(0.9, 0.999), eps=1e-7)
    weights = torch.tensor([1.0, float(factor)])
    losses = []
    for epoch in range(EPOCHS):
        mean = 0.0
        for rows in ORDER[epoch]:
            batch = {name: value[rows] for name, value in data.items()}
            kernel, recurrent, bias, head, head_bias = parameters
            h = states(kernel, recurrent, bias, batch["x"])
            if kind == "nnse":
                trunk = own_losses(kind, h @ head.detach() + head_bias.detach(), batch)
                heads = own_losses(kind, h.detach() @ head + head_bias, batch)
                loss = (weights * trunk).sum()
                objective = loss + heads.sum()
            else:
                objective = loss = (weights * own_losses(kind, h @ head + head_bias, batch)).sum()
            # A gradient of 0 moves by Adam's momentum; one that is None would not.
            adam.zero_grad(set_to_none=False)
            if objective.requires_grad:
                objective.backward()
            for value in parameters:
                if value.grad is None:
                    value.grad = torch.zeros_like(value)
            adam.step()
            mean += loss.item() / len(ORDER[epoch])
        losses.append(mean)
    return {"losses": losses, "parameters": [n for value in parameters for n in value.detach().flatten().tolist()]}


data, start = dataset(), initial()
arrays = {name: value.flatten().tolist() for name, value in data.items()}
for name in ("mask", "valid"):
    arrays[name] = [int(value) for value in arrays[name]]
content = {
    "made_by": f"make_torch_units.py, PyTorch {torch.__version__}, float64",
    "dataset": {"sequences": sum(WINDOWS), "steps": T, "inputs": I, "outputs": V, **arrays},
    "initial": [n for value in start for n in value.flatten().tolist()],
    "spec": {"hidden": H, "epochs": EPOCHS, "learningRate": RATE, "batchSize": BATCH},
    "seed": SEED,
    "trainings": [
        {"loss": kind, "factor": factor} | train(kind, factor, data, start)
        for kind, factor in [("rmse", 1), ("rmse", 0), ("nnse", 2), ("nnse", 0)]
    ],
}
pathlib.Path(__file__).with_name("torch_units.json").write_text(json.dumps(content) + "\n")
