"""The libraries that programs are printed for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Library:
    """How a library's functions are called, where that differs from NumPy."""

    name: str
    module: str
    imported: str
    typed: bool = False

    def matrix(self, name: str, arguments: str, example: str) -> str:
        """A constant matrix, in the type of the given arrays."""
        typed = f", dtype={example}.dtype, device={example}.device" if self.typed else ""
        return f"{self.module}.{name}({arguments}{typed})"


LIBRARIES: Mapping[str, Library] = {
    "numpy": Library("NumPy", "np", "import numpy as np"),
    "torch": Library("PyTorch", "torch", "import torch", typed=True),
    "jax": Library("JAX", "jnp", "import jax.numpy as jnp"),
}
