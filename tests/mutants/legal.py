"""Legal inputs by chance for every exercise: what its words allow, other numbers and sizes than its check's cases."""

from tests.mutants import legal_backward as backward
from tests.mutants import legal_climbs as climbs
from tests.mutants import legal_fused as fused
from tests.mutants import legal_graphs as graphs
from tests.mutants import legal_groups as groups
from tests.mutants import legal_kernels as kernels
from tests.mutants import legal_pairs as pairs
from tests.mutants import legal_policies as policies
from tests.mutants import legal_ranks as ranks
from tests.mutants import legal_recurrent as recurrent
from tests.mutants import legal_rewards as rewards
from tests.mutants import legal_runs as runs
from tests.mutants import legal_sizes as sizes
from tests.mutants import legal_speed as speed
from tests.mutants import legal_tensors as tensors
from tests.mutants import legal_texts as texts
from tests.mutants import legal_tuning as tuning
from tests.mutants import legal_turns as turns
from tests.mutants.chance import G, R, randn, ri

MAKE = {
    "black_box.likeliest": lambda: (texts.options(),),
    "black_box.pick": texts.pick,
    "black_box.write": texts.write,
    "chat.transcript": texts.turns,
    "ngram.count_next": lambda: (texts.tokens(), ri(0, 4)) if R.random() < 0.8 else (texts.tokens(),),
    "ngram.probabilities": lambda: (texts.counts(),),
    "ngram.loss": lambda: (
        [
            R.choice([R.random(), R.random(), 1.0, 1e-30, 0.5, 0.0 if R.random() < 0.2 else 0.3])
            for _ in range(ri(1, 9))
        ],
    ),
    "ngram.bits_per_byte": lambda: (R.random() * 10 ** ri(-1, 4), ri(1, 999)),
    "ngram.smooth": texts.smooth,
    "ngram.copied_share": texts.copied,
    "sampling.softmax": lambda: (tensors.loose(),),
    "sampling.with_temperature": lambda: (tensors.loose(), R.choice([0, 0.0, 1, 0.5, 0.1, 2.5, 0.9])),
    "sampling.top_k": lambda: (tensors.loose(), ri(1, 9)),
    "sampling.top_p": lambda: (
        tensors.loose(),
        R.choice([0.1, 0.5, 0.9, 0.95, 0.99, 1.0, R.random() * 0.99 + 0.005]),
    ),
    "tokenizer.utf8_bytes": texts.text,
    "tokenizer.count_pairs": lambda: (texts.chunks(3),),
    "tokenizer.merge": texts.merge,
    "tokenizer.train": lambda: (texts.chunks(3), ri(0, 7)),
    "tokenizer.encode": lambda: ([ri(97, 100) for _ in range(ri(0, 14))], texts.merges(ri(0, 6))),
    "tokenizer.decode": texts.decode,
    "embeddings.differences": lambda: (tensors.vectors(R.choice([2, 2, 3, 4])),),
    "embeddings.unit": lambda: (tensors.vectors(R.choice([1, 2, 2, 3])),),
    "embeddings.cosine": tensors.cosine,
    "embeddings.cooccurrence": tensors.cooc,
    "embeddings.ppmi": tensors.ppmi,
    "embeddings.nearest": tensors.nearest,
    "embeddings.analogy": tensors.analogy,
    "embeddings.project_onto": tensors.ruler,
    "attention.weighted_sum": tensors.mix,
    "attention.scores": tensors.scores,
    "attention.mask_future": tensors.hide,
    "attention.attend": tensors.attend,
    "attention.split_heads": tensors.split,
    "attention.merge_heads": lambda: (randn(*tensors.batch(), ri(1, 4), ri(1, 5), ri(1, 4)),),
    "attention.repeat_kv": tensors.share,
    "attention.rope": tensors.rope,
    "transformer.rms_norm": tensors.rms,
    "transformer.mlp": tensors.mlp,
    "transformer.block": tensors.block,
    "transformer.next_logits": tensors.logits_of,
    "transformer.count_parameters": tensors.config,
    "neuron_ablation.find_neuron": tensors.neuron,
    "kernels.basics.add": kernels.two_alike,
    "kernels.basics.softmax": kernels.rows,
    "kernels.basics.transpose": kernels.table,
    "kernels.basics.matmul": kernels.product,
    "kernels.basics.rms_norm": kernels.norm,
    "kernels.online_softmax.merge": fused.two_summaries,
    "kernels.online_softmax.attend": fused.blocks,
    "kernels.tiles.key_range": fused.key_range,
    "kernels.tiled_scores.masked_scores": fused.tables,
    "kernels.flash_attention.forward": fused.heads,
    "autograd.finite_differences": graphs.formula,
    "autograd.multiply": graphs.two_numbers,
    "autograd.backward": graphs.graph,
    "tensor_autograd.sum_to_shape": graphs.copied,
    "tensor_autograd.log_softmax": graphs.logits,
    "attention_backward.score_gradients": backward.rows,
    "attention_backward.weights_again": backward.again,
    "kernels.flash_attention_backward.delta": backward.delta,
    "kernels.flash_attention_backward.query_gradient": backward.head,
    "kernels.flash_attention_backward.key_value_gradients": backward.head,
    "training.loss": runs.logits_and_passages,
    "evaluation.windows": runs.windows,
    "evaluation.evaluate": runs.text_to_measure,
    "training.turn": runs.settings,
    "checkpoint.pack": runs.settings,
    "scaling.reading_years": sizes.reading,
    "scaling.forward_flops": sizes.model,
    "scaling.state_bytes": sizes.state,
    "scaling.compute_optimal": sizes.budget,
    "scaling.fit": sizes.losses,
    "distributed.average_gradients": ranks.counts,
    "generation.cache_bytes": speed.cache,
    "batching.positions": speed.row,
    "quantization.quantize": speed.matrix,
    "speculative.accept": speed.guesses,
    "speculative.residual": speed.two_rows,
    "constrained.allowed": speed.form,
    "neural_ngram.windows": recurrent.window,
    "recurrent.rnn_cell": lambda: recurrent.cell(1, 1),
    "recurrent.lstm_cell": lambda: recurrent.cell(2, 4),
    "recurrent.carry": recurrent.state,
    "recurrent.gradient_by_distance": recurrent.slopes,
    "recurrent.steps_in_a_row": recurrent.steps,
    "preferences.pairs": rewards.ratings,
    "reward_model.loss": rewards.pairs,
    "preferences.accuracy": rewards.pairs,
    "preferences.calibration_error": rewards.chances,
    "reward_model.without_length": rewards.lengths,
    "taste.slope": rewards.choices,
    "verifiable.reward": groups.texts,
    "verifiable.pass_at_k": groups.attempts,
    "grpo.group_advantages": groups.groups_and_whether,
    "grpo.leave_one_out": lambda: (groups.groups(),),
    "grpo.token_losses": groups.tokens,
    "grpo.mean_of": groups.masked,
    "finetuning.batch": tuning.examples,
    "finetuning.loss": tuning.logits_and_mask,
    "finetuning.chat_example": tuning.chat,
    "lora.forward": tuning.pair,
    "lora.merge": lambda: tuning.pair(x=False),
    "optim.momentum": turns.momentum,
    "optim.clip": turns.clip,
    "optim.warmup_and_decay": turns.plan,
    "optim.adamw": turns.adamw,
    "optim.newton_schulz": turns.schulz,
    "optim.muon": turns.muon,
    "dpo.reply_log_probs": pairs.replies,
    "dpo.implicit_rewards": pairs.implied,
    "dpo.loss": pairs.four,
    "dpo.ipo_loss": pairs.four,
    "dpo.optimum": pairs.chances_and_rewards,
    "overoptimization.best_of_n_kl": lambda: (ri(1, 300),),
    "overoptimization.distinct": climbs.texts,
    "overoptimization.combine": climbs.proxies,
    "overoptimization.turned": climbs.golds,
    "overoptimization.expected_best": climbs.best_of,
    "kl.k3": policies.two_logs,
    "ppo.per_token_rewards": policies.rewards,
    "ppo.gae": policies.advantages,
    "ppo.whiten": policies.whiten,
    "ppo.clipped_loss": policies.clipped,
    "ppo.value_loss": policies.values,
}


def inputs(target: str, n: int = 60) -> list[tuple]:
    """The same legal inputs in every run; none where behaviour alone is judged."""
    R.seed(target)
    G.manual_seed(11)
    return [MAKE[target]() for _ in range(n)] if target in MAKE else []
