"""`read --run auto`: a small model is made by rules on names, its script kept, and it runs."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.story_example import srcread, write

from srcread.stories.auto import script_for, settings_given

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")

PACKAGE = '''\
"""A package with classes of settings, as large libraries of models have them."""
import torch
from torch import nn


class Settings:
    model_type = "base"

    def __init__(self, **given):
        for name, value in given.items():
            setattr(self, name, value)


class TextSettings(Settings):
    model_type = "text"

    def __init__(self, vocab_size=50000, hidden_size=4096, intermediate_size=11008,
                 num_hidden_layers=36, num_attention_heads=32, num_key_value_heads=8,
                 head_dim=128, eos_token_id=49999, layer_types=None,
                 rope_scaling={"type": "linear", "factor": 2.0}, **given):
        super().__init__(**given)
        self.vocab_size, self.hidden_size = vocab_size, hidden_size
        self.intermediate_size, self.num_hidden_layers = intermediate_size, num_hidden_layers
        self.num_attention_heads = num_attention_heads
        self.num_key_value_heads, self.head_dim = num_key_value_heads, head_dim
        self.eos_token_id, self.rope_scaling = eos_token_id, rope_scaling
        self.layer_types = layer_types or ["near", "far"] * (num_hidden_layers // 2)
        if len(self.layer_types) != num_hidden_layers:
            raise ValueError("layer_types must say something of each layer")
        if eos_token_id >= vocab_size:
            raise ValueError("eos_token_id is no word")


class Base(nn.Module):
    main_input_name = "input_ids"

    def __init__(self, config):
        super().__init__()
        self.config = config


class Layer(nn.Module):
    def __init__(self, config, kind):
        super().__init__()
        self.kind = kind
        self.up = nn.Linear(config.hidden_size, config.intermediate_size)
        self.down = nn.Linear(config.intermediate_size, config.hidden_size)

    def forward(self, x):
        return x + self.down(self.up(x).relu() if self.kind == "near" else self.up(x))


class Unused(nn.Module):
    def forward(self, x):
        return x


class TextModel(Base):
    config_class = TextSettings

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config, kind) for kind in config.layer_types)
        self.spare = Unused()

    def forward(self, input_ids=None, attention_mask=None):
        x = self.embed(input_ids)
        for layer in self.layers:
            x = layer(x)
        return x


class Masked(TextModel):
    def forward(self, input_ids=None, attention_mask=None):
        if attention_mask is None:
            raise ValueError("attention_mask is needed here")
        return super().forward(input_ids) * attention_mask[..., None]


class Odd(TextModel):
    def forward(self, input_ids, thing_of_its_own):
        return super().forward(input_ids) + thing_of_its_own


class WideSettings(TextSettings):
    def __init__(self, hidden_size=768, num_attention_heads=12, num_hidden_layers=2, **given):
        super().__init__(
            hidden_size=hidden_size, num_attention_heads=num_attention_heads,
            num_hidden_layers=num_hidden_layers, **given)
        assert hidden_size // num_attention_heads == 64, "a head has 64"


class Wide(TextModel):
    config_class = WideSettings


class SeenSettings(Settings):
    model_type = "seen"

    def __init__(self, image_size=224, num_channels=3, hidden_size=1024, text_config=None, **given):
        super().__init__(**given)
        self.image_size, self.num_channels = image_size, num_channels
        self.hidden_size = hidden_size
        self.text_config = text_config or TextSettings()


class Seeing(Base):
    config_class = SeenSettings
    main_input_name = "pixel_values"

    def __init__(self, config):
        super().__init__(config)
        self.conv = nn.Conv2d(config.num_channels, config.hidden_size, 16, 16)
        self.words = nn.Embedding(config.text_config.vocab_size, config.hidden_size)

    def forward(self, pixel_values):
        return self.conv(pixel_values).flatten(2).mean(-1)


class BrokenSettings(Settings):
    model_type = "broken"

    def __init__(self, hidden_size=None, **given):
        super().__init__(**given)
        self.hidden_size = hidden_size
        if hidden_size is None:
            raise ValueError("hidden_size is None: a checkpoint says it")


class Broken(Base):
    config_class = BrokenSettings

    def __init__(self, config):
        super().__init__(config)
        self.linear = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, hidden_states):
        return self.linear(hidden_states)


class Loading(TextModel):
    def __init__(self, config):
        super().__init__(config)
        import urllib.request
        urllib.request.urlopen("http://example.org/weights")


class Hanging(TextModel):
    def forward(self, input_ids=None):
        while True:
            pass


class Needing(nn.Module):
    def __init__(self, first, second):
        super().__init__()
'''

MAKERS = '''\
"""A package with functions that make models, as libraries of image models have them."""
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width=512, depth=8):
        super().__init__()
        self.pretrained_cfg = {"input_size": (3, 224, 224)}
        self.stem = nn.Conv2d(3, width, 4, 4)
        self.body = nn.Sequential(*[nn.Conv2d(width, width, 1) for _ in range(depth)])

    def forward(self, x):
        return self.body(self.stem(x)).mean((2, 3))


def net_large(pretrained=False, **given):
    return Net(1024, **given)


def net_tiny(pretrained=False, **given):
    return Net(32, 2, **given)
'''

OWN = """\
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class GPTConfig:
    block_size: int = 1024
    vocab_size: int = 50304
    n_layer: int = 12
    n_head: int = 12
    n_embd: int = 768


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        assert config.n_embd % config.n_head == 0
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        blocks = [nn.Linear(config.n_embd, config.n_embd) for _ in range(config.n_layer)]
        self.h = nn.ModuleList(blocks)

    def forward(self, idx, targets=None):
        x = self.wte(idx)
        for block in self.h:
            x = block(x)
        return x


