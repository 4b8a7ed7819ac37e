"""What ran becomes nested blocks: which value went where, and how often."""

from __future__ import annotations

from support.map_example import Model, outline

from srcread.site.blocks import Role, every_block
from srcread.site.maps.flow import MOST_BLOCKS

LINEAR = """
class Linear:
    def forward(self, x):
        return linear(x)
"""


def test_a_sum_of_two_values_has_both_as_inputs() -> None:
    model = Model(
        f"""{LINEAR}
class Layer:
    def forward(self, x):
        x = x + self.a(x)
        return self.b(x)
"""
    )
    inner = model.leaf("Linear.forward")
    calls = {"self.a(x)": [(inner, 1)], "self.b(x)": [(inner, 1)]}
    model.ran("Layer.forward", calls=calls, operators={"x = x + self.a(x)": ["add"]})

    assert outline(model.map()) == [
        "Layer(x)",
        "  a Linear(x)",
        "  +(x, a)",
        "  b Linear(+)",
    ]


def test_a_plus_that_ran_no_addition_of_tensors_is_no_sum() -> None:
    model = Model(
        f"""{LINEAR}
class Layer:
    def forward(self, x):
        y = x.shape + self.a(x).shape
        return self.b(x)
"""
    )
    inner = model.leaf("Linear.forward")
    calls = {"self.a(x)": [(inner, 1)], "self.b(x)": [(inner, 1)]}
    model.ran("Layer.forward", calls=calls)

    assert outline(model.map()) == ["Layer(x)", "  a Linear(x)", "  b Linear(x)"]


def test_equal_rounds_of_a_loop_are_one_block_with_their_number() -> None:
    model = Model(
        f"""{LINEAR}
class Stack:
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
"""
    )
    first, other = model.leaf("Linear.forward"), model.leaf("Linear.forward", "gelu")
    model.ran("Stack.forward", calls={"layer(x)": [(first, 1), (other, 3)]})

    assert outline(model.map()) == [
        "Stack(x)",
        "  layers Linear(x)",
        "  layers Linear x3(layers)",
    ]


def test_a_loop_over_two_calls_is_a_group_that_repeats_both() -> None:
    model = Model(
        f"""{LINEAR}
class Stack:
    def forward(self, x):
        for layer, norm in zip(self.layers, self.norms):
            x = norm(layer(x))
        return x
"""
    )
    one, two = model.leaf("Linear.forward"), model.leaf("Linear.forward", "layer_norm")
    model.ran("Stack.forward", calls={"layer(x)": [(one, 4)], "norm(layer(x))": [(two, 4)]})

    assert outline(model.map()) == [
        "Stack(x)",
        "  group x4(x)",
        "    layers Linear(x)",
        "    norms Linear(layers)",
    ]


def test_a_branch_that_did_not_run_is_not_there() -> None:
    model = Model(
        f"""{LINEAR}
class Layer:
    def forward(self, x):
        if self.first:
            x = self.a(x)
        else:
            x = self.b(x)
        return x
"""
    )
    inner = model.leaf("Linear.forward")
    model.ran("Layer.forward", calls={"self.b(x)": [(inner, 1)]}, without=["x = self.a"])

    assert outline(model.map()) == ["Layer(x)", "  b Linear(x)"]


def test_a_function_that_calls_modules_is_a_group_and_hands_its_result_through() -> None:
    model = Model(
        f"""{LINEAR}
class Layer:
    def forward(self, x):
        return self.b(self.block(x))
    def block(self, x):
        return self.a2(self.a1(x))
"""
    )
    inner = model.leaf("Linear.forward")
    calls = {"self.a1(x)": [(inner, 1)], "self.a2(self.a1(x))": [(inner, 1)]}
    block = model.ran("Layer.block", calls=calls)
    outer = {"self.block(x)": [(block, 1)], "self.b(self.block(x))": [(inner, 1)]}
    model.ran("Layer.forward", calls=outer)

    assert outline(model.map()) == [
        "Layer(x)",
        "  block(x)",
        "    a1 Linear(x)",
        "    a2 Linear(a1)",
        "  b Linear(a2)",
    ]


