"""Rung `scaling`: what a model costs to train, in operations and in bytes, and what more of them would buy.

Nothing is trained here: all is counted from a model's shape, or fitted to losses that were measured. Counts are exact
where they say so, and rules of thumb where people use those.
Sources: Kaplan et al. 2020 (arXiv 2001.08361), section 2.1, for 6 N D; Hoffmann et al. 2022 (Chinchilla, arXiv
2203.15556), section 3 and table A3, for the best size; Rajbhandari et al. 2020 (ZeRO, arXiv 1910.02054), section 3.1,
for 16 bytes a dial; Korthikanti et al. 2022 (arXiv 2205.05198), section 4, for activations.
"""

import math
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nextword import optim
from nextword.transformer import ModelConfig

SECONDS_A_YEAR = 365.25 * 24 * 3600
H100 = 989.4e12  # operations a second, on bfloat16 numbers: NVIDIA's data sheet of the H100 SXM, without sparsity
FLOAT32, BFLOAT16 = 4, 2  # bytes in a number
FLOORS = 300  # how many floors are tried, from 0 to the lowest loss


def forward_flops(config: ModelConfig, seq_len: int) -> int:
    """Multiplications and additions in all matrix products of reading one text of `seq_len` tokens. Exact.

    A matrix of n numbers takes 2 n for each token. The scores and the mixing of attention take 2 for each pair of
    tokens and number of a query, and we count the pairs that the mask hides: they are computed, too.

    >>> forward_flops(ModelConfig(vocab_size=10, d_model=4, n_layers=1, n_heads=2, d_mlp=8, context=3), 3)
    1344
    """
    kinds = config.parameters_by_kind()
    matrices = sum(kinds.get(name, 0) for name in ("query", "key", "value", "output", "gate", "up", "down"))
    unembedding = config.vocab_size * config.d_model  # a product even where the table is the embedding's own
    pairs = seq_len * seq_len
    return 2 * seq_len * (matrices + unembedding) + 4 * pairs * config.n_layers * config.d_model


def training_flops(config: ModelConfig, seq_len: int, n_tokens: int) -> int:
    """Operations of the matrix products of learning from so many tokens, in texts of `seq_len`. Exact.

    The way back takes twice the way forward: each product has two gradients, of what went in and of its matrix.
    """
    return 3 * forward_flops(config, seq_len) * n_tokens // seq_len


def six_n_d(n_parameters: float, n_tokens: float) -> float:
    """The rule of thumb for `training_flops`: six operations for each dial and token.

    >>> f"{six_n_d(174.6e9, 300e9):.3g}"  # GPT-3
    '3.14e+23'
    """
    return 6 * n_parameters * n_tokens


def compute_optimal(flops: float, tokens_per_parameter: float = 20.0) -> tuple[float, float]:
    """The dials and tokens on which so many operations are best spent: Chinchilla's rule, some 20 tokens a dial.

    >>> n_parameters, n_tokens = compute_optimal(5.76e23)
    >>> f"{n_parameters:.2g} dials, {n_tokens:.2g} tokens"
    '6.9e+10 dials, 1.4e+12 tokens'
    """
    n_parameters = math.sqrt(flops / (6 * tokens_per_parameter))
    return n_parameters, tokens_per_parameter * n_parameters


def state_bytes(n_parameters: int, rule: str = "adamw", mixed: bool = False) -> dict[str, int]:
    """Bytes that stay from step to step: weights, their gradients, and what the rule remembers of each dial.

    With `mixed` precision weights and gradients are in bfloat16, and the optimizer turns a copy in float32.

    >>> state_bytes(1_000, mixed=True)
    {'weights': 2000, 'gradients': 2000, 'copy': 4000, 'memories': 8000}
    """
    if rule not in optim.MEMORIES:
        raise ValueError(f"there is no rule {rule!r}; there are {', '.join(optim.MEMORIES)}")
    each = BFLOAT16 if mixed else FLOAT32
    return {
        "weights": each * n_parameters,
        "gradients": each * n_parameters,
        "copy": FLOAT32 * n_parameters * mixed,
        "memories": FLOAT32 * n_parameters * len(optim.MEMORIES[rule]),
    }


