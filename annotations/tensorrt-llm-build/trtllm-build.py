"""Run trtllm-build on a small BLOOM checkpoint of two ranks, with options and without.

The script that builds BLOOM in 0.5.0 is run on a Hugging Face model.
"""

import contextlib
import io
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from safetensors.torch import save_file

from srcread.lab import replace, source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import install, standing_in

try:
    import transformers
except ImportError:
    print("transformers, which 0.5.0 reads the model with, is not installed")
    raise SystemExit(77) from None

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)
transformers.logging.disable_progress_bar()
theirs = transformers.BloomForCausalLM(
    transformers.BloomConfig(vocab_size=64, hidden_size=32, n_layer=1, n_head=4)
).half()
torch.nn.init.normal_(theirs.transformer.ln_f.weight)
# Not before modules of torch were imported with transformers, which keep the originals.
replace(torch.cuda, set_device=lambda device: None, device_count=lambda: 0)


def build_older():
    """Let the build.py of 0.5.0 build two ranks of Hugging Face's model; return what it wrote."""
    script = "examples/bloom/build.py"
    names = [f"{script}:{name}" for name in ("parse_arguments", "build")]
    taken = extract(trees["0.5.0"], *names, imported=["tensorrt_llm"])
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        theirs.save_pretrained("bloom")
        sys.argv = ["build.py", "--model_dir=bloom", "--world_size=2", "--output_dir=engines"]
        sys.argv += ["--use_gpt_attention_plugin", "--use_gemm_plugin", "--log_level=error"]
        with contextlib.redirect_stdout(io.StringIO()):  # it prints the model
            taken["build"](0, taken["parse_arguments"]())
        return sorted(path.name for path in Path("engines").iterdir())


def has_their_norm(network):
    """Tell whether a constant of a network is the weight of the model's last norm."""
    values = [layer.values for layer in network.layers if layer.kind.name == "CONSTANT"]
    return any(torch.equal(value, theirs.transformer.ln_f.weight) for value in values)


sys.path.insert(0, str(trees["0.5.0"]))
with standing_in() as stand_in:
    older = build_older()
    of_theirs = [has_their_norm(network) for network in stand_in.networks]

sys.path[0] = str(trees["0.7.1"])
install()

from tensorrt_llm.commands import build as command
from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig

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
        except (
            ArithmeticError,
            NameError,
            RuntimeError,
            SystemExit,
            TypeError,
            ValueError,
        ) as error:
            problem = str(error)
        texts = {p.name: p.read_text() for p in set(Path().rglob("*")) - before if p.is_file()}
        return dict(sorted(texts.items())), problem


def parsed(*options):
    """Return what the command takes --timing_cache and --multi_block_mode for."""
    sys.argv = ["trtllm-build", *options]
    with contextlib.suppress(SystemExit):  # an option that it does not know
        arguments = vars(command.parse_arguments())
        return arguments.get("timing_cache"), arguments.get("multi_block_mode")


_, problem = run()
print("on a machine without GPUs:", problem)
assert problem == "max_workers must be greater than 0", (
    "Without a GPU the command asks for a pool of no workers, and fails."
)

# The stand-in builds without a GPU, and other processes would be without the stand-in.
replace(torch.cuda, device_count=lambda: 1)
replace(
    command, ProcessPoolExecutor=lambda mp_context, max_workers: ThreadPoolExecutor(max_workers)
)

plain, _ = run()
print("written:", *plain)
assert list(plain) == ["config.json", "rank0.engine", "rank1.engine"], (
    "trtllm-build writes config.json and one engine per rank, and no timing cache."
)
print("by 0.5.0:", *older, "- with Hugging Face's weights:", *of_theirs)
as_here = sorted(name.removeprefix("bloom_float16_tp2_") for name in older)
assert (as_here, of_theirs) == (sorted([*plain, "model.cache"]), [True, True]), (
    "The build.py of 0.5.0 writes as many engines straight from a Hugging Face model, and a "
    "timing cache."
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


def run_missing_checkpoint(workers):
    """Build both ranks of a checkpoint that has no weights; return the name of the error."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        Path("config.json").write_text(json.dumps(CONFIG))
        try:
            command.build_and_save(name, None, name, workers, "error")
        except Exception as error:
            return type(error).__name__
    return "none"


errors = {workers: run_missing_checkpoint(workers) for workers in (1, 2)}
print("error without weights, by workers:", errors)
assert errors == {1: "FileNotFoundError", 2: "none"}, (
    "With one worker a rank that fails stops the command; with several it ends without an error."
)
