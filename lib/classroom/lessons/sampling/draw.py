"""`sampling.draw`: a token for each row, by chance. No answer is the right one: shares over many rows are judged."""

import torch

from classroom.judge.comparison import kind, same, show
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check_by_behaviour
from classroom.judge.sandbox import run

CHANCES = torch.tensor([0.5, 0.3, 0.2])
MANY = CHANCES.repeat(4000, 1)
CERTAIN = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
PIN_AT_0 = 11993  # from this seed the 828th number that torch.rand gives is exactly 0: one in 16.8 million is
FREQUENCIES = "Tokens do not come as often as their probabilities say. Is the pin uniform, and are the segments end to end?"
UNIFORM = "Every token comes equally often: the probabilities are not used."
SOFTMAX = (
    "These are the shares of softmax(probabilities): they were probabilities already, so no softmax here."
)
LOGS = "The unlikely ones come too often: draw needs probabilities, not their logs."
EACH = "Each token was given a pin of its own. One pin falls on a row: a random number for each of probabilities.shape[:-1]."
ALONE = "The pin was compared with each probability by itself. Segments lie end to end: add them up (cumsum) first."
SHARES = (  # how often the tokens of CHANCES come, and what that tells
    ("draw-uniform", [0.333, 0.333, 0.333], UNIFORM),
    ("draw-softmax-again", [0.391, 0.320, 0.289], SOFTMAX),
    ("draw-log-again", [0.198, 0.343, 0.459], LOGS),
    ("draw-pin-each-token", [0.4, 0.5, 0.1], EACH),
    ("draw-not-accumulated", [0.5, 0.0, 0.5], ALONE),
    ("draw-not-accumulated", [0.2, 0.1, 0.2], ALONE),
    ("draw-not-accumulated", [0.2, 0.1, 0.7], ALONE),
)

BESIDE = "Off by one: the pin lies in the segment beside. Count the segments that end at or before the pin."
AFTER = "You counted the segments that end after the pin. Count those that end at or before it: ends <= pin."
ACROSS = "One row by itself comes out right, and rows of a table are mixed. A row's tokens lie along the last axis: dim=-1."
RANKS = "Whatever is certain, token 0 came. Was the row sorted? Then what is counted is a rank, and no id: leave the order as it is."
SIGNS = {  # what comes where 1, 0, 2 are certain
    (2, 1, 3): ("draw-off-by-one", BESIDE),
    (0, -1, 1): ("draw-off-by-one", BESIDE),
    (2, 3, 1): ("draw-counts-after", AFTER),
    (2, 1, 0): ("draw-axis", ACROSS),
}


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _draw(function, probabilities, seed: int = 0) -> torch.Tensor:
    """One call, with what can be wrong about the look of its answer said first."""
    ids = ask("sampling.draw", function, probabilities, seeded(seed))
    shown = f"draw({tuple(probabilities.shape)} probabilities, generator)"
    if not isinstance(ids, torch.Tensor):
        says = f"It gave {kind(ids)}. What is needed is a tensor of token ids, one for each row."
        raise Wrong("draw-not-a-tensor", says, shown)
    if ids.dtype != torch.int64:
        raise Wrong("draw-not-ids", f"It gave {ids.dtype}. A token id is a whole number: torch.int64.", shown)
    if ids.shape != probabilities.shape[:-1]:
        got, need = tuple(ids.shape), tuple(probabilities.shape[:-1])
        raise Wrong("draw-shape", f"Its shape is {got}, and {need} is needed: one id for each row.", shown)
    return ids


def _tell_by_shares(draw) -> torch.Tensor:
    """How often each token of CHANCES comes; Wrong, where that is known to have a cause."""
    ids = _draw(draw, MANY, seed=5)
    shares = torch.stack([(ids == token).float().mean() for token in range(3)])
    for id, expected, says in SHARES:
        if torch.allclose(shares, torch.tensor(expected), atol=0.025):
            raise Wrong(id, says, f"draw({show(CHANCES)}), 4,000 times", show(shares), show(CHANCES))
    return shares


