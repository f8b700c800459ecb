"""A tensor as the memory that it may touch, and the pieces in which memory is sent to the threads of a warp."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

LANES = 32  # threads of a warp, which ask for memory together
SECTOR = 32  # bytes: the smallest piece that a GPU's memory sends


@dataclass(frozen=True)
class Memory:
    """Where a tensor lies, and which places between its first and its last element are its own."""

    name: str
    address: int  # of the first element
    itemsize: int  # bytes of an element
    shape: tuple[int, ...]
    strides: tuple[int, ...]  # in elements
    storage: int  # address of the storage, which other tensors may share
    storage_bytes: int
    own: np.ndarray  # True for each place that is the tensor's, from its first element to its last

    @classmethod
    def of(cls, name: str, tensor: Tensor) -> "Memory":
        """The memory of a tensor; a view with gaps does not own what lies in them.

        >>> Memory.of("x", torch.zeros(3, 4)[:, :2]).own.astype(int).tolist()
        [1, 1, 0, 0, 1, 1, 0, 0, 1, 1]
        """
        last = sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True))
        own = torch.zeros(last + 1 if tensor.numel() else 0, dtype=torch.bool)
        own.as_strided(tensor.shape, tensor.stride()).fill_(True)
        at, storage = tensor.data_ptr(), tensor.untyped_storage()
        shape = tuple(tensor.shape), tuple(tensor.stride())
        return cls(name, at, tensor.element_size(), *shape, storage.data_ptr(), storage.nbytes(), own.numpy())

    def places(self, addresses: np.ndarray) -> np.ndarray:
        """Addresses as elements from the first; below 0 before the tensor."""
        return (addresses.astype(np.int64) - self.address) // self.itemsize

    def owns(self, places: np.ndarray) -> np.ndarray:
        """Which of these places are the tensor's."""
        within = (places >= 0) & (places < len(self.own))
        found = np.zeros(places.shape, dtype=bool)
        found[within] = self.own[places[within]]
        return found

    def index(self, place: int) -> tuple[int, ...]:
        """The index of a place of the tensor, one number an axis."""
        at = []
        for axis in np.argsort([-stride for stride in self.strides], kind="stable"):
            step = 0 if self.strides[axis] == 0 else min(place // self.strides[axis], self.shape[axis] - 1)
            place -= step * self.strides[axis]
            at.append((axis, int(step)))
        return tuple(step for _, step in sorted(at))


def sectors(addresses: np.ndarray, inside: np.ndarray, itemsize: int) -> tuple[int, int]:
    """How many sectors a block of addresses takes, and how few it could: (sent, least).

    Lanes go along the axis on which addresses lie closest, as Triton lays threads out, and 32 of them ask at once.

    >>> sectors(np.arange(32) * 4, np.ones(32, dtype=bool), 4)
    (4, 4)
    >>> sectors(np.arange(32) * 400, np.ones(32, dtype=bool), 4)
    (32, 4)
    """
    warps, asked = (in_warps(along_the_closest(one, addresses)) for one in (addresses // SECTOR, inside))
    none = np.iinfo(np.int64).min
    pieces = np.sort(np.where(asked, warps.astype(np.int64), none), axis=1)
    fresh = np.diff(pieces, axis=1, prepend=none) != 0
    least = -(-asked.sum(axis=1) * itemsize // SECTOR)
    return int(fresh.sum()), int(least.sum())


def along_the_closest(what: np.ndarray, addresses: np.ndarray) -> np.ndarray:
    """A block as one row, in which the axis with the smallest steps in memory runs fastest."""
    steps = [
        abs(int(addresses.take(1, axis).flat[0]) - int(addresses.flat[0])) if size > 1 else 0
        for axis, size in enumerate(addresses.shape)
    ]
    return what.transpose(np.argsort([-step for step in steps], kind="stable")).ravel()


def in_warps(row: np.ndarray) -> np.ndarray:
    """A row cut into warps of 32, the last filled up with zeros."""
    return np.pad(row, (0, -len(row) % LANES)).reshape(-1, LANES)
