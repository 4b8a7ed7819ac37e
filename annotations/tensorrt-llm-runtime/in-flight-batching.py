"""Tabulate which plugin settings mean in-flight batching, and look for it in the Python sources."""

import itertools

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
stand_ins = {"Tensor": None, "Mapping": lambda: None, "trt": None}
name = "tensorrt_llm.models.generation_mixin:GenerationMixin"
taken = extract(tree, name, given=stand_ins)["GenerationMixin"]
two_profiles = taken.has_two_optimization_profiles

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

texts = {path: path.read_text(encoding="utf-8") for path in sorted(tree.rglob("*.py"))}
switch = "'--use_inflight_batching'"
having = {path.parent.name for path, text in texts.items() if switch in text}
print("build scripts with the switch:", *sorted(having))
known = {"baichuan", "chatglm", "falcon", "gpt", "gptj", "internlm", "llama", "mpt", "qwen"}
assert having == known, "Nine build scripts have the option --use_inflight_batching."
command = texts[tree / "tensorrt_llm" / "commands" / "build.py"]
three = ("'--use_gpt_attention_plugin'", "'--remove_input_padding'", "'--paged_kv_cache'")
assert all(option in command for option in three) and switch not in command, (
    "trtllm-build has the three, but not the one."
)
users = [path for path, text in texts.items() if "GptManager" in text]
sessions = [path.name for path, text in texts.items() if "GptSession(" in text]
assert (users, "model_runner_cpp.py" in sessions) == ([], True), (
    "No Python file of the package or its examples uses GptManager: run.py's C++ session is not "
    "in-flight batching."
)
