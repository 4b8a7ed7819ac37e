"""Draw tokens with given times, and many times over."""

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.gpu import standing_in

tree = source_tree("nano-vllm==0.2.0")
torch.manual_seed(0)
with standing_in("nanovllm"):
    taken = extract(
        tree, "nanovllm.layers.sampler:Sampler", "nanovllm.sampling_params:SamplingParams"
    )
sampler, SamplingParams = taken["Sampler"](), taken["SamplingParams"]
logits = torch.tensor([1.0, 0.5, -1.0, 0.0])


def drawn(rows, temperature, dtype=torch.float32):
    """Draw one token for each of so many equal rows."""
    given = logits.to(dtype).repeat(rows, 1)
    return sampler(given, torch.full((rows,), temperature))


random = torch.get_rng_state()
tokens = drawn(50, 0.7)
torch.set_rng_state(random)
times = torch.empty(50, 4).exponential_(1)
quotients = (logits / 0.7).softmax(-1) / times
assert torch.equal(tokens, quotients.argmax(-1)), (
    "The token with the largest quotient of probability and time is taken."
)
shares = drawn(20000, 0.7).bincount(minlength=4) / 20000
probabilities = (logits / 0.7).softmax(-1)
print("shares:", [round(one, 3) for one in shares.tolist()])
print("probabilities:", [round(one, 3) for one in probabilities.tolist()])
assert torch.allclose(shares, probabilities, atol=0.015), (
    "Of 20,000 draws each token's share is its probability, to two digits."
)
both = sampler(logits.repeat(4000, 1), torch.tensor([0.5, 2.0]).repeat(2000))
sharp, flat = (both[place::2].eq(0).float().mean().item() for place in (0, 1))
print("likeliest:", round(sharp, 2), round(flat, 2))
assert abs(sharp - 0.66) < 0.05 and abs(flat - 0.36) < 0.05, (
    "Two rows with temperatures of 0.5 and 2 differ by them: the first takes its likeliest token "
    "more often."
)
assert drawn(500, 1e-5).eq(0).all(), "At 1e-5 the largest logit is taken every time."


def refused(temperature):
    """Tell with which words a temperature is refused, None if it is taken."""
    try:
        SamplingParams(temperature=temperature)
    except AssertionError as error:
        return str(error)


words = "greedy sampling is not permitted"
assert [refused(one) for one in (1e-9, 1e-10, 0.0)] == [None, words, words], (
    "SamplingParams takes 1e-9, and refuses 0 and 1e-10 with an AssertionError."
)
narrow, wide = logits.bfloat16().repeat(2, 1), logits.repeat(2, 1)
for given in (narrow, wide):
    sampler(given, torch.full((2,), 0.5))
assert torch.equal(wide, 2 * logits.repeat(2, 1)) and (
    torch.equal(narrow, logits.bfloat16().repeat(2, 1))
), "Float32 logits are divided in place, bfloat16 ones are as before."
