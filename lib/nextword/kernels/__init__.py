"""Kernels: programs for a GPU, in Triton. Without a GPU its interpreter runs them on the CPU."""

import os

import torch

if not torch.cuda.is_available():
    os.environ["TRITON_INTERPRET"] = "1"  # read when triton is first imported

interpreted = os.environ.get("TRITON_INTERPRET") == "1"


def check(*tensors: torch.Tensor) -> None:
    """Refuse what the kernels here cannot compute, with a sentence."""
    if interpreted and any(x.dtype == torch.bfloat16 for x in tensors):
        raise TypeError(
            "Triton's interpreter computes bfloat16 wrongly: use float32 or float16 without a GPU"
        )
    if len({x.device for x in tensors}) > 1:
        raise ValueError(f"the tensors are on {', '.join(str(x.device) for x in tensors)}: move them to one")
