"""Under rung `pretrained`: a GGUF file's header, and where its tensors lie, read without trusting a number in it.

A file may say that a table has 10**10 entries. Each count is held against the bytes that are left in the file before
anything is made of it, so that reading takes memory as the file is large, and no more.
Source: the format's specification, docs/gguf.md of the project ggml (versions 2 and 3, little-endian).
"""

import math
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

VERSIONS = (2, 3)
NUMBERS = (
    "<u1",
    "<i1",
    "<u2",
    "<i2",
    "<u4",
    "<i4",
    "<f4",
    "?",
    None,
    None,
    "<u8",
    "<i8",
    "<f8",
)  # by their type
STRING, ARRAY = 8, 9
MOST_AXES = 4


@dataclass(frozen=True)
class Tensor:
    """One table of weights, in the file's few bits."""

    name: str
    kind: gguf.GGMLQuantizationType
    shape: tuple[int, ...]  # rows first, as torch has it
    data: np.ndarray  # its bytes in the file, by rows

    @property
    def size(self) -> int:
        """How many weights it has."""
        return math.prod(self.shape)

    def numbers(self) -> np.ndarray:
        """Its weights, as float32."""
        return gguf.dequantize(self.data, self.kind).reshape(self.shape)


@dataclass(frozen=True)
class GGUFFile:
    """What a file says of its model, by name, and its tensors."""

    fields: dict[str, object]  # a number, a text, a list of texts or a numpy array of numbers
    tensors: list[Tensor]


def read(path: Path) -> GGUFFile:
    """The file's header and tensors; a ValueError says what in it cannot be."""
    cursor = Cursor(np.memmap(path, np.uint8, "r").view(np.ndarray))
    cursor.take(4)  # the letters GGUF
    version = cursor.number("<u4")
    if version not in VERSIONS:
        big = "; it is written for big-endian machines" if version & 0xFFFF == 0 else ""
        raise ValueError(f"it is of version {version}, and 2 and 3 can be read{big}")
    n_tensors, n_fields = cursor.number("<u8"), cursor.number("<u8")
    cursor.refuse_more_than_fits(n_fields, 13, "settings")
    cursor.refuse_more_than_fits(n_tensors, 32, "tensors")
    fields = {}
    for _ in range(n_fields):
        name = cursor.text()
        if name in fields:
            raise ValueError(f"{name!r} stands in it twice")
        fields[name] = cursor.value(cursor.number("<u4"))
    places = [cursor.place() for _ in range(n_tensors)]
    step = fields.get("general.alignment", 32)
    if type(step) is not int or step < 1:
        raise ValueError(f"'general.alignment' is {step!r}")
    return GGUFFile(fields, tensors_at(places, cursor.data[math.ceil(cursor.at / step) * step :]))


def tensors_at(places: list[tuple], data: np.ndarray) -> list[Tensor]:
    """The tensors at their places in the file's data, which is at least as large as all of them together."""
    tensors, room = {}, len(data)
    for name, shape, kind, start in places:
        if name in tensors:
            raise ValueError(f"the tensor {name!r} stands in it twice")
        kind = gguf.GGMLQuantizationType(kind)
        *rows, width = gguf.quant_shape_to_byte_shape(shape, kind)
        n_bytes = math.prod(rows) * width
        room -= n_bytes
        if start + n_bytes > len(data) or room < 0:
            raise ValueError(
                f"the tensor {name!r} of {shape} numbers is larger than what is left of the file"
            )
        tensors[name] = Tensor(name, kind, shape, data[start : start + n_bytes].reshape(*rows, width))
    return list(tensors.values())


class Cursor:
    """Reads a file's bytes one thing after the other."""

    def __init__(self, data: np.ndarray):
        self.data, self.at = data, 0

    def refuse_more_than_fits(self, count: int, least: int, what: str) -> None:
        """Raise ValueError where so many things, of at least so many bytes each, are more than the file has left."""
        if count * least > (left := len(self.data) - self.at):
            raise ValueError(f"it speaks of {count:,} {what}, and {left:,} bytes are left of it")

    def take(self, count: int) -> np.ndarray:
        """The next bytes."""
        self.refuse_more_than_fits(count, 1, "bytes")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, kind: str) -> int | float | bool:
        """The next number, of a numpy kind such as "<u4"."""
        return self.take(np.dtype(kind).itemsize).view(kind)[0].item()

    def text(self) -> str:
        """The next text: its length, then its bytes."""
        return self.texts(1)[0]

    def texts(self, count: int) -> list[str]:
        """The next `count` texts."""
        self.refuse_more_than_fits(count, 8, "texts")
        whole, at, found = memoryview(self.data), self.at, []
        for _ in range(count):  # one loop and no calls: a vocabulary has 100,000 of them
            start = at + 8
            at = start + int.from_bytes(whole[at:start], "little")
            if at > len(whole) or start > len(whole):
                raise ValueError("a text in it is longer than what is left of it")
            found.append(str(whole[start:at], "utf-8"))
        self.at = at
        return found

    def value(self, kind: int) -> object:
        """The next value of a setting."""
        if kind == STRING:
            return self.text()
        if kind == ARRAY:
            return self.array(self.number("<u4"), self.number("<u8"))
        return self.number(number_kind(kind))

    def array(self, kind: int, count: int) -> list[str] | np.ndarray:
        """The next `count` values, all of one kind."""
        if kind == STRING:
            return self.texts(count)
        if kind == ARRAY:
            raise ValueError("it holds tables within a table, which no Llama has")
        numbers = np.dtype(number_kind(kind))
        return self.take(count * numbers.itemsize).view(numbers)

    def place(self) -> tuple[str, tuple[int, ...], int, int]:
        """The next tensor's name, shape, kind, and where in the data it starts."""
        name, n_axes = self.text(), self.number("<u4")
        if not 1 <= n_axes <= MOST_AXES:
            raise ValueError(f"the tensor {name!r} has {n_axes:,} axes")
        shape = tuple(self.number("<u8") for _ in range(n_axes))[::-1]
        if 0 in shape:
            raise ValueError(f"the tensor {name!r} of {shape} numbers is empty")
        return name, shape, self.number("<u4"), self.number("<u8")


def number_kind(kind: int) -> str:
    """The numpy kind of a number's type in the file; a ValueError where there is none."""
    if kind >= len(NUMBERS) or NUMBERS[kind] is None:
        raise ValueError(f"it holds a value of the unknown type {kind}")
    return NUMBERS[kind]
