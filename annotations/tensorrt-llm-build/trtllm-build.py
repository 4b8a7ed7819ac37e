"""Run trtllm-build on a small BLOOM checkpoint of two ranks, with options and without."""

import contextlib
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from safetensors.torch import save_file

from srcread.lab import replace, source_tree
from srcread.lab.tensorrt import install

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
install()

from tensorrt_llm.commands import build as command
from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig

torch.manual_seed(0)
# The stand-in builds without a GPU.
replace(torch.cuda, set_device=lambda device: None, device_count=lambda: 1)

CONFIG = {
    "architecture": "BloomForCausalLM",
    "dtype": "float16",
    "vocab_size": 64,
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "hidden_act": "gelu",
    "position_embedding_type": "alibi",
    "mapping": {"world_size": 2, "tp_size": 2, "pp_size": 1},
    "use_parallel_embedding": False,
    "embedding_sharding_dim": 0,
    "share_embedding_table": False,
}
OPT = {
    "architecture": "OPTForCausalLM",
    "hidden_act": "relu",
    "max_position_embeddings": 64,
    "position_embedding_type": "learned_absolute",
    "do_layer_norm_before": True,
    "use_prompt_tuning": True,
    "mapping": {"world_size": 1, "tp_size": 1, "pp_size": 1},
}


def write_checkpoint(folder):
    """Write what convert_checkpoint.py writes: a configuration and one file of weights per rank."""
    (folder / "config.json").write_text(json.dumps(CONFIG))
    for rank in range(2):
        model = BloomForCausalLM.from_config(PretrainedConfig.from_dict(dict(CONFIG)))
        weights = {name: torch.tensor(p.raw_value) for name, p in model.named_parameters()}
        save_file(weights, folder / f"rank{rank}.safetensors")


def run(*options, source="--checkpoint_dir=checkpoint"):
    """Run the command in an empty folder; return the files it wrote, their texts, its error."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        Path("checkpoint").mkdir()
        write_checkpoint(Path("checkpoint"))
        Path("opt.json").write_text(json.dumps(CONFIG | OPT))
        before = set(Path().rglob("*"))
        sys.argv = ["trtllm-build", source, "--output_dir=engines", "--log_level=error"]
        sys.argv += ["--use_gpt_attention_plugin", "--use_gemm_plugin", *options]
        problem = ""
        try:
            command.main()
        except (NameError, RuntimeError, SystemExit, TypeError, ValueError) as error:
            problem = str(error)
        texts = {p.name: p.read_text() for p in set(Path().rglob("*")) - before if p.is_file()}
        return dict(sorted(texts.items())), problem


def parsed(*options):
    """Return what the command takes --timing_cache and --multi_block_mode for."""
    sys.argv = ["trtllm-build", *options]
    with contextlib.suppress(SystemExit):  # an option that it does not know
        arguments = vars(command.parse_arguments())
        return arguments.get("timing_cache"), arguments.get("multi_block_mode")


plain, _ = run()
print("written:", *plain)
assert list(plain) == ["config.json", "rank0.engine", "rank1.engine"], (
    "trtllm-build writes config.json and one engine per rank, and no timing cache."
)

unused = ["--timing_cache=my.cache", "--multi_block_mode"]
taken = [parsed(), parsed(*unused)]
print("without and with both options:", *taken)
assert taken == [("model.cache", False), ("my.cache", True)] and run(*unused)[0] == plain, (
    "--timing_cache and --multi_block_mode are accepted, and change no network and no config.json."
)

gathering, _ = run("--gather_all_token_logits")
changed = [name for name in plain if gathering.get(name) != plain[name]]
config = json.loads(gathering.get("config.json", "{}")).get("build_config", {})
print("--gather_all_token_logits changes", *changed)
assert changed == ["config.json"] and config.get("gather_all_token_logits"), (
    "--gather_all_token_logits is noted in config.json, and the networks stay as they are."
)

problems = {
    "BLOOM": run("--max_prompt_embedding_table_size=8")[1],
    "OPT": run("--max_prompt_embedding_table_size=8", source="--model_config=opt.json")[1],
}
for name in problems:
    print(f"--max_prompt_embedding_table_size, {name}:", problems[name])
assert all(each.endswith("unexpected keyword argument 'tasks'") for each in problems.values()), (
    "Prompt tuning cannot be built: an input is prepared that forward does not take."
)

torch.cuda.device_count = lambda: 0
_, problem = run()
print("on a machine without GPUs:", problem)
assert problem == "max_workers must be greater than 0", (
    "Without a GPU the command asks for a pool of no workers, and fails."
)


def run_missing_checkpoint(workers):
    """Build both ranks of a checkpoint that has no weights; return the name of the error."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        Path("config.json").write_text(json.dumps(CONFIG))
        try:
            command.build_and_save(name, None, name, workers, "error")
        except Exception as error:
            return type(error).__name__
    return "none"


replace(
    command, ProcessPoolExecutor=lambda mp_context, max_workers: ThreadPoolExecutor(max_workers)
)
errors = {workers: run_missing_checkpoint(workers) for workers in (1, 2)}
print("error without weights, by workers:", errors)
assert errors == {1: "FileNotFoundError", 2: "none"}, (
    "With one worker a rank that fails stops the command; with several it ends without an error."
)