class Plain(nn.Module):
    def __init__(self, width=6):
        super().__init__()
        self.linear = nn.Linear(width, width)

    def forward(self, whatever):
        return self.linear(whatever)
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    files = {"many/__init__.py": PACKAGE, "nets/__init__.py": MAKERS, "own.py": OWN}
    work = write(tmp_path / "work", files)
    monkeypatch.chdir(work)
    return work


def auto(entry: str, *arguments: str) -> tuple[int, str]:
    result = srcread("read", entry, "--run", "auto", "-o", "site", *arguments)
    return result.exit_code, result.output


def page(name: str) -> str:
    (found,) = Path("site").glob(f"en/*/*/{name}.html")
    inline = re.sub(r"</?(span|abbr|code|a|i|wbr)\b[^>]*>", "", found.read_text("utf-8"))
    return " ".join(re.sub(r"<[^>]*>", " ", inline).split())


def test_a_class_with_settings_is_made_small_runs_and_is_kept_as_a_script() -> None:
    status, said = auto("./many:many:TextModel")
    assert status == 0, said
    script = Path("run_TextModel.py").read_text()
    for words in ("hidden_size=32", "layer_types=['near', 'far']", "eos_token_id=255"):
        assert words in script
    assert "hidden_size 32 instead of 4,096" in said and "num_hidden_layers 2 instead of 36" in said
    assert "run_TextModel.py" in said and "many.Unused" in said
    shown = page("many.TextModel.forward")
    assert "tiny model with random weights" in shown and "hidden_size 32 instead of 4,096" in shown
    assert "input_ids (2, 8)" in shown
    again = srcread("read", "./many:many:TextModel", "--run", "run_TextModel.py", "-o", "again")
    assert again.exit_code == 0, again.output


