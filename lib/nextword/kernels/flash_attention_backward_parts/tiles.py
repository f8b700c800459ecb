"""Under rung `kernels.flash_attention_backward`: a tile read and written, who sees whom, two tiles multiplied."""

from nextword.kernels import tl, triton


@triton.jit
def load(x, strides, batch, head, rows, length, HEAD_DIM: tl.constexpr, BLOCK_DIM: tl.constexpr):
    """Those rows of one head, a tile of BLOCK_DIM columns; zeros stand beyond the length and the head_dim."""
    at, inside = addresses(x, strides, batch, head, rows, length, HEAD_DIM, BLOCK_DIM)
    return tl.load(at, mask=inside, other=0.0)


@triton.jit
def store(made, x, strides, batch, head, rows, length, HEAD_DIM: tl.constexpr, BLOCK_DIM: tl.constexpr):
    """Write where `load` would read, and nothing beyond the length and the head_dim."""
    at, inside = addresses(x, strides, batch, head, rows, length, HEAD_DIM, BLOCK_DIM)
    tl.store(at, made, mask=inside)


@triton.jit
def addresses(x, strides, batch, head, rows, length, HEAD_DIM: tl.constexpr, BLOCK_DIM: tl.constexpr):
    """Where the numbers of a tile stand in memory, and which of them there are."""
    features = tl.arange(0, BLOCK_DIM)
    # In 64 bits, for 2**31 numbers are only 8 heads of 128 features and 2 million tokens.
    first = tl.cast(batch, tl.int64) * strides[0] + tl.cast(head, tl.int64) * strides[1]
    at = x + first + rows.to(tl.int64)[:, None] * strides[2] + features.to(tl.int64)[None, :] * strides[3]
    return at, (rows < length)[:, None] & (features < HEAD_DIM)[None, :]


@triton.jit
def sees(at_query, at_key, queries, keys, back, ahead):
    """True where there is such a query and such a key, and the one may see the other."""
    distance = at_key - (at_query + keys - queries)  # the last query stands at the last key
    return (at_query < queries) & (at_key < keys) & (distance >= -back) & (distance <= ahead)


@triton.jit
def dot(a, b, dtype: tl.constexpr):
    """A tile's matmul, summed in `dtype`; float32 is multiplied as float32, not rounded to the 19 bits of TF32."""
    return tl.dot(a, b, input_precision="ieee", out_dtype=dtype)
