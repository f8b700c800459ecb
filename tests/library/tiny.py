"""A tiny Llama as a GGUF file, for the tests that need no real one."""

import gguf
import numpy as np

from nextword.pretrained_parts.byte_tokenizer import letters

MERGES = ["s w", "sw a", "swa n", "Ġ swan", "h e"]
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TOKENS = [*SPECIAL, *letters()[5:], *(merge.replace(" ", "") for merge in MERGES)]
D_MODEL, D_MLP, N_LAYERS, N_HEADS, N_KV_HEADS = 64, 96, 2, 4, 2


def write(path, architecture="llama", cut="smollm", extra=(), leave_out=(), tensors=(), changes=()):
    """Write the file, and give back its tensors by name; `tensors` takes the place of some of them.

    `changes` are settings of the model that take the place of others, or come with them: each a kind and a value.
    """
    changes = dict(changes)
    writer = gguf.GGUFWriter(path, architecture)
    numbers = {
        "context_length": 64,
        "embedding_length": D_MODEL,
        "block_count": N_LAYERS,
        "feed_forward_length": D_MLP,
        "attention.head_count": N_HEADS,
        "attention.head_count_kv": N_KV_HEADS,
        "vocab_size": len(TOKENS),
    }
    for name, number in numbers.items():
        if name not in leave_out and name not in changes:
            writer.add_uint32(f"{architecture}.{name}", number)
    for name, number in (("attention.layer_norm_rms_epsilon", 1e-5), ("rope.freq_base", 1000.0)):
        if name not in changes:
            writer.add_float32(f"{architecture}.{name}", number)
    for name, (kind, value) in changes.items():
        writer.add_key_value(f"{architecture}.{name}", value, kind)
    for name in extra:
        writer.add_string(name, "linear")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(cut)
    writer.add_token_list(TOKENS)
    writer.add_token_types([3] * len(SPECIAL) + [1] * (len(TOKENS) - len(SPECIAL)))
    writer.add_token_merges(MERGES)
    writer.add_unk_token_id(0)
    made = dials() | dict(tensors)
    for name, dial in made.items():
        if name not in leave_out:
            kind = gguf.GGMLQuantizationType.Q8_0 if dial.ndim == 2 else gguf.GGMLQuantizationType.F32
            writer.add_tensor(name, gguf.quantize(dial, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return made


def dials() -> dict[str, np.ndarray]:
    """Dials by chance, named as GGUF does."""
    rng, d_kv = np.random.default_rng(0), D_MODEL // N_HEADS * N_KV_HEADS
    shapes = {"token_embd": (len(TOKENS), D_MODEL), "output_norm": (D_MODEL,)}
    of_a_layer = {
        "attn_norm": (D_MODEL,),
        "attn_q": (D_MODEL, D_MODEL),
        "attn_k": (d_kv, D_MODEL),
        "attn_v": (d_kv, D_MODEL),
        "attn_output": (D_MODEL, D_MODEL),
        "ffn_norm": (D_MODEL,),
        "ffn_gate": (D_MLP, D_MODEL),
        "ffn_up": (D_MLP, D_MODEL),
        "ffn_down": (D_MODEL, D_MLP),
    }
    for layer in range(N_LAYERS):
        shapes |= {f"blk.{layer}.{name}": shape for name, shape in of_a_layer.items()}
    return {f"{name}.weight": rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
