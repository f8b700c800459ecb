"""Who takes part: for each direction a function without arguments, on tensors that all share."""

from collections.abc import Callable

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

from attention_parts import report
from nextword.kernels import (
    decode,
    flash_attention,
    flash_attention_backward,
    flash_tuned,
    flash_tuned_backward,
)

BACKENDS = {"cuDNN": SDPBackend.CUDNN_ATTENTION, "flash": SDPBackend.FLASH_ATTENTION}
Works = tuple[dict[str, Callable], dict[str, str]]  # what runs, and why what does not run does not


def of(
    direction: str, batch: int, n_heads: int, tokens: int, head_dim: int, causal: bool, forms: list[str], *,
    flex: bool, device: str = "cuda", dtype: torch.dtype = torch.bfloat16,
) -> Works:  # fmt: skip
    """Every entrant in one direction: "forward", "backward" (of a forward pass that is kept) or "both"."""
    shape = (batch, n_heads, tokens, head_dim)
    query, key, value = (torch.randn(shape, device=device, dtype=dtype, requires_grad=True) for _ in range(3))
    grad_out = torch.randn(shape, device=device, dtype=dtype)
    attends = {name: torchs(backend, causal) for name, backend in BACKENDS.items()}
    works, failed = {}, {}
    if flex:
        try:
            attends["FlexAttention"] = flexible(tokens, causal, device)
        except Exception as error:
            failed["FlexAttention"] = report.short(error)
    for name, attend in attends.items():
        try:
            works[name] = in_direction(direction, attend, (query, key, value), grad_out)
        except Exception as error:
            failed[name] = report.short(error)
    detached = [x.detach() for x in (query, key, value)]
    try:
        works |= ours(direction, detached, (query, key, value), grad_out, causal, forms)
    except Exception as error:
        failed["ours"] = report.short(error)
    return works, failed


def in_direction(direction: str, attend: Callable, inputs: tuple, grad_out: torch.Tensor) -> Callable:
    """One of torch's entrants in one direction."""
    if direction == "forward":
        detached = [x.detach() for x in inputs]
        return lambda: attend(*detached)
    if direction == "backward":
        out = attend(*inputs)
        return lambda: torch.autograd.grad(out, inputs, grad_out, retain_graph=True)
    return lambda: torch.autograd.grad(attend(*inputs), inputs, grad_out)


def ours(
    direction: str, detached: list, inputs: tuple, grad_out: torch.Tensor, causal: bool, forms: list[str]
) -> dict:
    """The plain kernels and the tuned ones; of the forward pass each form."""
    if direction == "forward":
        works = {"plain": lambda: flash_attention.forward(*detached, causal=causal)}
        return works | {f"tuned: {form}": tuned(form, detached, causal) for form in forms}
    if direction == "backward":
        given = (*detached, *flash_attention.forward(*detached, causal=causal), grad_out)
        return {
            "plain": lambda: flash_attention_backward.backward(*given, causal=causal),
            "tuned": lambda: flash_tuned_backward.backward(*given, causal=causal),
        }

    def attend(query, key, value):
        return flash_attention_backward.attend(query, key, value, causal=causal)

    def tuned_both():
        out, lse = flash_tuned.forward(*detached, causal=causal)
        return flash_tuned_backward.backward(*detached, out, lse, grad_out, causal=causal)

    return {"plain": in_direction("both", attend, inputs, grad_out), "tuned": tuned_both}


def tuned(form: str, tensors: list, causal: bool) -> Callable:
    return lambda: flash_tuned.forward(*tensors, causal=causal, **asked(form))


def asked(form: str) -> dict[str, bool]:
    """How a form of the tuned kernel is asked for."""
    return {} if form == "pointers" else {form: True}


def torchs(backend: SDPBackend, causal: bool) -> Callable:
    """Torch's attention, on this backend or not at all."""

    def attend(query, key, value):
        with sdpa_kernel(backend):
            return scaled_dot_product_attention(
                query, key, value, is_causal=causal, enable_gqa=key.shape[1] != query.shape[1]
            )

    return attend


def flexible(tokens: int, causal: bool, device: str) -> Callable:
    """FlexAttention, compiled for this length."""
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention

    compiled, mask = torch.compile(flex_attention, dynamic=False), None
    if causal:
        mask = create_block_mask(lambda b, h, q, k: q >= k, None, None, tokens, tokens, device=device)
    return lambda query, key, value: compiled(query, key, value, block_mask=mask)


def decoding(
    batch: int, n_heads: int, n_kv_heads: int, keys: int, head_dim: int,
    device: str = "cuda", dtype: torch.dtype = torch.bfloat16,
) -> Works:  # fmt: skip
    """One query, and a cache whose keys all count."""
    query = torch.randn(batch, n_heads, 1, head_dim, device=device, dtype=dtype)
    key, value = (
        torch.randn(batch, n_kv_heads, keys, head_dim, device=device, dtype=dtype) for _ in range(2)
    )
    works = {"ours": lambda: decode.decode(query, key, value)}
    works |= {f"ours, {n} parts": in_parts(n, query, key, value) for n in (16, 32, 64, 128)}
    attends = {name: torchs(backend, causal=False) for name, backend in BACKENDS.items()}
    return works | {
        name: lambda attend=attend: attend(query, key, value) for name, attend in attends.items()
    }, {}


def in_parts(splits: int, *tensors: torch.Tensor) -> Callable:
    return lambda: decode.decode(*tensors, splits=splits)


def works(form: str) -> bool:
    """Whether a tuned form gives what the plain kernel gives here."""
    query, key, value = (torch.randn(1, 2, 512, 64, device="cuda", dtype=torch.bfloat16) for _ in range(3))
    found = flash_tuned.forward(query, key, value, **asked(form))[0]
    torch.cuda.synchronize()
    return bool((found - flash_attention.forward(query, key, value)[0]).abs().max() < 2e-2)
