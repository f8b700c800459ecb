"""Correctness before speed: each kernel against float64, and beside torch's own error in the same kind of number."""

import math
from collections.abc import Callable

import torch

from attention_parts import report
from attention_parts.entrants import asked
from nextword import kernels
from nextword.kernels import (
    decode,
    flash_attention,
    flash_attention_backward,
    flash_tuned,
    flash_tuned_backward,
    flash_variants,
)

ROUNDINGS = 8  # of the largest number, which torch's own error may fall short of by chance


def table(forms: list[str]) -> tuple[str, bool]:
    """One line for each check, and whether all passed. An error is a line, too."""
    rows, fine = [], True
    for name, check in checks(forms).items():
        try:
            cells = check()
        except Exception as error:
            cells = ["", "", f"failed: {report.short(error)}"]
        fine = fine and cells[-1] == "right"
        rows.append([name, *cells])
        print("  " + "  ".join([name, *cells]), flush=True)
    heads = ["", "largest error", "torch's", "at most twice torch's, give or take a few roundings"]
    said = (
        "All checks passed."
        if fine
        else "**Not all checks passed: speeds below may be those of wrong answers.**"
    )
    return f"{said}\n\n{report.table(heads, rows)}", fine


def checks(forms: list[str]) -> dict[str, Callable]:
    """Every kernel on ragged and on whole blocks; in the interpreter small, in float32."""
    sizes = ((80, 64),) if kernels.interpreted else ((1000, 64), (2048, 64), (2048, 128))
    found = {}
    for n, head_dim in sizes:
        for causal in (True, False):
            what = f"{n} tokens, head_dim {head_dim}, {'causal' if causal else 'full'}"
            found[f"forward, {what}"] = one_way(flash_attention.forward, n, head_dim, causal)
            for name, module in (
                ("backward", flash_attention_backward),
                ("tuned backward", flash_tuned_backward),
            ):
                found[f"{name}, {what}"] = gradients(module, n, head_dim, causal)
            for form in forms:
                found[f"tuned forward ({form}), {what}"] = one_way(tuned(form), n, head_dim, causal)
    found["decode, grouped heads, lengths"] = decoding
    found["packed, softcap, sinks, and their gradients"] = variants
    return found


def tuned(form: str) -> Callable:
    return lambda *tensors, causal: flash_tuned.forward(*tensors, causal=causal, **asked(form))


def one_way(forward: Callable, n: int, head_dim: int, causal: bool) -> Callable:
    """A check of a forward pass."""

    def check():
        query, key, value, _ = random(4, 2, n, head_dim)
        out, _ = forward(query, key, value, causal=causal)
        return compared([out], lambda q, k, v: exact(q, k, v, causal=causal), [query, key, value])

    return check


def gradients(module, n: int, head_dim: int, causal: bool) -> Callable:
    """A check of a module's `backward`, after the plain forward pass."""

    def check():
        query, key, value, grad_out = random(4, 2, n, head_dim)
        out, lse = flash_attention.forward(query, key, value, causal=causal)
        found = module.backward(query, key, value, out, lse, grad_out, causal=causal)
        return compared(found, lambda q, k, v: exact(q, k, v, causal=causal), [query, key, value], grad_out)

    return check


def decoding() -> list[str]:
    n = 300 if kernels.interpreted else 5000
    query, key, value, _ = random(8, 2, n, 64, batch=1, queries=1)
    out = decode.decode(query, key, value, torch.tensor([n - 7], device=query.device))
    kept = [query, key[..., : n - 7, :], value[..., : n - 7, :]]
    return compared([out], lambda q, k, v: exact(q, k, v, causal=True), kept)


def variants() -> list[str]:
    n = 80 if kernels.interpreted else 1000
    query, key, value, grad_out = (x[0] for x in random(4, 2, n, 64, batch=1))
    sinks = torch.randn(4, device=query.device, dtype=query.dtype)
    starts = torch.tensor([0, n // 3, n // 3 + 1, n], device=query.device)
    inputs = [x.requires_grad_() for x in (query, key, value, sinks)]
    out = flash_variants.attend(query, key, value, sinks=sinks, starts=starts, softcap=2.0)

    def plain(q, k, v, sinks):
        ends = starts.tolist()
        spans = [slice(a, b) for a, b in zip(ends, ends[1:], strict=False)]
        parts = [exact(q[:, s], k[:, s], v[:, s], causal=True, softcap=2.0, sinks=sinks) for s in spans]
        return torch.cat(parts, dim=1)

    return compared(torch.autograd.grad(out, inputs, grad_out), plain, inputs, grad_out)


def random(
    n_heads: int, n_kv_heads: int, n: int, head_dim: int, batch: int = 2, queries: int | None = None
) -> list:
    """Query, key, value and a gradient, in the kind of number that is used here."""
    device, dtype = ("cpu", torch.float32) if kernels.interpreted else ("cuda", torch.bfloat16)
    torch.manual_seed(0)
    lengths = [(n_heads, queries or n), (n_kv_heads, n), (n_kv_heads, n), (n_heads, queries or n)]
    return [torch.randn(batch, *length, head_dim, device=device).to(dtype) for length in lengths]


def exact(query, key, value, *, causal: bool, softcap: float | None = None, sinks=None):
    """Attention by the whole table of weights, in whatever kind of number comes."""
    group = query.shape[-3] // key.shape[-3]
    key, value = (x.repeat_interleave(group, dim=-3) for x in (key, value))
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    scores = scores if softcap is None else softcap * torch.tanh(scores / softcap)
    if causal:
        ahead = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device)
        scores = scores.masked_fill(ahead.triu(scores.shape[-1] - scores.shape[-2] + 1), -torch.inf)
    if sinks is not None:
        scores = torch.cat([scores, sinks[:, None, None].expand(*scores.shape[:-1], 1)], dim=-1)
    return scores.softmax(-1)[..., : key.shape[-2]] @ value


def compared(found: list, plain: Callable, inputs: list, grad_out=None) -> list[str]:
    """Our largest error, torch's, and the verdict; of outputs, or of gradients where one of the output is given."""
    answers = []
    for dtype in (torch.float64, inputs[0].dtype):
        given = [x.detach().to(dtype).requires_grad_(grad_out is not None) for x in inputs]
        out = plain(*given)
        answers.append([out] if grad_out is None else torch.autograd.grad(out, given, grad_out.to(dtype)))
    fine, worst, theirs_worst = True, 0.0, 0.0
    for ours, right, theirs in zip(found, *answers, strict=True):
        error, torchs = ((x.detach().double() - right).abs().max().item() for x in (ours, theirs))
        unit = torch.finfo(ours.dtype).eps * max(right.abs().max().item(), 1.0)
        fine = fine and error <= 2 * torchs + ROUNDINGS * unit  # NaN is never at most
        worst, theirs_worst = max(worst, error), max(theirs_worst, torchs)
    return [f"{worst:.1e}", f"{theirs_worst:.1e}", "right" if fine else "WRONG"]
