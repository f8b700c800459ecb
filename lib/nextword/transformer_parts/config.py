"""Under rung `transformer`: what a model is made of, in numbers and names."""

from dataclasses import dataclass

CHOICES = {
    "norm": ("rms", "layer"),
    "mlp": ("swiglu", "gelu", "relu2"),
    "positions": ("rope", "learned", "none"),
    "init": ("gpt2", "fan_in"),
}


@dataclass(frozen=True)
class ModelConfig:
    """The shape of a decoder; the defaults are a Llama's.

    >>> ModelConfig(vocab_size=256, d_model=30, n_layers=2, n_heads=4, d_mlp=64, context=32)
    Traceback (most recent call last):
    ValueError: d_model 30 does not split evenly into 4 heads
    """

    vocab_size: int  # how many tokens there are
    d_model: int  # numbers in each token's vector
    n_layers: int  # blocks
    n_heads: int  # questions asked at once in each block
    d_mlp: int  # neurons in each block
    context: int  # the most tokens it can read
    n_kv_heads: int = 0  # heads of keys and values, shared by groups of query heads; 0: as many as n_heads
    norm: str = "rms"  # or "layer"
    norm_eps: float = 1e-5  # keeps a norm from dividing by 0
    norm_weights: bool = True  # False: norms have no parameters of their own
    mlp: str = "swiglu"  # or "gelu" (GPT-2), "relu2"
    positions: str = "rope"  # or "learned" (GPT-2), "none"
    rope_base: float = 10_000.0  # the larger, the slower the slowest arrow
    window: int | None = None  # how many tokens attention sees; None: all before it
    tied: bool = True  # the unembedding is the table of embeddings
    biases: bool = False  # whether each matrix of a block adds a vector too
    qk_norm: bool = False  # whether each query and key is normed, so that no head can shout
    embedding_norm: bool = False  # whether the stream is normed once before the first block
    init: str = "gpt2"  # how new parameters are drawn, see `Transformer.init_weights`; or "fan_in"

    def __post_init__(self):
        for name in ("vocab_size", "d_model", "n_layers", "n_heads", "d_mlp", "context"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, and is at least 1")
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is {getattr(self, name)!r}; there are: {', '.join(choices)}")
        if self.n_kv_heads == 0:
            object.__setattr__(self, "n_kv_heads", self.n_heads)
        if self.d_model % self.n_heads:
            raise ValueError(f"d_model {self.d_model} does not split evenly into {self.n_heads} heads")
        if self.n_kv_heads < 1 or self.n_heads % self.n_kv_heads:
            raise ValueError(
                f"{self.n_heads} query heads cannot share {self.n_kv_heads} heads of keys and values evenly"
            )
        if self.tied and self.init == "fan_in":
            raise ValueError(
                'init "fan_in" sets embeddings large and the unembedding 0: it is for tied=False'
            )
        if self.positions == "rope" and self.head_dim % 2:
            raise ValueError(f"head_dim {self.head_dim} is odd, and RoPE turns pairs of numbers")

    @property
    def head_dim(self) -> int:
        """Numbers in each head's query, key and value."""
        return self.d_model // self.n_heads

    def parameters_by_kind(self) -> dict[str, int]:
        """How many parameters each kind of matrix has, over all layers; only the kinds that the model has."""
        d_model, d_kv, d_mlp, layers = (
            self.d_model,
            self.n_kv_heads * self.head_dim,
            self.d_mlp,
            self.n_layers,
        )
        gated = self.mlp == "swiglu"
        kinds = {
            "embedding": self.vocab_size * d_model,
            "positions": self.context * d_model * (self.positions == "learned"),
            "query": layers * d_model * d_model,
            "key": layers * d_model * d_kv,
            "value": layers * d_model * d_kv,
            "output": layers * d_model * d_model,
            "gate": layers * d_model * d_mlp * gated,
            "up": layers * d_model * d_mlp,
            "down": layers * d_mlp * d_model,
            "biases": layers * (3 * d_model + 2 * d_kv + (1 + gated) * d_mlp) * self.biases,
            "norms": (2 * layers + 1) * d_model * self.norm_weights * (2 if self.norm == "layer" else 1),
            "unembedding": self.vocab_size * d_model * (not self.tied),
        }
        return {kind: count for kind, count in kinds.items() if count}


# GPT-3 as people count it, eight kinds of matrices: its positions, biases and norms left out, nothing tied.
GPT3_MATRICES = ModelConfig(
    vocab_size=50_257,
    d_model=12_288,
    n_layers=96,
    n_heads=96,
    d_mlp=49_152,
    context=2_048,
    norm="layer",
    norm_weights=False,
    mlp="gelu",
    positions="none",
    tied=False,
)
