"""Run the example's main() with runners of our own, and see which it takes and what it passes.

BLOOM's script of 0.5.0 is run with the same runners at hand.
"""

import argparse
import ast
import io
import os
import sys
from contextlib import redirect_stderr
from types import SimpleNamespace
from unittest.mock import MagicMock

import torch

from srcread.lab import replace, source_tree
from srcread.lab.extract import extract

tree, older_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
if not torch.cuda.is_available():
    replace(torch.cuda, synchronize=lambda: None)
prompts = [torch.zeros(1, length, dtype=torch.int32) for length in (3, 5)]
taken, warnings = [], []


class Runner:
    """A runner that keeps what it was made with."""

    gather_all_token_logits = False

    @classmethod
    def from_dir(cls, **options):
        taken.append((cls.__name__, options))
        return cls()

    def generate(self, prompts, **options):
        return {"output_ids": torch.zeros(2, 1, 4), "sequence_lengths": [[4], [4]]}


class ModelRunner(Runner):
    """The Python runner."""


class ModelRunnerCpp(Runner):
    """The C++ runner."""


def run(bindings, use_py_session):
    """Run main() where the C++ bindings are there or not; return the runner and its options."""
    stand_ins = {
        "PYTHON_BINDINGS": bindings,
        "ModelRunner": ModelRunner,
        "ModelRunnerCpp": ModelRunnerCpp,
        "tensorrt_llm": SimpleNamespace(mpi_rank=lambda: 0),
        "logger": SimpleNamespace(set_level=lambda level: None, warning=warnings.append),
        "read_model_name": lambda folder: "gpt",
        "load_tokenizer": lambda **options: (None, 0, 0),
        "parse_input": lambda **options: prompts,
        "print_output": lambda *printed, **options: None,
    }
    wanted = SimpleNamespace(
        use_py_session=use_py_session, engine_dir="engine", tokenizer_dir="tokenizer"
    )
    others = "vocab_file tokenizer_type input_text input_file lora_dir lora_ckpt_source"
    others += " max_attention_window_size temperature top_k top_p length_penalty debug_mode"
    others += " repetition_penalty lora_task_uids prompt_table_path prompt_tasks log_level"
    others += " output_csv output_npy output_logits_npy add_special_tokens num_prepend_vtokens"
    vars(wanted).update(dict.fromkeys(others.split()))
    wanted.use_prompt_template = wanted.streaming = False
    wanted.max_input_length, wanted.max_output_len, wanted.num_beams = 923, 7, 2
    extract(tree, "examples/run.py:main", given=stand_ins)["main"](wanted)
    return taken[-1]


chosen = {
    (bindings, wish): run(bindings, wish)[0] for bindings in (True, False) for wish in (False, True)
}
print("bindings, use_py_session:", chosen)
assert chosen[True, False] == "ModelRunnerCpp", "With the C++ bindings, the C++ runner is taken."
assert chosen[True, True] == "ModelRunner", "With --use_py_session, the Python runner is taken."
assert (chosen[False, False], chosen[False, True]) == ("ModelRunner", "ModelRunner"), (
    "Without the bindings it is the Python runner in any case."
)
assert len(warnings) == 1 and "fallback to Python session" in warnings[0], (
    "Only the run that wished for the C++ runner and lacked the bindings is warned."
)

python, cpp = run(True, True)[1], run(True, False)[1]
limits = {name: value for name, value in cpp.items() if name not in python}
print("only the C++ runner is told:", limits)
assert limits == {
    "max_batch_size": 2,
    "max_input_len": 5,
    "max_output_len": 7,
    "max_beam_width": 2,
    "max_attention_window_size": None,
}, "Only the C++ runner is told limits: those of this very batch."

settings = SimpleNamespace(update=lambda **options: None)
kinds = "FLOAT HALF INT8 INT32 BOOL UINT8 BF16 INT64"
stand_ins = {
    "DataType": SimpleNamespace(**dict.fromkeys(kinds.split())),
    "SamplingConfig": lambda **options: settings,
    "ModelRunnerMixin": type("Mixin", (), {"_check_inputs": lambda *inputs: None}),
    "_populate_sampling_config": lambda config: None,
}
unused = "GenerationInput GptSession GptSessionConfig GptJsonConfig KvCacheConfig WorldConfig"
unused += " PromptTuningParams profiler logger"
stand_ins |= dict.fromkeys(unused.split())
name = "tensorrt_llm.runtime.model_runner_cpp:ModelRunnerCpp"
real = extract(tree, name, given=stand_ins)["ModelRunnerCpp"](None, 1, 1, 1, 1)
refusals = []
for option in ("lora_uids", "streaming", "stopping_criteria", "logits_processor"):
    try:
        real.generate([], **{option: [1]})
    except Exception as error:  # of whatever kind: the claim says which
        refusals.append((type(error).__name__, str(error).partition(" is not")[0]))
print("the C++ runner refuses:", *refusals, sep="\n  ")
features = "LoRA", "Streaming", "Stopping criteria", "Logits processor"
assert refusals == [("RuntimeError", feature) for feature in features], (
    "The C++ runner refuses LoRA, streaming, stopping criteria and logits processors."
)


def run_older_script(bindings, *options):
    """Run BLOOM's run.py of 0.5.0; return what it makes of the runtime, or how it ended."""
    path = older_tree / "examples/bloom/run.py"
    lines = ast.parse(path.read_text("utf-8")).body
    lines = [line for line in lines if not isinstance(line, ast.Import | ast.ImportFrom)]
    stood_in = "torch", "tensorrt_llm", "json", "open", "ModelConfig", "SamplingConfig", "print"
    stood_in += "BloomTokenizerFast", "get_engine_name"
    names = {name: MagicMock() for name in stood_in}
    names["get_engine_name"].return_value = "engine"
    framework, config = names["tensorrt_llm"], names["json"].load()
    framework.mpi_world_size.return_value = config["builder_config"]["tensor_parallel"]
    framework.runtime.PYTHON_BINDINGS = bindings
    names |= {"__name__": "__main__", "argparse": argparse, "os": os}
    sys.argv = ["run.py", "--max_output_len=7", *options]
    try:
        exec(compile(ast.Module(lines, []), str(path), "exec"), names)
    except SystemExit as error:
        return f"exit with status {error.code}"
    return [name for name, *_ in framework.runtime.method_calls if "." not in name]


with redirect_stderr(io.StringIO()):
    refusal = run_older_script(True, "--use_py_session")
older = {bindings: run_older_script(bindings) for bindings in (True, False)}
now = {bindings: chosen[bindings, False] for bindings in (True, False)}
print("with and without bindings:", now, "in 0.5.0:", older, "with the option:", refusal)
assert (now, older, refusal) == (
    {True: "ModelRunnerCpp", False: "ModelRunner"},
    {True: ["GenerationSession"], False: ["GenerationSession"]},
    "exit with status 2",
), (
    "BLOOM's run.py of 0.5.0 makes a GenerationSession where 0.7.1 takes a runner by the bindings, "
    "and knows no --use_py_session."
)
