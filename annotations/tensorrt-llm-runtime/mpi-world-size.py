"""Ask the framework for its rank and world size, in worlds of MPI that mpirun may have made."""

import json
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest.mock import patch

os.environ["TLLM_LOG_LEVEL"] = "error"

from srcread.lab import must_fail, source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

tree, older_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
sys.path.insert(0, str(tree))
names = "mpi_world_size", "mpi_rank", "mpi_comm"
LONE = (0, 1)  # rank and size of a process that no mpirun of its own MPI has started


def world(rank, size):
    """Return modules that stand for mpi4py in such a world."""
    mpi = ModuleType("mpi4py.MPI")
    mpi.COMM_WORLD = SimpleNamespace(Get_rank=lambda: rank, Get_size=lambda: size)
    package = ModuleType("mpi4py")
    package.MPI = mpi
    return {"mpi4py": package, "mpi4py.MPI": mpi}


def told(tree, rank, size):
    """Return what the framework says of rank and size, by its own functions."""
    taken = extract(tree, *(f"tensorrt_llm/_utils.py:{name}" for name in names))
    with patch.dict(sys.modules, world(rank, size)):
        return taken["mpi_rank"](), taken["mpi_world_size"]()


both = [told(tree, rank, 2) for rank in range(2)]
if must_fail("Rank and size are those of mpi4py's COMM_WORLD."):
    both = [told(tree, rank, 3) for rank in range(2)]
print("rank and size under the mpirun of mpi4py's MPI:", *both)
assert both == [(0, 2), (1, 2)], "Rank and size are those of mpi4py's COMM_WORLD."

of_mpirun = {"OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "1", "PMI_SIZE": "2"}
with patch.dict(os.environ, of_mpirun | {"PMI_RANK": "1", "WORLD_SIZE": "2"}):
    alone = told(tree, *LONE)
    if must_fail("Variables that mpirun sets are not read: a world of one stays one."):
        alone = tuple(int(os.environ[f"OMPI_COMM_WORLD_{what}"]) for what in ("RANK", "SIZE"))
print("in a world of one, whatever the environment says:", alone)
assert alone == LONE, "Variables that mpirun sets are not read: a world of one stays one."
assert told(older_tree, *LONE) == LONE and told(older_tree, 1, 2) == (1, 2), (
    "0.5.0 asks mpi4py in the same way."
)

old_format = {"name": "gpt", "precision": "float16", "tensor_parallel": 2, "num_layers": 6}
new_format = {
    "version": "0.7.1",
    "pretrained_config": {
        "architecture": "BloomForCausalLM",
        "dtype": "float16",
        "vocab_size": 100,
        "hidden_size": 48,
        "num_hidden_layers": 6,
        "num_attention_heads": 6,
        "hidden_act": "gelu",
        "position_embedding_type": "alibi",
        "mapping": {"world_size": 2, "tp_size": 2},
    },
    "build_config": {
        "max_input_len": 5,
        "max_output_len": 7,
        "max_batch_size": 8,
        "max_beam_width": 1,
        "max_num_tokens": None,
        "plugin_config": {},
    },
}

with standing_in(), tempfile.TemporaryDirectory() as folder:
    from tensorrt_llm._utils import mpi_rank
    from tensorrt_llm.builder import Engine
    from tensorrt_llm.runtime.model_runner import read_config

    config = Path(folder, "config.json")
    for rank in range(2):
        Path(folder, f"rank{rank}.engine").write_text(f"engine of rank {rank}")

    def refusal(size):
        """Return the words with which an engine of the old format for two ranks is refused."""
        config.write_text(json.dumps({"builder_config": old_format}))
        with patch.dict(sys.modules, world(0, size)):
            try:
                read_config(config)
            except AssertionError as error:
                return str(error)
            except KeyError as error:  # it went on to read the sizes, which are not there
                return f"not refused, {error} is asked for next"

    words = refusal(1), refusal(2)
    print("old format, processes alone and together:", *words, sep="\n  ")
    assert words == (
        "Engine world size (2 * 1) != Runtime world size (1)",
        "not refused, 'num_heads' is asked for next",
    ), "In the old format, an engine for two ranks is refused by each lone process."

    def loaded(*worlds):
        """Return the engines, and their ranks, that processes in these worlds load."""
        config.write_text(json.dumps(new_format))
        engines = []
        for each in worlds:
            with patch.dict(sys.modules, world(*each)):
                found = Engine.from_dir(folder, mpi_rank())
            data = getattr(found, "engine", b"none")
            settings = getattr(found, "config", found).pretrained_config
            engines.append((bytes(data).decode(), settings.mapping.rank))
        return engines

    together, lone = loaded((0, 2), (1, 2)), loaded(LONE, LONE)
    print("new format, together:", together, "and each alone:", lone)
    assert (together, lone) == (
        [("engine of rank 0", 0), ("engine of rank 1", 1)],
        [("engine of rank 0", 0), ("engine of rank 0", 0)],
    ), "In the new format, two lone processes both load rank0.engine, and nothing is refused."
