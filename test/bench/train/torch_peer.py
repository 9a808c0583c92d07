"""PyTorch doing one model-epoch: forward, masked RMSE of both outputs, backward, Adam, in float32.

Arguments: sequences steps inputs hidden models. One model is an nn.LSTM; more are stacked, their products
batched step by step. For each line on standard input, a number of epochs, it answers with the milliseconds that
one of them took, per model; first of all it says its version.
"""
import sys
import time

import torch

B, T, I, H, M = map(int, sys.argv[1:6])
torch.set_num_threads(1)
torch.manual_seed(0)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.LSTM(I, H, batch_first=True)
        self.heads = torch.nn.Linear(H, 2)

    def forward(self, x):
        return self.heads(self.layer(x)[0])


class Stacked(torch.nn.Module):
    def __init__(self):
        super().__init__()
        draw = lambda *shape: torch.nn.Parameter(torch.randn(M, *shape) * 0.1)
        self.kernel, self.recurrent, self.bias = draw(I, 4 * H), draw(H, 4 * H), draw(1, 4 * H)
        self.heads, self.head_bias = draw(H, 2), draw(1, 2)

    def forward(self, x):
        z = torch.baddbmm(self.bias, x.transpose(1, 2).reshape(M, T * B, I), self.kernel)
        h = c = torch.zeros(M, B, H)
        states = []
        for step in z.view(M, T, B, 4 * H).unbind(1):
            i, f, g, o = torch.baddbmm(step, h, self.recurrent).chunk(4, 2)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            states.append(h)
        y = torch.baddbmm(self.head_bias, torch.stack(states, 2).view(M, B * T, H), self.heads)
        return y.view(M, B, T, 2)


stacked = (M,) if M > 1 else ()
model = Stacked() if M > 1 else Model()
x, y = torch.randn(*stacked, B, T, I), torch.randn(*stacked, B, T, 2)
mask = (torch.rand(*stacked, B, T, 2) < 0.7).float()
observed = mask.sum((-3, -2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)


def epoch():
    optimizer.zero_grad()
    error = (model(x) - y) * mask
    rmse = torch.sqrt((error * error).sum((-3, -2)) / observed)
    (rmse * torch.tensor([1.0, 0.5])).sum().backward()
    optimizer.step()


print(torch.__version__, flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        epoch()
    print((time.perf_counter() - start) * 1e3 / int(line) / M, flush=True)
