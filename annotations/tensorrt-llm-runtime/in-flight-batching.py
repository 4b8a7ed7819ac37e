"""Tabulate which plugin settings mean in-flight batching, and run the options that set them.

The options of GPT-J's script in 0.5.0 are run, too. What the archives hold is in no Python file.
"""

import itertools
import sys
from types import SimpleNamespace

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree, older_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
IN_FLIGHT = "--use_inflight_batching"
stand_ins = {"Tensor": None, "Mapping": lambda: None, "trt": None}
stand_ins["logger"] = SimpleNamespace(set_level=lambda level: None, info=lambda text: None)
mixin = "tensorrt_llm.models.generation_mixin:GenerationMixin"
script, command = "examples/gptj/build.py", "tensorrt_llm.commands.build"
taken = extract(tree, mixin, f"{script}:parse_arguments", given=stand_ins)
given = {"logger": stand_ins["logger"]}
older = extract(older_tree, f"{script}:parse_arguments", given=given)
two_profiles = taken["GenerationMixin"].has_two_optimization_profiles
trtllm_build = extract(tree, f"{command}:parse_arguments")["parse_arguments"]

table = {}
for attention, packed, paged in itertools.product((False, True), repeat=3):
    table[attention, packed, paged] = two_profiles(attention, False, packed, paged)
print("attention plugin, packed input, paged cache: two profiles?")
for switches, answer in table.items():
    print("  ", *("on " if each else "off" for each in switches), answer)
single = [switches for switches, answer in table.items() if not answer]
assert single == [(True, True, True)], (
    "Without the GEMM plugin, one profile is enough only if attention plugin, packed input "
    "and paged cache are all on: in-flight batching."
)
with_gemm = {
    switches: two_profiles(switches[0], True, *switches[1:])
    for switches in itertools.product((False, True), repeat=3)
}
assert not any(with_gemm[True, packed, paged] for packed in (0, 1) for paged in (0, 1)), (
    "With both plugins there is one profile, whatever the other two switches say."
)
assert all(with_gemm[False, packed, paged] for packed in (0, 1) for paged in (0, 1)), (
    "Without the attention plugin there are two."
)


def switches_of(options):
    """Return attention plugin, packed input and paged cache of a script's options."""
    names = ("use_gpt_attention_plugin", "remove_input_padding", "paged_kv_cache")
    return [getattr(options, name, None) for name in names]


def command_line(*options):
    """Return the three switches of trtllm-build with these options, or how it ends."""
    sys.argv = ["trtllm-build", *options]
    try:
        return switches_of(trtllm_build())
    except SystemExit as error:
        return f"exit with status {error.code}"


of_script = [switches_of(taken["parse_arguments"](line)) for line in ([], [IN_FLIGHT])]
print("off and on, in GPT-J's build script:", of_script)
assert of_script == [[False] * 3, ["float16", True, True]], (
    "In GPT-J's build script, --use_inflight_batching switches all three on."
)
of_older = [switches_of(older["parse_arguments"](line)) for line in ([], [IN_FLIGHT])]
print("in GPT-J's build script of 0.5.0:", of_older)
assert of_script == of_older, "In 0.5.0 the option of GPT-J's build script sets the same three."
three = ("--use_gpt_attention_plugin", "--remove_input_padding", "--paged_kv_cache")
of_command = [command_line(), command_line(*three), command_line(IN_FLIGHT)]
assert of_command == [[False] * 3, ["float16", True, True], "exit with status 2"], (
    "trtllm-build has the three, but not the one."
)