def test_a_script_that_is_there_is_not_written_over() -> None:
    Path("run_TextModel.py").write_text("mine\n")
    status, said = auto("./many:many:TextModel")
    assert status == 0 and "--keep" in said, said
    assert Path("run_TextModel.py").read_text() == "mine\n"
    status, said = auto("./many:many:TextModel", "--keep", "other.py")
    assert status == 0 and "Kept as other.py" in said and Path("other.py").is_file(), said


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("./many:many:Masked", "attention_mask=torch.ones(2, 8"),
        ("./many:many:Wide", "num_attention_heads=4"),
        ("./many:many:Seeing", "pixel_values=torch.randn(2, 3, 224, 224)"),
        ("./nets:nets:Net", "net_tiny()"),
        ("./nets:nets:net_large", "x=torch.randn(2, 3, 64, 64)"),
        ("own.py:GPT", "n_embd=32"),
        ("own.py:Plain", "whatever=torch.randn(2, 8, 6)"),
        ("torch.nn.Transformer", "tgt=torch.randn(2, 8, 512)"),
    ],
)
def test_models_of_many_kinds_are_made_and_called(entry: str, words: str) -> None:
    status, said = auto(entry, "--keep", "made.py")
    assert status == 0, said
    assert words in Path("made.py").read_text()


@pytest.mark.parametrize(
    ("entry", "words", "comment"),
    [
        ("./many:many:Odd", "no rule says what 'thing_of_its_own' is", "thing_of_its_own=..."),
        ("./many:many:Broken", "--config", ""),
        ("./many:many:Loading", "no network", "model = Loading(config)"),
        ("./many:many:Needing", "it needs 'first', 'second'", ""),
        ("./many:many", "name a class", ""),
    ],
)
def test_what_no_rule_makes_is_said_and_the_tried_script_is_kept(
    entry: str, words: str, comment: str
) -> None:
    status, said = auto(entry, "--keep", "made.py")
    assert status == 2 and words in said, said
    assert not Path("site").exists()
    if comment:
        lines = Path("made.py").read_text().splitlines()
        at = next(number for number, line in enumerate(lines) if comment in line)
        assert lines[at - 1].lstrip().startswith("#") and "made.py" in said


def test_settings_of_a_checkpoint_are_taken_and_made_small() -> None:
    given = {"hidden_size": 5120, "vocab_size": 99, "eos_token_id": 7, "architectures": ["X"]}
    Path("config.json").write_text(json.dumps(given))
    status, said = auto("./many:many:TextModel", "--config", "config.json")
    assert status == 0 and "32 instead of 5,120" in said, said
    script = Path("run_TextModel.py").read_text()
    assert (
        "vocab_size=99" in script and "eos_token_id=7" in script and "architectures" not in script
    )
    status, said = auto("./many:many:Broken", "--config", '{"hidden_size": 64}')
    assert status == 0, said


def test_real_sizes_have_the_published_shapes_and_no_values() -> None:
    status, said = auto("./many:many:TextModel", "--sizes", "real")
    assert status == 0, said
    shown = page("many.Layer.forward")
    assert "x (2, 8, 4096)" in shown and "model without values" in shown
    assert "num_hidden_layers=2" in Path("run_TextModel.py").read_text()


@pytest.mark.parametrize("option", [("--sizes", "real"), ("--config", "{}"), ("--keep", "x.py")])
def test_options_of_a_model_made_by_rules_are_refused_of_a_script(option: tuple[str, str]) -> None:
    Path("run.py").write_text("import own\n")
    result = srcread("read", "own.py", "--run", "run.py", *option)
    assert result.exit_code == 2 and "--run auto" in result.output


def test_the_name_of_a_script_is_that_of_its_entry() -> None:
    named = {
        "transformers.Qwen3ForCausalLM": "run_Qwen3ForCausalLM.py",
        "model.py:GPT.forward": "run_GPT.py",
        "./folder:pkg.mod:Net": "run_Net.py",
    }
    assert {entry: script_for(entry).name for entry in named} == named


@pytest.mark.parametrize("text", ["[1]", "{", "none.json"])
def test_a_config_that_is_none_is_refused(text: str) -> None:
    status, said = auto("own.py:GPT", "--config", text)
    assert status == 2 and ("JSON" in said or "no file" in said), said


def test_settings_are_read_of_a_file_or_of_the_text_itself() -> None:
    assert settings_given('{"a": 1}') == {"a": 1}
