"""`training.passages`: runs of a text from random places. No answer is the right one: what they are is judged."""

import torch

from classroom.judge.comparison import kind
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check_by_behaviour

TEXT = torch.arange(20, 60, dtype=torch.int32)  # each token tells its own place: 20 stands first


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _cut(passages, text, n: int, context: int, seed: int = 0) -> torch.Tensor:
    """One call, with what can be wrong about the look of its answer said first."""
    ids = ask("training.passages", passages, text, n, context, seeded(seed))
    call = f"passages(text of {len(text)} tokens, {n}, {context}, generator)"
    if not isinstance(ids, torch.Tensor):
        says = f"It gave {kind(ids)}. What is needed is a tensor of tokens, a row for each passage."
        raise Wrong("passages-not-a-tensor", says, call)
    if tuple(ids.shape) == (n, context):
        says = f"Its rows have {context} tokens. Each place is compared with the *next* token, and the last place has "
        says += "one, too: a passage is one token longer than what is read."
        raise Wrong("passages-too-short", says, call, str(tuple(ids.shape)), str((n, context + 1)))
    if tuple(ids.shape) != (n, context + 1):
        says = "It needs a row for each passage, and context + 1 tokens in a row."
        raise Wrong("passages-shape", says, call, str(tuple(ids.shape)), str((n, context + 1)))
    if ids.dtype != torch.int64:
        says = f"It gave {str(ids.dtype)[6:]}, and the table of vectors is looked up by int64: .long() makes it so."
        raise Wrong("passages-kind", says, call)
    return ids


def rows_begin_apart(passages):
    """A batch is no single stretch of the text, cut into rows: then it would show one tale alone."""
    starts = [_cut(passages, TEXT, 3, 6, seed)[:, 0].diff().tolist() for seed in range(4)]
    if starts[0] in ([6, 6], [7, 7]) and all(others == starts[0] for others in starts):
        says = "Each row goes on where the row before it ends: the batch is one stretch of the text, cut up, and a step "
        says += "sees a single tale. Draw a beginning for each row, n in all."
        raise Wrong("passages-one-stretch", says, "passages(text of 40 tokens, 3, 6, generator)")


def are_runs_of_the_text(passages):
    """Neighbours in a passage are neighbours in the text."""
    ids = _cut(passages, TEXT, 50, 6)
    if ids.min() < 20 or ids.max() > 59:
        says = "What comes back are no tokens of the text. Are these the *places*? Look up what stands there: tokens[places]."
        raise Wrong(
            "passages-places",
            says,
            "passages(tensor([20, 21, ... 59]), 50, 6, generator)",
            str(ids[0].tolist()),
        )
    if not (ids[:, 1:] - ids[:, :-1] == 1).all():
        says = "A passage is a run of the text: tokens that follow one another there. Only its beginning is left to chance."
        raise Wrong(
            "passages-no-runs",
            says,
            "passages(tensor([20, 21, ... 59]), 50, 6, generator)",
            str(ids[0].tolist()),
        )


def begin_anywhere(passages):
    """Each place at which a passage fits is a beginning, the first and the last too, and all are equally likely."""
    counts = torch.bincount(_cut(passages, TEXT, 4000, 6, seed=3)[:, 0] - 20, minlength=34)
    call = "passages(text of 40 tokens, 4000, 6, generator)"
    if counts[33] == 0 and counts[:33].all():
        says = "No passage begins at the last place where one fits. A passage has context + 1 tokens, so there are "
        says += "len(tokens) - context beginnings; randint leaves its upper end out."
        raise Wrong("passages-last-place", says, call)
    if counts[0] == 0 and counts[1:34].all():
        raise Wrong(
            "passages-first-place", "No passage begins at the first token: places count from 0.", call
        )
    if not counts.all():
        missing = int((counts == 0).sum())
        says = f"At {missing} of the 34 places where a passage fits, none ever began. May each place be a beginning?"
        raise Wrong("passages-not-everywhere", says, call)
    if ((counts - 4000 / 34) ** 2 / (4000 / 34)).sum() > 100:  # chi-squared, 33 degrees: a chance of 1e-8
        says = "Some beginnings come more often than others. torch.randint makes all equally likely."
        raise Wrong("passages-not-alike", says, call)


def follow_their_generator(passages):
    """The same seed cuts the same passages, another seed others; and each row has a beginning of its own."""
    torch.manual_seed(1)
    first = _cut(passages, TEXT, 30, 6, seed=5)
    torch.manual_seed(2)
    again, other = _cut(passages, TEXT, 30, 6, seed=5), _cut(passages, TEXT, 30, 6, seed=6)
    call = "passages(text, 30, 6, generator of seed 5), twice"
    if not torch.equal(first, again):
        says = "The same seed gave other passages: draw the beginnings with generator=generator, or no run can be repeated."
        raise Wrong("passages-ignore-generator", says, call)
    if torch.equal(first, other):
        says = "Another seed gave the same passages: nothing is left to chance, or it is seeded inside."
        raise Wrong("passages-no-chance", says, "passages(text, 30, 6, generator), seeds 5 and 6")
    if (first[:, 0] == first[0, 0]).all():
        raise Wrong(
            "passages-one-beginning",
            "All passages begin at one place: draw a beginning for each, n in all.",
            call,
        )
    generator = seeded(5)
    if torch.equal(passages(TEXT.clone(), 30, 6, generator), passages(TEXT.clone(), 30, 6, generator)):
        says = "Two batches from one generator are the same: it was put back to its beginning. Only ever draw from it."
        raise Wrong("passages-restart-generator", says, "passages(text, 30, 6, generator), twice in a row")


def fit_into_short_texts(passages):
    """A text of just one passage gives that passage; a batch of one is a table of one row."""
    ids = _cut(passages, TEXT[:7], 3, 6)
    if not (ids == torch.arange(20, 27)).all():
        says = "A text as long as one passage holds that one only."
        raise Wrong(
            "passages-short-text", says, "passages(text of 7 tokens, 3, 6, generator)", str(ids.tolist())
        )
    for n, context in ((1, 6), (1, 1), (5, 1), (2, 39)):
        _cut(passages, TEXT, n, context)


check_by_behaviour(
    "training.passages",
    rows_begin_apart,
    are_runs_of_the_text,
    follow_their_generator,
    begin_anywhere,
    fit_into_short_texts,
)
