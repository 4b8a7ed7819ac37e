"""Read the model's name from engine folders of both formats, and look up its tokenizer."""

import json
import tempfile
from contextlib import chdir
from pathlib import Path
from types import SimpleNamespace

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
loaded = []


class Stop(Exception):
    """Ends the example's main() once it has a tokenizer."""


def load(**options):
    loaded.append(options)
    raise Stop


stand_ins = {
    "examples/run.py.tensorrt_llm": SimpleNamespace(mpi_rank=lambda: 0),
    "logger": SimpleNamespace(set_level=lambda level: None),
    "load_tokenizer": load,
    "ModelRunner": None,
    "ModelRunnerCpp": None,
    "PYTHON_BINDINGS": False,
}
names = ("examples/run.py:main", "examples/utils.py:DEFAULT_HF_MODEL_DIRS")
taken = extract(tree, *names, given=stand_ins)
main, table = taken["main"], taken["DEFAULT_HF_MODEL_DIRS"]


def run(config, tokenizer_dir=None):
    """Run main() as far as the tokenizer; return its folder and name of the model, or the error."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("config.json").write_text(json.dumps(config))
        options = {"engine_dir": ".", "tokenizer_dir": tokenizer_dir, "log_level": "error"}
        options |= {"vocab_file": None, "tokenizer_type": None}
        try:
            main(SimpleNamespace(**options))
        except Stop:
            return loaded[-1]["tokenizer_dir"], loaded[-1]["model_name"]
        except KeyError as error:
            return f"KeyError: {error}"


def old_engine(name, **sizes):
    """Return a configuration of the old format."""
    return {"builder_config": {"name": name, **sizes}}


old, large = old_engine("bloom"), old_engine("bloom", hidden_size=14336, num_layers=70)
new, other = (
    {"version": "0.7.1", "pretrained_config": {"architecture": f"{name}ForCausalLM"}}
    for name in ("Bloom", "OPT")
)
found = {"old": run(old), "new": run(new), "new, with a folder": run(new, "a folder")}
found["another new"] = run(other)
print("tokenizer and name:", found)
assert found["old"] == run(large) == ("bigscience/bloom-560m", "bloom"), (
    "An old engine's name finds a default tokenizer on the Hub: bigscience/bloom-560m, "
    "whatever the model's size."
)
defaults = {name: run(old_engine(name)) for name in table if "ForCausalLM" not in name}
assert len(table) == 18 and defaults == {name: (table[name], name) for name in table}, (
    "The 18 names of the table are old ones, and each finds its own default."
)
assert found["new"] == "KeyError: 'BloomForCausalLM'", (
    "A new engine's name is its architecture, and has no default: KeyError."
)
assert found["another new"] == "KeyError: 'OPTForCausalLM'", (
    "So it is for OPT, the other model that trtllm-build serves."
)
assert found["new, with a folder"] == ("a folder", "BloomForCausalLM"), (
    "With --tokenizer_dir nothing is looked up."
)
