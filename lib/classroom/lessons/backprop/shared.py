"""What several exercises of this lesson share: graphs written as text, and a step of training on both engines."""

from collections.abc import Callable

import numpy as np

from classroom.judge.registry import Check, Wrong
from nextword import autograd, tensor_autograd, tiny_gpt
from nextword.base import overrides
from nextword.base.overrides import original  # by name: under guard, swap's own is refused

MOST_READS = 20_000  # of parents, in a graph of 41 values


def values(lines: str, numbers: dict[str, float]) -> dict[str, autograd.Value]:
    """The values of a small graph by their names.

    >>> values("end = a * a", {"a": 3.0})["end"]
    Value(9, grad=0)
    """
    found = {name: autograd.Value(number) for name, number in numbers.items()}
    exec(lines, {"exp": autograd.exp, "log": autograd.log}, found)  # the course's own lines
    return found


def written(lines: str, numbers: dict[str, float], *calls: str) -> str:
    """A graph as one line of code, with what is called on it."""
    begin = [f"{name} = Value({number:.4g})" for name, number in numbers.items()]
    return "; ".join([*begin, *lines.splitlines(), *calls])


class Counted(autograd.Value):
    """A value that counts, for all of its kind, how often somebody asks for parents."""

    reads = 0

    @property
    def parents(self) -> tuple:
        Counted.reads += 1
        if Counted.reads > MOST_READS:
            says = "It takes each path to the beginning by itself, and with 40 steps of x = x + x there are a million "
            says += "million paths. Remember which values were met, and go on from each of them only once."
            raise Wrong("every-path", says, "x = x + x, 40 times")
        return self.__dict__["made_of"]

    @parents.setter
    def parents(self, parents: tuple) -> None:
        self.__dict__["made_of"] = parents


def ladder(steps: int = 40) -> Counted:
    """x + x, and that plus itself, and so on: so many values, and 2**steps paths through them."""
    Counted.reads, x = 0, Counted(1.0)
    for _ in range(steps):
        x = Counted(2 * x.data, (x, x), (1.0, 1.0))
    return x


CONFIG = tiny_gpt.TinyConfig(d_model=4, n_heads=2, context=8)
LINES = "b = a * a + a\nc = b * a - exp(b * -1.0)\nend = c * b / a + log(a) + b"


def in_training(check: Check, function: Callable) -> Wrong | None:
    """What is wrong with a step of training on the function, on both engines; None where all is as with the library's."""
    with overrides.replacing(check.target, original(check.target)):
        needed = _step()
    try:
        with overrides.replacing(check.target, function):
            yours = _step()
    except Exception as error:
        says = "Every case is right, but training on it stops: it must take what a model gives, too."
        return Wrong("stops-in-training", says, yours=f"{type(error).__name__}: {error}"[:200])
    for what in needed:
        if not _close(yours[what], needed[what]):
            says = f"Every case is right, but a step of training on it gives another {what} than on the library's own."
            return Wrong("differs-in-training", says)
    return None


def _close(yours, needed) -> bool:
    yours, needed = np.asarray(yours), np.asarray(needed)
    near = 1e-3 if needed.dtype == np.float32 else 1e-7
    alike = yours.dtype == needed.dtype and yours.shape == needed.shape
    return alike and np.allclose(yours, needed, near, near)


def _step() -> dict[str, object]:
    """Loss and gradients of a small graph of numbers, and of a small GPT in both sizes of number."""
    graph = values(LINES, {"a": 1.5})
    autograd.backward(graph["end"])
    slopes = autograd.finite_differences(lambda dials: values(LINES, {"a": dials[0]})["end"].data, [1.5])
    found = {
        "value": graph["end"].data,
        "slope": graph["a"].grad,
        "slope of a value between": graph["b"].grad,
        "slope found by trying": slopes[0],
    }
    ids = tiny_gpt.encode(["hen", "duck", "a"], CONFIG.context)
    for kind in (np.float64, np.float32):
        dials = {
            name: tensor_autograd.Tensor(5 * x.astype(kind))
            for name, x in tiny_gpt.init_dials(CONFIG).items()
        }
        loss = tiny_gpt.loss(dials, ids, CONFIG)
        tensor_autograd.backward(loss)
        found[f"loss ({kind.__name__})"] = loss.data
        found |= {f"gradient of {name} ({kind.__name__})": dial.grad for name, dial in dials.items()}
    return found
