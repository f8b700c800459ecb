"""Answers to `toy_head.set_by_hand` as readers might write them."""

import math

import torch

from nextword import toy_head
from tests.lessons import right, wrong


def _dials(query, key, value):
    return toy_head.HeadParameters(*(torch.tensor(matrix) for matrix in (query, key, value)))


ONES = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


HARD = [[3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 3.0]]


TOPICS = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]


NONE = [[0.0] * 3] * 3


@right("toy_head.set_by_hand")
def _():
    return _dials(HARD, ONES, TOPICS)


@right("toy_head.set_by_hand")
def _():
    query, key, value = torch.zeros(3, 3, 3)
    for topic in (0, 1):
        query[topic, topic] = key[topic, topic] = 1.5
        value[topic, topic] = 2.0
    query[2, 2] = key[2, 2] = 2.0
    return toy_head.HeadParameters(query, key, value)


@right("toy_head.set_by_hand")
def _():
    """Topics meet in one column, which says: here is a topic; grammar asks for what is none."""
    return _dials(
        [[0.0, 2.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]],
        [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 2.0]],
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]],
    )


@right("toy_head.set_by_hand")
def _():
    """Water takes from money: what is given says how far the word is from the other topic."""
    given = [[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    return _dials(
        [[-2.0, 0, 0], [0, -2.0, 0], [0, 0, -2.0]], [[-1.0, 0, 0], [0, -1.0, 0], [0, 0, -1.0]], given
    )


@wrong("toy_head.set_by_hand", "dials-not-dials")
def _():
    return torch.tensor(HARD), torch.tensor(ONES), torch.tensor(TOPICS)


@wrong("toy_head.set_by_hand", "dials-not-a-tensor")
def _():
    return toy_head.HeadParameters(HARD, ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-shape")
def _():
    return _dials([2.0, 2.0, 2.0], [1.0, 1.0, 1.0], [1.0, 1.0, 0.0])


@wrong("toy_head.set_by_hand", "dials-whole-numbers")
def _():
    return toy_head.HeadParameters(
        2 * torch.eye(3).long(), torch.eye(3).long(), torch.diag(torch.tensor([1, 1, 0]))
    )


@wrong("toy_head.set_by_hand", "dials-infinite")
def _():
    return _dials([[math.inf, 0, 0], [0, math.inf, 0], [0, 0, math.inf]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-by-chance")
def _():
    return toy_head.HeadParameters(torch.rand(3, 3), torch.rand(3, 3), torch.rand(3, 3))


@wrong("toy_head.set_by_hand", "dials-mix-nothing")
def _():
    return _dials(HARD, ONES, NONE)


@wrong("toy_head.set_by_hand", "dials-ask-everybody")
def _():
    return _dials(NONE, ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-ask-everybody")
def _():
    return _dials(HARD, NONE, TOPICS)


@wrong("toy_head.set_by_hand", "dials-turned")
def _():
    return _dials(HARD, ONES, [[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-turned")
def _():
    return _dials(HARD, ONES, [[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-one-topic")
def _():
    return _dials(HARD, ONES, [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-unequal")
def _():
    return _dials([[2.0, 0, 0], [0, 2.0, 0], [0, 0, 2.0]], ONES, [[1.0, 0, 0], [0, 2.0, 0], [0.0, 0, 0]])


@wrong("toy_head.set_by_hand", "dials-look-at-the")
def _():
    """Topics ask for grammar."""
    return _dials([[0.0, 0.0, 3.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-look-away")
def _():
    """Two minuses that should cancel, and one of them is missing."""
    return _dials(
        [[-2.0, 0.0, 0.0], [0.0, -2.0, 0.0], [0.0, 0.0, 2.0]], ONES, [[1.0, 0, 0], [0, 1.0, 0], [0.0] * 3]
    )


@wrong("toy_head.set_by_hand", "dials-too-gentle")
def _():
    return _dials(HARD, ONES, [[0.3, 0.0, 0.0], [0.0, 0.3, 0.0], [0.0, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-too-gentle")
def _():
    """Everything gives the same mixture."""
    return _dials(HARD, ONES, [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-grammar-gives")
def _():
    return _dials(HARD, ONES, ONES)


@wrong("toy_head.set_by_hand", "dials-grammar-gives")
def _():
    return _dials(HARD, ONES, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-the-looks-around")
def _():
    return _dials(TOPICS, ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-unbalanced")
def _():
    return _dials([[3.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.0]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-distracted")
def _():
    return _dials([[0.3, 0.0, 0.0], [0.0, 0.3, 0.0], [0.0, 0.0, 2.0]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-no-match")
def _():
    """Topics ask in one column and answer in another."""
    key = [[0.0, 0.0, -1.0], [0.0, 0.0, -1.0], [0.0, 0.0, 2.0]]
    return _dials([[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 2.0]], key, TOPICS)


@wrong("toy_head.set_by_hand", "dials-no-match")
def _():
    """Grammar is the only one that asks: bank takes the same from everybody, and the more there are, the less from river."""
    return _dials([[0.0] * 3, [0.0] * 3, [0.0, 0.0, 3.0]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-no-match")
def _():
    """The same, and what is given is large enough to be heard through many words."""
    return _dials(NONE[:2] + [[0.0, 0.0, 3.0]], ONES, [[9.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0] * 3])


@wrong("toy_head.set_by_hand", "dials-no-match")
def _():
    """Each kind answers in its own column, and asks in another's."""
    return _dials([[0.0, 3.0, 0.0], [0.0, 0.0, 3.0], [3.0, 0.0, 0.0]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-ask-for-all")
def _():
    """One number for a whole matrix."""
    return toy_head.HeadParameters(torch.full((3, 3), 2.0), torch.ones(3, 3), torch.tensor(TOPICS))
