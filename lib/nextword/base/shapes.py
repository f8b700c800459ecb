"""Names for the shapes of tensors, used in signatures; the test run checks every one of them.

A shape is read from the left: `"*batch vocab"` is any number of axes, then one as long as the vocabulary.
Source: jaxtyping's notation.
"""

from jaxtyping import Bool, Float, Int
from torch import Tensor

Logits = Float[Tensor, "*batch vocab"]  # any numbers: the larger, the likelier
Probabilities = Float[Tensor, "*batch vocab"]  # 0 to 1, each row sums to 1
TokenIds = Int[Tensor, "*batch"]  # which token of the vocabulary
Ranks = Int[Tensor, "*batch vocab"]  # each token's place among its row: 0 for the likeliest
Queries = Float[Tensor, "*batch n_heads queries head_dim"]  # what each place in the text asks
Keys = Float[Tensor, "*batch n_kv_heads keys head_dim"]  # what each place answers to
Values = Float[Tensor, "*batch n_kv_heads keys value_dim"]  # what each place gives; mostly as long as a key
Mixed = Float[Tensor, "*batch n_heads queries value_dim"]  # what each place took
Scores = Float[Tensor, "*batch queries keys"]  # a row for each query; weights look the same and sum to 1
Visible = Bool[Tensor, "queries keys"]  # True where a query may see a key
Positions = Int[Tensor, "seq_len"]  # positions in a text, the first is 0
Stream = Float[Tensor, "*batch seq_len d_model"]  # one vector for each token
Steps = Float[Tensor, "*batch steps d_model"]  # from each of them to the next: one fewer
Vectors = Float[Tensor, "*places d_model"]  # the same where each is worked on by itself
Tokens = Int[Tensor, "*batch seq_len"]  # texts as token ids
Vector = Float[Tensor, "d_model"]  # one of them: a row of numbers
Measures = Float[Tensor, "*places"]  # one number for each vector
Table = Float[Tensor, "rows columns"]
Rows = Float[Tensor, "rows n"]  # n numbers for each row of a table
Columns = Float[Tensor, "columns n"]  # n numbers for each column of it
