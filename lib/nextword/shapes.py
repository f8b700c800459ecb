"""Names for the shapes of tensors, used in signatures; the test run checks every one of them.

A shape is read from the left: `"*batch vocab"` is any number of axes, then one as long as the vocabulary.
Source: jaxtyping's notation.
"""

from jaxtyping import Float, Int
from torch import Tensor

Logits = Float[Tensor, "*batch vocab"]  # any numbers: the larger, the likelier
Probabilities = Float[Tensor, "*batch vocab"]  # 0 to 1, each row sums to 1
TokenIds = Int[Tensor, "*batch"]  # which token of the vocabulary
Ranks = Int[Tensor, "*batch vocab"]  # each token's place among its row: 0 for the likeliest
