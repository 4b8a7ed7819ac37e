"""Run the whole engine on three requests, and hold each row of logits against transformers'."""

import atexit
import sys
import tempfile
from types import SimpleNamespace
from unittest.mock import patch

import torch
from transformers import AutoTokenizer, Qwen3Config, Qwen3ForCausalLM

from srcread.lab import must_fail, source_tree
from srcread.lab.gpu import Memory, standing_in

sys.path.insert(0, str(source_tree("nano-vllm==0.2.0")))
torch.manual_seed(0)
SIZES = {"vocab_size": 64, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2}
HEADS = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 4}
config = Qwen3Config(
    **SIZES, **HEADS, max_position_embeddings=512, eos_token_id=63, dtype="float64"
)
reference = Qwen3ForCausalLM(config).double().eval()
for parameter in reference.parameters():
    if parameter.dim() > 1:
        parameter.data.normal_(0, 0.3)
    else:
        parameter.data.uniform_(0.5, 1.5)
folder = tempfile.mkdtemp()
tokenizer = SimpleNamespace(eos_token_id=63)
reference.save_pretrained(folder)
text = torch.randint(0, 63, (900,)).tolist()
prompts = [text[:300], [*text[:256], 1, 2, 3, 4], text[600:855]]
read, gaps, largest = [], [], 0.0


def watch(scheduler):
    """Let a scheduler note what it schedules: tokens so far, cached and scheduled counts."""
    original = scheduler.schedule

    def schedule():
        seqs, is_prefill = original()
        now.clear()
        for seq in seqs:
            count = seq.num_cached_tokens + seq.num_scheduled_tokens
            now.append(seq.token_ids[: count if is_prefill else None])
            if is_prefill:
                read.append((len(seq), seq.num_cached_tokens))
        return seqs, is_prefill

    scheduler.schedule = schedule


def compare(sampler, given, sampled):
    """Hold the logits that are sampled from against those of transformers."""
    global largest
    for row, tokens in zip(given[0], now, strict=True):
        with torch.no_grad():
            expected = reference(torch.tensor([tokens])).logits[0, -1]
        gaps.append((row - expected).abs().max().item())
        largest = max(largest, expected.abs().max().item())


block = 2 * 2 * 256 * 2 * 4 * 8  # bytes: keys and values, layers, tokens, heads, size, float64
now = []
with (
    standing_in("nanovllm", memory=Memory(total=int(4.5 * block / 0.9))),
    patch.object(AutoTokenizer, "from_pretrained", lambda *_, **__: tokenizer),
):
    from nanovllm import LLM, SamplingParams

    engine = LLM(folder, enforce_eager=True, max_model_len=512)
    atexit.unregister(engine.exit)
    engine.model_runner.sampler.register_forward_pre_hook(
        lambda sampler, given: compare(sampler, [given[0].clone()], None)
    )
    watch(engine.scheduler)
    for place, prompt in enumerate(prompts):
        engine.add_request(prompt, SamplingParams(temperature=0.8, max_tokens=4, ignore_eos=True))
        if place == 0:
            engine.step()
    if must_fail("Logits of all steps are those of transformers, to 1e-4."):
        engine.model_runner.kv_cache[1, 0, 0, 7] += 1
    while not engine.is_finished():
        engine.step()
    engine.exit()

print("read, and of it cached:", *read, "| rows:", len(gaps))
print(f"largest gap {max(gaps):.1e} of {largest:.1f}")
assert max(gaps) < 1e-4 and len(gaps) > 10 and largest > 2, (
    "Logits of all steps are those of transformers, to 1e-4."
)
assert read[1] == (260, 256), "Of the second request's 260 tokens 256 are found in the cache."
assert read[2:] == [(255, 0), (257, 256)], (
    "The third request is read with 255 tokens, and again with 257, of which 256 are still cached."
)
