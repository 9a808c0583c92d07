"""PyTorch's nn.LSTM doing one model-epoch: forward, masked RMSE of both outputs, backward, Adam, in float32.

Arguments: sequences steps inputs hidden. For each line on standard input, a number of epochs, it answers with
the milliseconds that one of them took; first of all it says its version.
"""
import sys
import time

import torch

B, T, I, H = map(int, sys.argv[1:5])
torch.set_num_threads(1)
torch.manual_seed(0)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.LSTM(I, H, batch_first=True)
        self.heads = torch.nn.Linear(H, 2)

    def forward(self, x):
        return self.heads(self.layer(x)[0])


model = Model()
x, y = torch.randn(B, T, I), torch.randn(B, T, 2)
mask = (torch.rand(B, T, 2) < 0.7).float()
observed = mask.sum((0, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)


def epoch():
    optimizer.zero_grad()
    error = (model(x) - y) * mask
    rmse = torch.sqrt((error * error).sum((0, 1)) / observed)
    (rmse[0] + 0.5 * rmse[1]).backward()
    optimizer.step()


print(torch.__version__, flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        epoch()
    print((time.perf_counter() - start) * 1e3 / int(line), flush=True)
