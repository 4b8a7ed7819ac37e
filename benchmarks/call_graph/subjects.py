"""What is measured: entries, the distributions that are read for them, and their scenarios."""

from __future__ import annotations

from dataclasses import dataclass

_TORCH = ("torch", "2.13.0")


@dataclass(frozen=True, slots=True)
class Subject:
    """One entry. A version None is the installed one; `core` are the files of its own code."""

    entry: str
    distributions: tuple[tuple[str, str | None], ...]
    scenarios: str
    core: tuple[str, ...]
    seen_before: bool

    @property
    def packages(self) -> list[str]:
        """The packages whose functions count; here they are called as their distributions."""
        return [name for name, _ in self.distributions]


SUBJECTS = (
    Subject(
        entry="torch.nn.Transformer",
        distributions=(_TORCH,),
        scenarios="scenarios",
        core=(
            "torch/nn/modules/transformer.py",
            "torch/nn/modules/activation.py",
            "torch/nn/functional.py",
        ),
        seen_before=True,
    ),
    Subject(
        entry="torch.nn.LSTM",
        distributions=(_TORCH,),
        scenarios="scenarios_lstm",
        core=("torch/nn/modules/rnn.py",),
        seen_before=False,
    ),
    Subject(
        entry="transformers.LlamaForCausalLM",
        distributions=(("transformers", None), _TORCH),
        scenarios="scenarios_llama",
        core=("transformers/models/llama/modeling_llama.py",),
        seen_before=True,
    ),
    Subject(
        entry="transformers.GPT2Model",
        distributions=(("transformers", None), _TORCH),
        scenarios="scenarios_gpt2",
        core=("transformers/models/gpt2/modeling_gpt2.py",),
        seen_before=False,
    ),
    Subject(
        entry="transformers.BertModel",
        distributions=(("transformers", None), _TORCH),
        scenarios="scenarios_bert",
        core=("transformers/models/bert/modeling_bert.py",),
        seen_before=False,
    ),
    Subject(
        entry="transformers.T5Model",
        distributions=(("transformers", None), _TORCH),
        scenarios="scenarios_t5",
        core=("transformers/models/t5/modeling_t5.py",),
        seen_before=True,
    ),
)
