"""Under rung `recurrent`: what a recurrent model is made of, in numbers and names."""

from dataclasses import dataclass

from nextword.base.checks import check_sizes

PARTS = {"rnn": 1, "lstm": 2}  # of a layer's state: the hidden vector, and an LSTM's cell
MATRICES = {"rnn": 1, "lstm": 4}  # that read each token: an LSTM has three gates besides its candidate


@dataclass(frozen=True)
class RecurrentConfig:
    """The shape of a recurrent model.

    >>> RecurrentConfig(vocab_size=512, d_model=64, d_hidden=64, kind="gru")
    Traceback (most recent call last):
    ValueError: kind is 'gru'; there are: rnn, lstm
    """

    vocab_size: int  # how many tokens there are
    d_model: int  # numbers in each token's vector
    d_hidden: int  # numbers in the hidden vector of each layer
    kind: str = "lstm"  # or "rnn"
    n_layers: int = 1  # each reads the hidden vectors of the one below it
    context: int = (
        128  # the most tokens in a passage that it learns from; a state is carried as far as one likes
    )

    def __post_init__(self):
        check_sizes(self, ("vocab_size", "d_model", "d_hidden", "n_layers", "context"))
        if self.kind not in PARTS:
            raise ValueError(f"kind is {self.kind!r}; there are: {', '.join(PARTS)}")
