"""Checks of lesson 07: norms, an MLP, a layer, the last step, a count of dials, a hunt for a neuron."""

EXERCISES = (
    "transformer.rms_norm",
    "transformer.mlp",
    "transformer.block",
    "transformer.next_logits",
    "transformer.count_parameters",
    "neuron_ablation.find_neuron",
)