def activation_bytes(config: ModelConfig, batch: int, seq_len: int, bytes_a_number: int = FLOAT32) -> int:
    """Bytes of what the way forward keeps for the way back, within a few parts in a hundred.

    For each token and layer: the stream and its normed copy, twice; queries, keys and values; what attention found;
    the neurons, before and after each of their steps; and two rows of scores a head, as long as the text.
    """
    d_model, d_kv = config.d_model, config.n_kv_heads * config.head_dim
    weighed = (
        config.norm_weights and config.norm == "rms"
    )  # then the normed copy before its weights is kept, too
    vectors = 8 * d_model + (d_model + d_kv) * config.qk_norm + 2 * d_model * weighed
    neurons = (4 if config.mlp == "swiglu" else 2) * config.d_mlp
    scores = 2 * config.n_heads * seq_len
    ends = (
        2 + config.embedding_norm + weighed
    ) * d_model + config.vocab_size  # the last vectors and the logits
    return batch * seq_len * (config.n_layers * (vectors + neurons + scores) + ends) * bytes_a_number


def reading_years(
    n_tokens: float, words_per_token: float = 0.75, words_per_minute: float = 238, hours_a_day: float = 24
) -> float:
    """Years in which a person would read so many tokens; 238 words a minute is the mean of 190 studies.

    Source: Brysbaert 2019, doi 10.1016/j.jml.2019.104047. 0.75 words a token is a rule of thumb for English.

    >>> round(reading_years(300e9))
    1797
    """
    minutes = n_tokens * words_per_token / words_per_minute
    return minutes / 60 / hours_a_day / 365.25


def computing_years(flops: float, flops_per_second: float) -> float:
    """Years in which so many operations are done at that speed.

    >>> round(computing_years(3.14e23, 1e9) / 1e6, 1)  # GPT-3, at a billion a second: millions of years
    10.0
    """
    return flops / flops_per_second / SECONDS_A_YEAR


@dataclass(frozen=True)
class PowerLaw:
    """loss = floor + scale * compute ** -exponent: each doubling of compute takes off the same share of what is left.

    >>> PowerLaw(scale=8.0, exponent=0.5, floor=1.0).at(16.0)
    3.0
    """

    scale: float  # what would be above the floor at one operation
    exponent: float  # above 0 where more compute helps
    floor: float = 0.0  # the loss that no compute takes away, in nats

    def at(self, compute: float) -> float:
        """The loss that is foretold for so much compute."""
        return self.floor + self.scale * compute**-self.exponent


def fit(compute: Sequence[float], losses: Sequence[float], floor: float = 0.0) -> PowerLaw:
    """The power law that goes through such losses: a straight line, by least squares, through their logs.

    >>> law = fit([1.0, 4.0, 16.0], [9.0, 5.0, 3.0], floor=1.0)
    >>> round(law.scale, 6), round(law.exponent, 6)
    (8.0, 0.5)
    """
    check_points(compute, losses, floor)
    line = statistics.linear_regression(
        [math.log(c) for c in compute], [math.log(loss - floor) for loss in losses]
    )
    return PowerLaw(math.exp(line.intercept), -line.slope, floor)


def fit_with_floor(compute: Sequence[float], losses: Sequence[float]) -> PowerLaw:
    """The same where nobody knows the floor: of many, the one whose law misses the logs of the losses least."""

    def miss(law: PowerLaw) -> float:
        pairs = zip(compute, losses, strict=True)
        return sum((math.log(law.at(c)) - math.log(loss)) ** 2 for c, loss in pairs)

    tried = (fit(compute, losses, min(losses) * i / FLOORS) for i in range(FLOORS))
    return min(tried, key=miss)


def bootstrap(
    compute: Sequence[float],
    losses: Sequence[Sequence[float]],
    at: float,
    n: int = 200,
    seed: int = 0,
    how: Callable | None = None,
) -> list[float]:
    """What laws foretell at that compute that `how`, or else `fit`, lays through n tables drawn from this one; sorted.

    `losses` has a row for each compute, a number for each seed. A drawn table has, for each compute, the mean of as
    many seeds, drawn with replacement: had we trained with other seeds, one of these might have been ours.
    Source: Efron 1979, doi 10.1214/aos/1176344552.
    """
    chance = random.Random(seed)
    tables = ([statistics.fmean(chance.choices(row, k=len(row))) for row in losses] for _ in range(n))
    return sorted((how or fit)(compute, table).at(at) for table in tables)


def check_points(compute: Sequence[float], losses: Sequence[float], floor: float) -> None:
    """Refuse what no power law goes through, with a ValueError."""
    if len(compute) != len(losses):
        raise ValueError(
            f"{len(compute)} amounts of compute came with {len(losses)} losses: give one for each"
        )
    if len(set(compute)) < 2:
        raise ValueError("a line needs two points: give losses at two or more different amounts of compute")
    if min(compute) <= 0:
        raise ValueError(f"a compute of {min(compute):g} has no logarithm: give the number of operations")
    if min(losses) <= floor:
        raise ValueError(
            f"a loss of {min(losses):g} does not lie above the floor of {floor:g}: try a lower one"
        )
