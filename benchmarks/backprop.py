"""Our engines beside micrograd's and torch's on one small network, in one run: `python benchmarks/backprop.py`.

micrograd is measured where it is installed (`pip install micrograd`). One thread, everything in turn, several rounds;
the best time of each counts. Then `tiny_gpt` learns for 1,000 steps, one word a step and with Adam, as microgpt does.
"""

import gc
import random
import time

import numpy as np
import torch

from nextword import autograd, tensor_autograd, text, tiny_gpt
from nextword.autograd import Value
from nextword.tensor_autograd import Tensor

SIZES, EXAMPLES, ROUNDS = (
    (2, 16, 16, 1),
    100,
    5,
)  # the network and the number of examples of micrograd's own demo


def weights(chance: random.Random) -> list[list[list[float]]]:
    """A matrix for each layer: a row for each neuron, its bias last."""
    pairs = zip(SIZES, SIZES[1:], strict=False)
    return [[[chance.uniform(-1, 1) for _ in range(n + 1)] for _ in range(m)] for n, m in pairs]


def scalar_step(layers, examples, relu) -> float:
    """Read all examples, and pass the blame back; numbers of any engine that knows + and *."""
    total = 0.0
    for inputs, wish in examples:
        values = inputs
        for number, layer in enumerate(layers):
            found = []
            for *row, bias in layer:
                out = bias
                for weight, value in zip(row, values, strict=True):
                    out = out + weight * value
                found.append(relu(out) if number < len(layers) - 1 else out)
            values = found
        total = total + (values[0] - wish) ** 2
    return total


def tensor_step(layers, inputs, wishes):
    """The same in three matrix products."""
    x = inputs
    for number, (matrix, bias) in enumerate(layers):
        x = x @ matrix + bias
        x = x.relu() if number < len(layers) - 1 else x
    return ((x - wishes) ** 2).sum()


def best(works: dict) -> dict[str, float]:
    """The least seconds that each took, all of them in turn in every round."""
    seconds = {name: [] for name in works}
    gc.disable()
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - start)
            gc.collect()
    gc.enable()
    return {name: min(times) for name, times in seconds.items()}


def networks() -> dict:
    """One step of each engine: forward and back, equal numbers."""
    chance = random.Random(0)
    plain = weights(chance)
    examples = [
        ([chance.uniform(-1, 1) for _ in range(SIZES[0])], chance.choice([-1.0, 1.0]))
        for _ in range(EXAMPLES)
    ]
    inputs, wishes = np.array([x for x, _ in examples]), np.array([[y] for _, y in examples])
    matrices = [(np.array(layer)[:, :-1].T.copy(), np.array(layer)[:, -1]) for layer in plain]
    values = [[[Value(x) for x in row] for row in layer] for layer in plain]
    tensors = [(Tensor(matrix), Tensor(bias)) for matrix, bias in matrices]
    torchs = [tuple(torch.tensor(x, requires_grad=True) for x in pair) for pair in matrices]

    def relu(x: Value) -> Value:
        return Value(max(x.data, 0.0), (x,), (float(x.data > 0),))

    ends = {}

    def ours():
        ends["scalars"] = end = scalar_step(values, examples, relu)
        autograd.backward(end)

    def ours_whole():
        ends["tensors"] = end = tensor_step(tensors, Tensor(inputs), Tensor(wishes))
        tensor_autograd.backward(end)

    def theirs():
        end = tensor_step(torchs, torch.tensor(inputs), torch.tensor(wishes))
        end.backward()

    works = {"our scalars": ours, "our tensors": ours_whole, "torch": theirs}
    try:
        from micrograd.engine import Value as Micro
    except ModuleNotFoundError:
        print("micrograd is not installed: left out")
    else:
        micro = [[[Micro(x) for x in row] for row in layer] for layer in plain]

        def micrograd():
            scalar_step(micro, examples, lambda x: x.relu()).backward()

        works = {"micrograd's scalars": micrograd} | works
    for work in works.values():
        work()
    assert abs(ends["scalars"].data - float(ends["tensors"].data)) < 1e-9
    assert abs(values[0][0][0].grad - tensors[0][0].grad[0, 0]) < 1e-9
    return works


def learn_to_spell(n_steps: int = 1000) -> float:
    """Seconds for microgpt's training on our tensors: a word a step, Adam, rates that fall to 0."""
    config = tiny_gpt.TinyConfig()
    words = sorted(
        {word for word in text.words(text.split(text.tales())[0]) if word.isascii() and word.isalpha()}
    )
    dials = {name: Tensor(matrix) for name, matrix in tiny_gpt.init_dials(config).items()}
    mean, square = ({name: np.zeros_like(dial.data) for name, dial in dials.items()} for _ in range(2))
    chance, start = np.random.default_rng(0), time.perf_counter()
    for step in range(n_steps):
        ids = tiny_gpt.encode([words[chance.integers(len(words))]], config.context)
        loss = tiny_gpt.loss(dials, ids, config)
        tensor_autograd.backward(loss)
        for name, dial in dials.items():
            mean[name] = 0.85 * mean[name] + 0.15 * dial.grad
            square[name] = 0.99 * square[name] + 0.01 * dial.grad**2
            size = np.sqrt(square[name] / (1 - 0.99 ** (step + 1))) + 1e-8
            rate = 0.01 * (1 - step / n_steps) / (1 - 0.85 ** (step + 1))
            dial.data = dial.data - rate * mean[name] / size
    return time.perf_counter() - start


def main() -> None:
    torch.set_num_threads(1)
    seconds = best(networks())
    slowest = next(iter(seconds.values()))
    n = sum(a * b + b for a, b in zip(SIZES, SIZES[1:], strict=False))
    print(f"{n} dials, {EXAMPLES} examples, forward and back")
    for name, took in seconds.items():
        print(f"  {name:<22} {1000 * took:9.2f} ms   {slowest / took:8.1f} times as fast as the first")
    spelled = [learn_to_spell() for _ in range(3)]
    print(
        f"tiny_gpt, 4,192 dials, 1,000 steps: {min(spelled):.2f} s (of three: {', '.join(f'{s:.2f}' for s in spelled)})"
    )
    print("  (published for the same sizes: 160 s with scalars, 7 s in a vectorised fork)")


if __name__ == "__main__":
    main()
