"""What trainings took, as their makers or others have told it in public."""

from dataclasses import dataclass

from nextword import scaling


@dataclass(frozen=True)
class Published:
    """A model, with what is known of its training."""

    name: str
    year: int
    source: str
    n_parameters: float | None = None  # None where its makers have not said
    n_tokens: float | None = None
    told: float | None = None  # operations, where somebody told them outright

    @property
    def flops(self) -> float:
        """Operations: as they were told, or else by the rule of thumb."""
        return self.told or scaling.six_n_d(self.n_parameters, self.n_tokens)


MODELS = [
    Published("GPT-3", 2020, "arXiv 2005.14165, table D.1", 174.6e9, 300e9, 3.14e23),
    Published("Chinchilla", 2022, "arXiv 2203.15556, table 1", 70e9, 1.4e12),
    Published("PaLM", 2022, "arXiv 2204.02311, section 5", 540e9, 780e9),
    Published("GPT-4", 2023, "an estimate by Epoch AI", told=2.1e25),
    Published("Llama 2 70B", 2023, "arXiv 2307.09288, table 1", 70e9, 2e12),
    Published("Llama 3.1 405B", 2024, "arXiv 2407.21783, section 1", 405e9, 15.6e12, 3.8e25),
]