def needs_no_generator(draw):
    """Without a generator chance comes from torch's own."""
    for given in ((CHANCES.repeat(50, 1),), (CHANCES.repeat(50, 1), None)):
        first, other = run(draw, given), run(draw, given)
        if first.error is not None:
            says = "Without a generator it stopped. None stands for torch's own: torch.rand(..., generator=None) takes it."
            raise Wrong("draw-needs-generator", says, "draw(probabilities)", repr(first.error))
        if same(first.value, other.value):
            says = "Without a generator every call draws the same. torch.rand(..., generator=None) draws anew each time."
            raise Wrong("draw-needs-generator", says, "draw(probabilities), twice")


def draws_the_certain(draw):
    """A probability of 1 leaves no choice; one of 0 is never drawn."""
    for seed in range(5):
        ids = _draw(draw, CERTAIN, seed).tolist()
        if ids != [1, 0, 2]:
            is_right_in_order = torch.allclose(_tell_by_shares(draw), CHANCES, atol=0.04)
            says = "A token that is certain must be drawn, and one with probability 0 never."
            id, says = SIGNS.get(tuple(ids), ("draw-impossible", says))
            if ids == [0, 0, 0] and is_right_in_order:
                id, says = "draw-ranks", RANKS
            raise Wrong(id, says, f"draw({CERTAIN.tolist()})", str(ids), "[1, 0, 2]")
    for size in (1, 2, 5, 40):
        if _draw(draw, torch.eye(size)).tolist() != list(range(size)):
            says = f"With {size} tokens to draw from, what is certain was not drawn. Is a size written in, or a last token lost?"
            raise Wrong("draw-size", says, f"draw(torch.eye({size}))")
    middle = torch.tensor([0.0, 1.0, 0.0]).repeat(1000, 1)
    if not (_draw(draw, middle, PIN_AT_0) == 1).all():
        says = "A pin that falls exactly at 0 drew a token with probability 0: its segment has no length. "
        says += "Where one segment ends the next begins, so it counts as passed: ends <= pin, not ends < pin."
        raise Wrong("draw-impossible", says, "draw([0, 1, 0]), 1,000 times", "0 once", "1 each time")


def follows_its_generator(draw):
    """The same seed gives the same draws, another seed others, and nothing else matters."""
    state = torch.get_rng_state()
    torch.manual_seed(1)
    first = _draw(draw, MANY, seed=3)
    torch.manual_seed(2)
    again, other = _draw(draw, MANY, seed=3), _draw(draw, MANY, seed=4)
    torch.set_rng_state(state)
    if not torch.equal(first, again):
        says = "The same seed gave two different stories: take your random number from the generator that is given."
        raise Wrong("draw-ignores-generator", says, "draw(probabilities, generator) with seed 3, twice")
    if (first == first[0]).all() and (other == other[0]).all() and first[0] == other[0]:
        says = "It never varies: always the likeliest is taken. That is greedy; a draw lets chance decide."
        raise Wrong("draw-never-varies", says, "draw(probabilities, generator), 4,000 rows")
    if torch.equal(first, other):
        says = "Another seed gives the same draws: the generator was made anew or seeded inside."
        raise Wrong("draw-seeded-inside", says, "draw(probabilities, generator) with seeds 3 and 4")
    if (first == first[0]).all():
        says = "All rows were given one and the same pin. Each row needs a random number of its own."
        shown = "draw(probabilities, generator), 4,000 equal rows", f"{int(first[0])} each time"
        raise Wrong("draw-one-pin", says, *shown)
    generator = seeded(3)
    if torch.equal(draw(MANY.clone(), generator), draw(MANY.clone(), generator)):
        says = "Two draws from one generator are the same: it was put back to its beginning. Only ever draw from it."
        raise Wrong("draw-restarts-generator", says, "draw(probabilities, generator), twice in a row")


def gives_each_row_its_own_pin(draw):
    """Rows draw by themselves, along whichever axis they lie; that 40 equal rows agree has a chance of 2**-39."""
    for shape in ((40, 41), (40, 1, 41), (2, 40, 3, 41)):
        ids = _draw(draw, torch.tensor([0.5, 0.5]).expand(*shape, 2).clone(), seed=8)
        for axis, n in enumerate(shape):
            if n >= 40 and (ids == ids.select(axis, 0).unsqueeze(axis)).all(dim=axis).any():
                says = f"Rows that lie along axis {axis} were given one and the same pin. Each row needs one of its own."
                raise Wrong("draw-one-pin", says, f"draw(probabilities of shape {(*shape, 2)}, generator)")


