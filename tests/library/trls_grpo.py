"""trl's own loss of GRPO on tensors that are given: its trainer's method, with everything around it left out."""

from unittest.mock import MagicMock

import torch


def loss(log_probs, old_log_probs, reference_log_probs, advantages, mask, *, clip, beta, loss_type="bnpo"):
    """What trl's trainer makes of these log-probabilities; "bnpo" takes the mean over all tokens of the mask."""
    from trl import GRPOTrainer

    trainer = MagicMock()
    trainer._get_per_token_logps_and_entropies = lambda *_, **__: (
        log_probs,
        torch.zeros_like(log_probs),
        None,
    )
    trainer.aux_loss_enabled = trainer.use_vllm = trainer._entropy_bonus_enabled = False
    trainer.top_entropy_quantile, trainer.off_policy_mask_threshold = 1.0, None
    trainer.importance_sampling_level, trainer.loss_type, trainer.beta = "token", loss_type, beta
    trainer.epsilon_low = trainer.epsilon_high = clip
    trainer.args.delta, trainer.args.use_bias_correction_kl = None, False
    trainer.current_gradient_accumulation_steps, trainer.model.training = 1, True
    trainer.accelerator.reduce = lambda numbers, **_: numbers
    trainer.accelerator.gather = lambda numbers: numbers
    ids = torch.zeros(log_probs.shape, dtype=torch.long)
    given = {
        "prompt_ids": ids[:, :1],
        "prompt_mask": ids[:, :1],
        "completion_ids": ids,
        "completion_mask": mask.to(log_probs.dtype),
        "advantages": advantages,
        "old_per_token_logps": old_log_probs,
        "ref_per_token_logps": reference_log_probs,
    }
    return GRPOTrainer._compute_loss(trainer, None, given)
