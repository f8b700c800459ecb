"""Every two texts of which one is rated higher. What makes it hard: equal ratings, and each pair once."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check, mistake
from classroom.lessons.reward_model.shared import in_a_fit

MANY = torch.randint(-4, 5, (23,), generator=torch.Generator().manual_seed(1))


@check(
    "preferences.pairs",
    lives=in_a_fit,
    cases=[
        (torch.tensor([2, -1]),),
        (torch.tensor([-1, 2]),),
        (torch.tensor([3, -1, 3]),),
        (torch.tensor([1, 2, 3]),),
        (torch.tensor([0, 0, 0]),),
        (torch.tensor([4, -4, 0, 0, 4, 1]),),
        (MANY,),
    ],
    awkward=[
        (torch.tensor([2]),),
        (torch.tensor([0.5, -0.25, 0.5, 0.0]),),
        (torch.tensor([-4, -3, -2, -1]),),
        (torch.tensor([-4, -4, -3]),),
        (torch.tensor([5, 5, 4, 4, 3, 3]),),
        (torch.tensor([1, 9, 2, 8]),),
    ],
)
def pairs(ratings):
    values = ratings.tolist()
    both = [(i, j) for i, one in enumerate(values) for j, other in enumerate(values) if one - other > 0]
    better, worse = zip(*both, strict=True) if both else ((), ())
    return torch.tensor(better, dtype=torch.long), torch.tensor(worse, dtype=torch.long)


edits(
    "preferences.pairs",
    (
        "pairs-ties",
        "> ratings)",
        ">= ratings)",
        "Texts with the same rating are paired, too, each of them even with itself. Nobody preferred anything there: only > makes a pair.",
    ),
    (
        "pairs-exchanged",
        "> ratings)",
        "< ratings)",
        "Better and worse are exchanged. The first row of places belongs to the texts with the *higher* ratings.",
    ),
    (
        "pairs-exchanged-at-the-end",
        "return better, worse",
        "return worse, better",
        "Better and worse are exchanged: the better ones are to come first, and their order counts.",
    ),
    (
        "pairs-both-ways",
        "> ratings)",
        "!= ratings)",
        "Each pair stands there twice, once with the worse text as the better. A difference makes a pair; which rating is higher says which way.",
    ),
    (
        "pairs-only-forward",
        "(ratings[:, None] > ratings)",
        "(ratings[:, None] > ratings).triu()",
        "A text is compared only with those behind it. Where the better one stands behind the worse, the pair is lost.",
    ),
    (
        "pairs-neighbours",
        "(ratings[:, None] > ratings).nonzero(as_tuple=True)",
        "(x := (ratings[:-1] > ratings[1:]).nonzero()[:, 0]), x + 1",
        "Only neighbours are compared. Every two texts make a pair, however far apart they stand.",
    ),
    (
        "pairs-of-ratings",
        "return better, worse",
        "return ratings[better], ratings[worse]",
        "These are the ratings. The *places* of the texts are needed: rewards are looked up by them.",
    ),
    (
        "pairs-one-table",
        "return better, worse",
        "return torch.stack([better, worse], dim=1)",
        "The pairs are right, but they come as one table. Give two rows: the places of the better, and those of the worse.",
    ),
    (
        "pairs-by-two",
        "> ratings)",
        "> ratings + 1)",
        "Two ratings that are only one apart make a pair, too.",
    ),
)


@mistake(
    "preferences.pairs",
    "pairs-other-order",
    "The pairs are right, and stand in another order. First those in which text 0 is the better, its worse ones in their order; then those of text 1; and so on.",
)
def pairs_forward_and_back(ratings):
    found = [(i, j) if ratings[i] > ratings[j] else (j, i) for i, j in forward(ratings)]
    return tuple(torch.tensor([pair[side] for pair in found], dtype=torch.long) for side in (0, 1))


def forward(ratings):
    """All two places whose ratings differ, the smaller place first."""
    places = range(len(ratings))
    return [(i, j) for i in places for j in places if i < j and ratings[i] != ratings[j]]
