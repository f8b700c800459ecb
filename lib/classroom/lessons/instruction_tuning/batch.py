"""Examples as one table, and which of its tokens count: those from `start` on, seen from the place before each."""

import torch

from classroom.judge.comparison import show
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check, find
from nextword.finetuning import Example

COUNTS = "mask[row, example.start - 1 : len(example.ids) - 1] = True"


def they_part_here(batch):
    """Which of the two tables is not right, and at which token."""
    for examples, end in find("finetuning.batch").cases:
        yours, (ids, mask) = ask("finetuning.batch", batch, examples, end), one_by_one(examples, end)
        call = f"batch({show(examples)}, end={end})"
        if not isinstance(yours, tuple | list) or [getattr(one, "shape", 0) for one in yours] != [
            ids.shape,
            mask.shape,
        ]:
            continue
        if not torch.equal(yours[0], ids):
            row = int((yours[0] != ids).any(dim=1).nonzero()[0])
            says = f"Row {row} of the ids is {yours[0][row].tolist()}, and it should be {ids[row].tolist()}."
            raise Wrong("batch-ids-here", says, call, show(yours[0]), show(ids))
        if not torch.equal(yours[1].bool(), mask):
            row, place = (yours[1].bool() != mask).nonzero()[0].tolist()
            counts = "counts, and should not" if not mask[row, place] else "does not count, and should"
            token = f"The token {int(ids[row, place + 1])}, at place {place + 1} of row {row}, {counts}."
            says = f"{token} Row {row} holds {len(examples[row].ids)} tokens, and start is {examples[row].start}."
            raise Wrong("batch-mask-here", says, call, show(yours[1]), show(mask))


@check(
    "finetuning.batch",
    behaviours=[they_part_here],
    cases=[
        ([Example((9, 4, 5, 6, 9), 3)], 9),
        ([Example((9, 4, 5, 9), 2), Example((9, 6, 9), 1)], 9),
        ([Example((1, 2), 1), Example((3, 4, 5, 6, 7, 8), 4)], 0),
        ([Example((7, 1, 2, 3, 4, 7), 3), Example((7, 1, 7), 2), Example((7, 2, 3, 7), 1)], 7),
        ([Example((5, 6, 7, 8), 1), Example((5, 6, 7, 8), 3)], 5),
    ],
    awkward=[
        ([Example((1, 2), 1)], 3),
        ([Example((0, 0, 0), 2), Example((0, 0), 1)], 0),
        ([Example(tuple(range(20)), 19), Example((3, 3, 3), 1), Example(tuple(range(9)), 4)], 50),
        ([Example((4, 3, 2, 1), 2)], 1),
    ],
)
def one_by_one(examples, end):
    """Number by number: place j of the mask tells of token j + 1."""
    longest = max(len(example.ids) for example in examples)
    rows = [[one.ids[j] if j < len(one.ids) else end for j in range(longest)] for one in examples]
    counts = [[one.start <= j < len(one.ids) for j in range(1, longest)] for one in examples]
    return torch.tensor(rows), torch.tensor(counts)


edits(
    "finetuning.batch",
    (
        "sft-asked-counts",
        "example.start - 1 : len",
        ": len",
        "What was only asked counts, too: the mask is True from the first place on. It becomes True where the token at example.start is predicted.",
    ),
    (
        "sft-mask-not-shifted",
        "example.start - 1 : len(example.ids) - 1",
        "example.start : len(example.ids)",
        "The mask stands one place too far right. Its place j is about the token at j + 1, the one that is predicted there: token `start` has place start - 1.",
    ),
    (
        "sft-first-token-lost",
        "example.start - 1 :",
        "example.start :",
        "The first token that should count does not. The mask leaves the text's first token out, so token `start` has place start - 1.",
    ),
    (
        "sft-one-too-early",
        "example.start - 1 : len",
        "max(0, example.start - 2) : len",
        "The last token of what was asked counts, too: the mask becomes True one place too early.",
    ),
    (
        "sft-filling-counts",
        "len(example.ids) - 1] = True",
        "] = True",
        "What only fills a row up counts, too: the model would learn to say `end` again and again. The mask is True as far as the example's own last token.",
    ),
    (
        "sft-stop-not-learned",
        "len(example.ids) - 1] = True",
        "len(example.ids) - 2] = True",
        "The last token of the example does not count. It is the one that ends the text: a model that never learns it never stops.",
    ),
    (
        "sft-filled-in-front",
        "ids[row, : len(example.ids)]",
        "ids[row, longest - len(example.ids) :]",
        "The rows are filled up in front, and the examples stand on the right. Fill up behind: there no earlier token sees it.",
    ),
    (
        "sft-filled-with-zeros",
        "torch.full((len(examples), longest), end)",
        "torch.zeros(len(examples), longest, dtype=torch.int64)",
        "The rows are filled up with 0, which is a token like any other. Fill them up with `end`.",
    ),
    (
        "sft-mask-turned",
        [
            (
                "mask = torch.zeros(len(examples), longest - 1, dtype=torch.bool)",
                "mask = torch.ones(len(examples), longest - 1, dtype=torch.bool)",
            ),
            ("= True", "= False"),
        ],
        "The mask is turned round: it is True where nothing is to be learned, and False where something is.",
    ),
    (
        "sft-mask-too-wide",
        "longest - 1, dtype=torch.bool",
        "longest, dtype=torch.bool",
        "The mask has a place for every token. Nothing predicts the first of a row, so it has one place less than the row has tokens.",
    ),
)