def draws_in_proportion(draw):
    """Over many rows, each token comes as often as its probability says."""
    shares = _tell_by_shares(draw)
    if not torch.allclose(shares, CHANCES, atol=0.04):
        shown = f"draw({show(CHANCES)}), 4,000 times", show(shares), show(CHANCES)
        raise Wrong("draw-frequencies", FREQUENCIES, *shown)


def draws_the_unlikely_in_proportion(draw):
    """The same to the hair: what is sharpened, flattened or rounded a little is seen in the unlikely tokens.

    The sum of (came - expected)**2 / expected is chi-squared with 6 degrees of freedom: above 45 with a chance of
    e**-22.5 * (1 + 22.5 + 22.5**2 / 2) = 5e-8.
    """
    chances = torch.tensor([1 / 64, 1 / 2, 1 / 16, 1 / 4, 1 / 32, 1 / 8, 1 / 64])
    ids = _draw(draw, chances.repeat(20_000, 1), seed=9)
    came, expected = torch.bincount(ids, minlength=7), 20_000 * chances
    if len(came) > 7 or ((came - expected) ** 2 / expected).sum() > 45:
        shown = f"draw({show(chances)}), 20,000 times", str(came.tolist()), f"about {show(expected)}"
        raise Wrong("draw-frequencies", FREQUENCIES, *shown)


def draws_all_there_are(draw):
    """A pin may fall anywhere: of 4,096 equal tokens, 1,000 draws hit 887 different ones, give or take 10."""
    ids = _draw(draw, torch.full((1000, 4096), 1 / 4096), seed=10)
    if (different := len(ids.unique())) < 800:
        says = "Of many equal tokens only some are ever drawn: is the pin rounded? It may fall anywhere on the ruler."
        shown = "draw(4,096 equal tokens), 1,000 times", f"{different} different ones", "about 887"
        raise Wrong("draw-rounded", says, *shown)


def stays_inside(draw):
    """Probabilities that sum to less than 1, as rounding leaves them, still give an id that is possible.

    Where a filter has removed the last token, a pin beyond the end must not bring it back.
    """
    short = torch.tensor([0.3, 0.3, 0.3]).repeat(500, 1)
    ids = _draw(draw, short, seed=6)
    if ids.min() < 0 or ids.max() > 2:
        says = "A pin beyond the last segment gave an id that does not exist. Sums round: the last token catches the rest."
        shown = "draw([0.3, 0.3, 0.3]), 500 times", str(int(ids.max())), "0, 1 or 2"
        raise Wrong("draw-past-the-end", says, *shown)
    if (_draw(draw, torch.tensor([0.3, 0.3, 0.3, 0.0]).repeat(500, 1), seed=6) == 3).any():
        says = "The row ends before 1, and a pin beyond its end drew the last token, which is impossible here. Sums round, and "
        says += "filters remove last tokens, too. Stretch the pin to the ruler's own length: multiply it by ends[..., -1:]."
        raise Wrong("draw-clamped", says, "draw([0.3, 0.3, 0.3, 0]), 500 times", "3 at times", "0, 1 or 2")


def gives_ids(draw):
    """One row gives one id; any further axes are kept."""
    _draw(draw, CHANCES)
    table = run(draw, (MANY[:3].clone(), seeded(0)))
    if isinstance(table.error, TypeError | ValueError | RuntimeError | IndexError):
        says = "One row is drawn from, and at a table it stops. A pin is a number for each row: no .item(), no `if` and no "
        says += "loop over one row's tokens, or else a loop over all rows around it."
        raise Wrong("draw-one-row", says, "draw((3, 3) probabilities, generator)", repr(table.error))
    for rows in ((3,), (2, 4), (1,), (1, 1), (5, 1), (1, 5), (2, 1, 3)):
        _draw(draw, CHANCES.expand(*rows, 3).clone())


check_by_behaviour(
    "sampling.draw",
    gives_ids,
    draws_the_certain,
    follows_its_generator,
    gives_each_row_its_own_pin,
    draws_in_proportion,
    needs_no_generator,
    stays_inside,
    draws_the_unlikely_in_proportion,
    draws_all_there_are,
)
