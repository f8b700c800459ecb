"""Models of `transformers` made from ours, dial by dial, for the tests to compare with."""

import torch
import transformers

from nextword.transformer import Transformer

OF_A_LAYER = {
    "attention_norm": "input_layernorm",
    "attention.query": "self_attn.q_proj",
    "attention.key": "self_attn.k_proj",
    "attention.value": "self_attn.v_proj",
    "attention.output": "self_attn.o_proj",
    "mlp_norm": "post_attention_layernorm",
    "mlp.gate": "mlp.gate_proj",
    "mlp.up": "mlp.up_proj",
    "mlp.down": "mlp.down_proj",
}


def halves(rows: torch.Tensor, n_heads: int) -> torch.Tensor:
    """Rows of a query or key matrix for RoPE by halves: each head's even rows first, then its odd ones."""
    return rows.unflatten(0, (n_heads, -1, 2)).transpose(1, 2).flatten(0, 2)


def llama(model: Transformer) -> transformers.LlamaForCausalLM:
    """Their Llama with our dials."""
    config = model.config
    theirs = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=config.vocab_size,
            hidden_size=config.d_model,
            intermediate_size=config.d_mlp,
            num_hidden_layers=config.n_layers,
            num_attention_heads=config.n_heads,
            num_key_value_heads=config.n_kv_heads,
            max_position_embeddings=config.context,
            rms_norm_eps=config.norm_eps,
            rope_parameters={"rope_type": "default", "rope_theta": config.rope_base},
            attention_bias=config.biases,
            mlp_bias=config.biases,
            tie_word_embeddings=config.tied,
            bos_token_id=None,
            eos_token_id=None,
        )
    )
    state = {
        "model.embed_tokens.weight": model.embedding.weight,
        "model.norm.weight": model.final_norm.weight,
    }
    state["lm_head.weight"] = model.embedding.weight if config.tied else model.unembedding.weight
    for number, layer in enumerate(model.layers):
        for name, dials in layer.named_parameters():
            ours, _, kind = name.rpartition(".")
            if ours in ("attention.query", "attention.key"):
                dials = halves(dials, config.n_heads if ours == "attention.query" else config.n_kv_heads)
            state[f"model.layers.{number}.{OF_A_LAYER[ours]}.{kind}"] = dials
    theirs.load_state_dict(state)
    return theirs.eval()


def turned(dials: torch.Tensor) -> torch.Tensor:
    """A matrix the other way round; a bias as it is."""
    return dials.T if dials.dim() == 2 else dials


def gpt2(model: Transformer) -> transformers.GPT2LMHeadModel:
    """Their GPT-2 with our dials: it stores matrices the other way round, and query, key and value in one."""
    config = model.config
    theirs = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(
            vocab_size=config.vocab_size,
            n_embd=config.d_model,
            n_inner=config.d_mlp,
            n_layer=config.n_layers,
            n_head=config.n_heads,
            n_positions=config.context,
            layer_norm_epsilon=config.norm_eps,
            tie_word_embeddings=config.tied,
            bos_token_id=None,
            eos_token_id=None,
        )
    )
    state = {
        "transformer.wte.weight": model.embedding.weight,
        "transformer.wpe.weight": model.positions.weight,
    }
    state["lm_head.weight"] = model.embedding.weight if config.tied else model.unembedding.weight
    for kind in ("weight", "bias"):
        state[f"transformer.ln_f.{kind}"] = getattr(model.final_norm, kind)
        for number, layer in enumerate(model.layers):
            attention, here = layer.attention, f"transformer.h.{number}"
            parts = [getattr(part, kind) for part in (attention.query, attention.key, attention.value)]
            state[f"{here}.ln_1.{kind}"] = getattr(layer.attention_norm, kind)
            state[f"{here}.ln_2.{kind}"] = getattr(layer.mlp_norm, kind)
            state[f"{here}.attn.c_attn.{kind}"] = turned(torch.cat(parts))
            state[f"{here}.attn.c_proj.{kind}"] = turned(getattr(attention.output, kind))
            state[f"{here}.mlp.c_fc.{kind}"] = turned(getattr(layer.mlp.up, kind))
            state[f"{here}.mlp.c_proj.{kind}"] = turned(getattr(layer.mlp.down, kind))
    theirs.load_state_dict(state)
    return theirs.eval()
