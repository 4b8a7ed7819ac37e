"""What is measured: entries, the distributions that are read for them, and their scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_TORCH = ("torch", "2.13.0")


@dataclass(frozen=True, slots=True)
class Subject:
    """One entry. A version None is the installed one; `core` are the files of its own code.

    `defined` is the name by which the running class knows itself, or the module whose functions
    are all entries. `folder` is where a module that is no distribution lies.
    """

    entry: str
    distributions: tuple[tuple[str, str | None], ...]
    scenarios: str
    core: tuple[str, ...]
    seen_before: bool
    defined: str
    folder: Path | None = None

    @property
    def packages(self) -> list[str]:
        """The packages whose functions count; here they are called as their distributions."""
        return [name for name, _ in self.distributions]

    def is_entry(self, name: str) -> bool:
        """Tell whether a function is one that a reader of the entry begins with."""
        if self.folder is not None:
            return name.startswith(f"{self.defined}.")
        return name in (f"{self.defined}.__init__", f"{self.defined}.forward")


_FURTHER = (
    Subject(
        entry="timm.models.VisionTransformer",
        distributions=(("timm", None), _TORCH),
        scenarios="models.vit",
        core=("timm/models/vision_transformer.py",),
        seen_before=False,
        defined="timm.models.vision_transformer.VisionTransformer",
    ),
    Subject(
        entry="timm.models.ConvNeXt",
        distributions=(("timm", None), _TORCH),
        scenarios="models.convnext",
        core=("timm/models/convnext.py",),
        seen_before=False,
        defined="timm.models.convnext.ConvNeXt",
    ),
    Subject(
        entry="diffusers.UNet2DConditionModel",
        distributions=(("diffusers", None), _TORCH),
        scenarios="models.unet",
        core=(
            "diffusers/models/unets/unet_2d_condition.py",
            "diffusers/models/unets/unet_2d_blocks.py",
        ),
        seen_before=False,
        defined="diffusers.models.unets.unet_2d_condition.UNet2DConditionModel",
    ),
    Subject(
        entry="torchvision.models.ResNet",
        distributions=(("torchvision", None), _TORCH),
        scenarios="models.resnet",
        core=("torchvision/models/resnet.py",),
        seen_before=False,
        defined="torchvision.models.resnet.ResNet",
    ),
    Subject(
        entry="torchvision.models.detection.backbone_utils.BackboneWithFPN",
        distributions=(("torchvision", None), _TORCH),
        scenarios="models.detection",
        core=(
            "torchvision/models/detection/backbone_utils.py",
            "torchvision/ops/feature_pyramid_network.py",
            "torchvision/models/_utils.py",
        ),
        seen_before=False,
        defined="torchvision.models.detection.backbone_utils.BackboneWithFPN",
    ),
    Subject(
        entry="transformers.Qwen3ForCausalLM",
        distributions=(("transformers", None), _TORCH),
        scenarios="models.qwen3",
        core=("transformers/models/qwen3/modeling_qwen3.py",),
        seen_before=False,
        defined="transformers.models.qwen3.modeling_qwen3.Qwen3ForCausalLM",
    ),
    Subject(
        entry="transformers.MixtralForCausalLM",
        distributions=(("transformers", None), _TORCH),
        scenarios="models.mixtral",
        core=("transformers/models/mixtral/modeling_mixtral.py",),
        seen_before=False,
        defined="transformers.models.mixtral.modeling_mixtral.MixtralForCausalLM",
    ),
    Subject(
        entry="transformers.WhisperModel",
        distributions=(("transformers", None), _TORCH),
        scenarios="models.whisper",
        core=("transformers/models/whisper/modeling_whisper.py",),
        seen_before=False,
        defined="transformers.models.whisper.modeling_whisper.WhisperModel",
    ),
    Subject(
        entry="transformers.MambaForCausalLM",
        distributions=(("transformers", None), _TORCH),
        scenarios="models.mamba",
        core=("transformers/models/mamba/modeling_mamba.py",),
        seen_before=False,
        defined="transformers.models.mamba.modeling_mamba.MambaForCausalLM",
    ),
    Subject(
        entry="tiny_gpt.py",
        distributions=(("tiny_gpt", None), _TORCH),
        scenarios="models.gpt",
        core=("tiny_gpt.py",),
        seen_before=False,
        defined="tiny_gpt",
        folder=Path(__file__).parents[2] / "tests/data/gpt",
    ),
)
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
        defined="torch.nn.modules.transformer.Transformer",
    ),
    Subject(
        entry="torch.nn.LSTM",
        distributions=(_TORCH,),
        scenarios="scenarios_lstm",
        core=("torch/nn/modules/rnn.py",),
        seen_before=False,
        defined="torch.nn.modules.rnn.LSTM",
    ),
    Subject(
        entry="transformers.LlamaForCausalLM",
        distributions=(("transformers", None), _TORCH),
        scenarios="scenarios_llama",
        core=("transformers/models/llama/modeling_llama.py",),
        seen_before=True,
        defined="transformers.models.llama.modeling_llama.LlamaForCausalLM",
    ),
    Subject(
        entry="transformers.GPT2Model",
        distributions=(("transformers", None), _TORCH),
        scenarios="scenarios_gpt2",
        core=("transformers/models/gpt2/modeling_gpt2.py",),
        seen_before=False,
        defined="transformers.models.gpt2.modeling_gpt2.GPT2Model",
    ),
    Subject(
        entry="transformers.BertModel",
        distributions=(("transformers", None), _TORCH),
        scenarios="scenarios_bert",
        core=("transformers/models/bert/modeling_bert.py",),
        seen_before=False,
        defined="transformers.models.bert.modeling_bert.BertModel",
    ),
    Subject(
        entry="transformers.T5Model",
        distributions=(("transformers", None), _TORCH),
        scenarios="scenarios_t5",
        core=("transformers/models/t5/modeling_t5.py",),
        seen_before=True,
        defined="transformers.models.t5.modeling_t5.T5Model",
    ),
    *_FURTHER,
)