def test_a_mask_that_was_prepared_on_the_way_keeps_the_name_that_the_caller_gave_it() -> None:
    model = Model(
        f"""{LINEAR}
def prepare(mask):
    return fill(mask)
class Attention:
    def forward(self, x, mask):
        return attention(x, mask)
class Layer:
    def forward(self, x, padding):
        padding = prepare(padding)
        return self.attn(x, padding)
"""
    )
    mask = "(2, 8) bool"
    ready = model.ran("prepare", {"mask": mask}, {}, {"return fill(mask)": ["masked_fill_"]})
    inner = model.ran("Attention.forward", {"self": "<MHA>", "x": "(2, 8) f32", "mask": mask})
    calls = {"prepare(padding)": [(ready, 1)], "self.attn(x, padding)": [(inner, 1)]}
    model.ran("Layer.forward", {"self": "<Layer>", "x": "(2, 8) f32", "padding": mask}, calls)

    assert outline(model.map()) == ["Layer(x, padding)", "  attn MHA(x, padding)"]


def test_an_operator_that_python_does_not_define_is_found_by_its_name() -> None:
    model = Model(
        f"""{LINEAR}
class Layer:
    def forward(self, x):
        y = torch.softmax(self.a(x), -1)
        return y
"""
    )
    inner = model.leaf("Linear.forward")
    operators = {"y = torch.softmax(self.a(x), -1)": ["softmax"]}
    model.ran("Layer.forward", calls={"self.a(x)": [(inner, 1)]}, operators=operators)

    assert outline(model.map()) == ["Layer(x)", "  a Linear(x)", "  softmax softmax(a)"]


def test_what_is_called_by_an_expression_has_no_name_but_its_class() -> None:
    model = Model(
        f"""{LINEAR}
class Layer:
    def forward(self, x):
        return ACT[self.kind](x)
"""
    )
    inner = model.leaf("Linear.forward")
    model.ran("Layer.forward", calls={"ACT[self.kind](x)": [(inner, 1)]})

    assert outline(model.map()) == ["Layer(x)", "  Linear(x)"]


def test_a_trace_without_shapes_gives_a_map_without_them() -> None:
    model = Model(
        f"""{LINEAR}
class Layer:
    def forward(self, x):
        return self.b(self.a(x))
"""
    )
    inner = model.leaf("Linear.forward", takes="<Tensor>", gives="<Tensor>")
    calls = {"self.a(x)": [(inner, 1)], "self.b(self.a(x))": [(inner, 1)]}
    model.ran("Layer.forward", {"self": "<Layer>", "x": "<Tensor>"}, calls, gives="<Tensor>")

    root = model.map()
    assert outline(root) == ["Layer(x)", "  a Linear(x)", "  b Linear(a)"]
    assert {one.takes for one in root.steps} == {""}


def test_what_nobody_ran_shows_both_branches_under_their_tests() -> None:
    model = Model(
        f"""{LINEAR}
class Layer:
    def forward(self, x):
        if self.first:
            x = self.a(x)
        for layer in self.layers:
            x = layer(x)
        return x
"""
    )
    inner = model.ran("Linear.forward", {"self": ""}, {}, {"linear(x)": ["linear"]})
    calls = {"self.a(x)": [(inner, 1)], "layer(x)": [(inner, 1)]}
    model.ran("Layer.forward", {"self": ""}, calls)

    assert outline(model.map(static=True)) == [
        "Layer(x)",
        "  group(x) if self.first",
        "    a Linear(x)",
        "  layers Linear x0(a)",
    ]


def test_modules_without_end_are_counted_where_the_walk_stops() -> None:
    model = Model(
        f"""{LINEAR}
class Twice:
    def forward(self, x):
        return self.b(self.a(x))
"""
    )
    inner = model.leaf("Linear.forward")
    for _ in range(60):  # which is 2 ** 60 modules
        calls = {"self.a(x)": [(inner, 1)], "self.b(self.a(x))": [(inner, 1)]}
        inner = model.ran("Twice.forward", calls=calls)

    blocks = list(every_block(model.map()))

    assert len(blocks) < MOST_BLOCKS + 200
    assert any(one.role is Role.FOLD and int(one.kind) > 1_000 for one in blocks)
