"""One thread for every test: two of them hinder each other when tests run side by side."""

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    torch.set_num_threads(1)
