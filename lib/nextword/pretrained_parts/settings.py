"""Under rung `pretrained`: the settings of a Llama's file that our code has, and those that it refuses by name.

A setting that is left aside without a word gives a model that runs and writes nonsense.
"""

import math

from nextword.base.cache import DataError
from nextword.pretrained_parts.gguf_header import GGUFFile

READ = {  # by `gguf_file.config_of`
    "block_count",
    "context_length",
    "embedding_length",
    "feed_forward_length",
    "attention.head_count",
    "attention.head_count_kv",
    "attention.layer_norm_rms_epsilon",
    "rope.freq_base",
}
WITHOUT_EFFECT = {  # what each says where it asks for nothing that ours lacks
    "attention.causal": (True,),
    "attention.clamp_kqv": (0,),
    "attention.layer_norm_epsilon": None,  # of another kind of norm: whatever it says
    "attention.max_alibi_bias": (0,),
    "attention.scale": (0,),
    "attention.sliding_window": (0,),
    "embedding_scale": (0, 1),
    "expert_count": (0,),
    "expert_used_count": (0,),
    "logit_scale": (0, 1),
    "residual_scale": (0, 1),
    "rope.scale_linear": (0, 1),
    "rope.scaling.attn_factor": (0, 1),
    "rope.scaling.factor": (0, 1),
    "rope.scaling.finetuned": None,  # how it was made
    "rope.scaling.original_context_length": None,
    "rope.scaling.type": ("none",),
    "tensor_data_layout": None,  # how it was stored before
}


def refuse_unknown(file: GGUFFile, head_dim: int, vocab_size: int) -> None:
    """Raise DataError for a setting of the model that our code has no place for."""
    stretched = "this model stretches its positions, which ours cannot do yet: its"
    if any(tensor.name == "rope_freqs.weight" for tensor in file.tensors):
        raise DataError(f"{stretched} file holds 'rope_freqs.weight'")
    allowed = WITHOUT_EFFECT | {
        "attention.key_length": (head_dim,),
        "attention.value_length": (head_dim,),
        "rope.dimension_count": (head_dim,),
        "vocab_size": (vocab_size,),
    }
    if file.fields.get("llama.rope.scaling.type") == "none":  # then whatever else is said of it has no effect
        allowed |= {"rope.scaling.factor": None, "rope.scaling.attn_factor": None, "rope.scale_linear": None}
    for name, value in file.fields.items():
        part = name.removeprefix("llama.")
        if part == name or part in READ:
            continue
        if part not in allowed or (allowed[part] is not None and not is_one_of(value, allowed[part])):
            said = "a list" if hasattr(value, "__len__") and not isinstance(value, str) else repr(value)[:60]
            if part.startswith("rope.scal"):
                raise DataError(f"{stretched} file sets {name!r} to {said}")
            only = f", and ours has only {allowed[part][0]!r}" if part in allowed else ""
            raise DataError(f"this GGUF file sets {name!r} to {said}{only}: its model cannot be run here")


def is_one_of(value: object, choices: tuple) -> bool:
    """Whether a setting is one of some values; a list is none."""
    return type(value) in (int, float, bool, str) and value in choices


def norm_eps(found: float) -> float:
    """What keeps a norm from dividing by 0. The file has a float32; of that, the digits that were meant.

    >>> norm_eps(9.999999747378752e-06)
    1e-05
    """
    if not 0 < found < 1:  # NaN, too
        raise DataError(f"this GGUF file's norms add {found}, and a number between 0 and 1 was needed")
    return float(f"{found:.6g}")


def rope_base(found: float) -> float:
    """The base of RoPE's angles."""
    if not 1 < found < math.inf:
        raise DataError(f"this GGUF file turns positions by the base {found}, and one above 1 was needed")
    return found
