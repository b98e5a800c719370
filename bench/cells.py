"""What each cell leaves of the adding problem that the pipeline gives it: `python bench/cells.py`."""

import time

import torch

from reprocast.networks.adding import LENGTH, STEPS, unexplained
from reprocast.networks.cells import CELLS

if __name__ == "__main__":
    torch.set_num_threads(1)
    print(f"adding problem, {LENGTH} steps, {STEPS} steps of training: variance left, CPU seconds")
    for cell in CELLS:
        begun = time.process_time()
        print(f"{cell:10} {unexplained(cell):6.1%} {time.process_time() - begun:5.1f}", flush=True)
