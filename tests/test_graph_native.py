"""Operators out of an operator list, what differentiates them, and where their C++ stands."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from srcread.errors import SrcreadError
from srcread.graph import native
from srcread.graph.idioms import shipped_idioms
from srcread.graph.native import Natives
from srcread.graph.native.cpp import read_cpp_table, shipped_cpp_table
from srcread.graph.native.derivatives import Derivatives
from srcread.graph.native.operators import OperatorList
from srcread.graph.native.overloads import CallForm, call_form, choose, in_order
from srcread.graph.present import graph_as_json, graph_as_tree
from srcread.graph.stored import dump_graph, load_graph
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import Derivative, Distribution, Operator, Plugin
from srcread.opening.code import Code
from srcread.sources import Sources, open_path
from srcread.support.cache import Cache

LIST = """\
# The head of the list says what it is.
- func: scale(Tensor self, Scalar by) -> Tensor
  structured_delegate: scale.out
  variants: function, method
  dispatch:
    # NB: sparse tensors have a kernel of their own
    SparseCPU, SparseCUDA: scale_sparse  # both
  tags: core

- func: scale.out(Tensor self, Scalar by, *, Tensor(a!) out) -> Tensor(a!)
  structured: True
  dispatch:
    CPU: scale_out_cpu
    CUDA: scale_out_cuda

- func: scale_(Tensor(a!) self, Scalar by) -> Tensor(a!)
  variants: method
  dispatch:
    CPU: scale_cpu_

- func: mix(Tensor self, int dim) -> Tensor
  variants: function, method

- func: mix.other_out(Tensor self, int dim, *, Tensor(a!) result) -> Tensor(a!)

- func: join.names(Tensor self, Dimname dim) -> Tensor
- func: join.dim(Tensor self, int dim, bool keepdim=False) -> Tensor
- func: join(Tensor self) -> Tensor
- func: place(Tensor(a) self, SymInt[] size) -> Tensor(a)
  variants: method
- func: place.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)
  variants: method
- func: dense(Tensor input, Tensor? bias=None) -> Tensor
  python_module: nn
  dispatch:
    CompositeImplicitAutograd: dense
    MPS: dense_mps
- func: rank(Tensor self) -> int
- func: noise(int[] size, *, ScalarType? dtype=None) -> Tensor
  dispatch:
    CompositeExplicitAutograd: noise
- func: sum(Tensor self) -> Tensor
  structured_delegate: sum.out
- func: sum.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)
  structured: True
  ufunc_inner_loop:
    Generic: sum (AllAndComplex)
  dispatch:
    SparseCPU: sum_sparse_out
- func: nothing(Tensor self) -> Tensor
  dispatch: {}
- func: place_copy(Tensor self, SymInt[] size) -> Tensor
  dispatch:
    CompositeExplicitAutogradNonFunctional: place_copy
- func: scale_backward(Tensor grad, Scalar by) -> Tensor
  dispatch:
    CPU: scale_backward_cpu
"""

DERIVATIVES = """\
# Every entry is a formula per input.
- name: scale(Tensor self, Scalar by) -> Tensor
  self: "grad.defined() ? scale_backward_symint(grad, mix(self, 0).join(1), by) : Tensor()"
  result: forward_mode(self_t)

- name: join.dim(Tensor self, int dim, bool keepdim=False) -> Tensor
  dispatch:
    Default:
      self: spread(grad, dim,
              rank(self))
    AutogradNestedTensor:
      # TODO: another day
      self: spread_nested(grad)
      result: auto_linear

- name: join(Tensor self) -> Tensor
  self: 'not_implemented("join: self")'

- name: dense(Tensor input, Tensor? bias=None) -> Tensor
  output_differentiability: [True]
  input, bias: dense_backward(grad)

- name:  place(Tensor(a) self, SymInt[] size) -> Tensor(a)
  self: grad.place(self.sym_sizes())

- name: noise(int[] size, *, ScalarType? dtype=None) -> Tensor
  size: non_differentiable
"""


def operator(name: str, listed: str = LIST) -> Operator:
    operators = OperatorList(listed, "demo")
    found = operators.operator(name)
    assert found is not None
    return operators.with_kernels(found)


def derivative(name: str, text: str = DERIVATIVES) -> tuple[Derivative, tuple[str, ...]]:
    return Derivatives(text, OperatorList(LIST)).of(operator(name))


def test_an_operator_is_read_with_its_line_and_fields() -> None:
    found = operator("scale_")
    assert found.schema == "scale_(Tensor(a!) self, Scalar by) -> Tensor(a!)"
    assert LIST.split("\n")[found.line - 1] == f"- func: {found.schema}"
    assert (found.variants, found.distribution) == (("method",), "demo")


def test_a_structured_operator_has_the_kernels_of_the_one_that_it_delegates_to() -> None:
    assert operator("scale").dispatch == {
        "CPU": "scale_out_cpu",
        "CUDA": "scale_out_cuda",
        "SparseCPU": "scale_sparse",
        "SparseCUDA": "scale_sparse",
    }


def test_an_operator_without_a_dispatch_table_is_composite_by_its_own_name() -> None:
    assert operator("mix").dispatch == {"CompositeImplicitAutograd": "mix"}
    assert operator("mix.other_out").dispatch == {"CompositeImplicitAutograd": "mix_out"}


def test_an_operator_of_generated_loops_has_a_kernel_for_each_device_and_its_own() -> None:
    assert operator("sum").dispatch == {
        "CPU": "ufunc_sum_CPU",
        "CUDA": "ufunc_sum_CUDA",
        "SparseCPU": "sum_sparse_out",
    }


def test_an_operator_with_an_empty_dispatch_table_has_no_kernel() -> None:
    assert operator("nothing").dispatch == {}


def test_a_name_that_only_begins_alike_is_another_operator() -> None:
    assert [item.name for item in OperatorList(LIST).overloads("scale")] == ["scale", "scale.out"]
    assert OperatorList(LIST).overloads("scal") == ()


def test_a_list_with_windows_line_ends_reads_the_same() -> None:
    assert operator("scale", LIST.replace("\n", "\r\n")) == operator("scale")


@pytest.mark.parametrize(
    ("call", "method", "chosen"),
    [
        ("join(x)", False, "join"),
        ("join(x, 1)", False, "join.dim"),
        ("x.join(1)", True, "join.dim"),
        ("x.join(axis=1, keepdims=True)", True, "join.dim"),
        ("join(*both)", False, "join"),
        ("join(x, **options)", False, "join"),
        ("join(x, 1, 2, 3, 4)", False, "join"),
        ("scale(x, 2, out=y)", False, "scale"),
    ],
)
def test_the_form_of_a_call_chooses_among_overloads(call: str, method: bool, chosen: str) -> None:
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    name = ast.unparse(node.func).rpartition(".")[2]
    ordered = in_order(OperatorList(LIST).overloads(name), "pkg._C", method)
    assert choose(ordered, [call_form(node)], method).name == chosen


def test_sizes_may_be_written_without_their_brackets() -> None:
    ordered = in_order(OperatorList(LIST).overloads("place"), "pkg._C.Tensor", method=True)
    assert choose(ordered, [CallForm(3)], method=True).name == "place"
    assert choose(ordered, [CallForm(0, ("dtype",))], method=True).name == "place.dtype"


def test_the_overload_must_fit_every_call_or_the_plain_one_is_taken() -> None:
    ordered = in_order(OperatorList(LIST).overloads("join"), "pkg._C", method=False)
    assert choose(ordered, [CallForm(2), CallForm(3)], method=False).name == "join.dim"
    assert choose(ordered, [CallForm(1), CallForm(2)], method=False).name == "join"


def test_what_python_offers_under_an_owner_comes_first() -> None:
    text = "- func: f.a(Tensor x) -> Tensor\n- func: f.b(Tensor x) -> Tensor\n"
    overloads = OperatorList(text + "  python_module: nn\n").overloads("f")
    assert [item.name for item in in_order(overloads, "pkg._C._nn", False)] == ["f.a", "f.b"]
    swapped = (replace(overloads[0], python_module="fft"), overloads[1])
    assert [item.name for item in in_order(swapped, "pkg._C._nn", False)] == ["f.b", "f.a"]


@pytest.mark.parametrize(
    ("name", "how", "calls"),
    [
        ("scale", Derivative.FORMULA, ("scale_backward", "mix", "join")),
        ("scale_", Derivative.FORMULA, ("scale_backward", "mix", "join")),
        ("scale.out", Derivative.NONE, ()),
        ("join.dim", Derivative.BOTH, ("spread", "rank", "spread_nested")),
        ("join", Derivative.COMPOSITE, ()),
        ("dense", Derivative.BOTH, ("dense_backward",)),
        ("place_copy", Derivative.FORMULA, ("place",)),
        ("nothing", Derivative.NONE, ()),
        ("mix", Derivative.COMPOSITE, ()),
        ("noise", Derivative.NONE, ()),
        ("rank", Derivative.NONE, ()),
    ],
)
def test_the_functions_of_an_operators_backward_are_named(
    name: str, how: Derivative, calls: tuple[str, ...]
) -> None:
    assert derivative(name) == (how, calls)


def test_without_derivatives_an_operator_with_kernels_has_none() -> None:
    assert derivative("scale", "") == (Derivative.NONE, ())


TABLE = """\
[lists]
demo = "native/functions.yaml"

[files.demo]
scale_cpu = "native/Scale.cpp"

[generated.demo]
ufunc_scale_CPU = "native/ufunc/scale.h"

[plugins.demo.Attention]
class = "AttentionPlugin"
file = "cpp/plugins/attentionPlugin.cpp"
versions = ["1.0"]
"""


def test_a_table_knows_functions_files_and_plugins_by_distribution(tmp_path: Path) -> None:
    path = tmp_path / "table.toml"
    path.write_text(TABLE, "utf-8")
    table = read_cpp_table(path)
    assert table.lists == {"demo": "native/functions.yaml"}
    assert table.file("demo", "scale_cpu") == "native/Scale.cpp"
    assert table.file("other", "scale_cpu") is None
    assert table.file("demo", "ufunc_scale_CPU") == "native/ufunc/scale.h"
    assert table.is_generated("demo", "ufunc_scale_CPU")
    assert not table.is_generated("demo", "scale_cpu")
    assert not table.is_generated("other", "ufunc_scale_CPU")
    assert table.plugin("demo", "Attention") == Plugin(
        "Attention", "AttentionPlugin", "cpp/plugins/attentionPlugin.cpp", ("1.0",)
    )
    assert table.plugin("demo", "attention") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[plugin.x]", "nothing reads 'plugin' in the file. Did you mean 'plugins'?"),
        ("[plugins.d.P]\nclass = 'C'", "plugins.d.P lacks 'file'"),
        ("[plugins.d.P]\nclass = 'C'\nfile = 'f'\nline = 3", "'line' in plugins.d.P"),
        ("[plugins.d.P]\nclass = 'C'\nfile = 'f'\nversions = '1'", "Write a list of texts."),
        ("[files.d]\nf = 3", "files.d.f is 3. Write a text in quotes."),
        ("[files]\nd = 'f'", "files.d is 'f'. Write a table: [files.d]."),
        ("[generated.d]\nf = ''", "generated.d.f is ''. Write a text in quotes."),
        ("[files", "this table cannot be read"),
    ],
)
def test_a_broken_table_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "table.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SrcreadError) as caught:
        read_cpp_table(path)
    assert said in str(caught.value)


def test_the_shipped_table_is_sorted_and_names_files_of_c_plus_plus() -> None:
    table = shipped_cpp_table()
    for files in (*table.files.values(), *table.generated.values()):
        assert list(files) == sorted(files)
        assert all(path.endswith((".cpp", ".cu", ".h")) for path in files.values())


def test_every_path_of_torchs_table_is_below_a_folder_of_its_c_plus_plus() -> None:
    table = shipped_cpp_table()
    paths = {*table.files["torch"].values(), *table.generated["torch"].values()}
    assert len(paths) > 100
    strange = [path for path in paths if not path.startswith(("aten/src/ATen/", "torch/csrc/"))]
    assert strange == []


def test_no_function_of_the_shipped_table_both_stands_in_a_file_and_is_generated() -> None:
    table = shipped_cpp_table()
    for distribution, functions in table.generated.items():
        assert not set(functions) & set(table.files[distribution])


def test_an_entry_of_the_shipped_table_says_what_was_read() -> None:
    shipped = Path(native.__file__).parents[1].joinpath("cpp_files.toml").read_text("utf-8")
    functions, _, _ = shipped.partition("[plugins.")
    entries = [
        line for line in functions.split("\n") if re.match(r'\w+ = "(aten/src|torch)/', line)
    ]
    unread = [
        line
        for line in entries
        if not re.search(r"  # ([\w-]+/\w+ )?[0-9a-f]{8}(, by [A-Z_]+)?$", line)
        and not line.endswith("  # the header in torch 2.13.0")
    ]
    assert unread == ['torch = "aten/src/ATen/native/native_functions.yaml"']
    assert len(entries) > 390


def test_every_shipped_plugin_says_in_which_versions_its_class_was_found() -> None:
    plugins = shipped_cpp_table().plugins["tensorrt_llm"]
    assert len(plugins) == 21
    assert list(plugins) == sorted(plugins)
    assert all(plugin.versions for plugin in plugins.values())
    assert plugins["Lora"].versions == ("0.7.1",)


FRAMEWORK = """\
import tensorrt

def attention(name):
    creator = tensorrt.get_plugin_registry().get_plugin_creator("GPTAttention", "1", "ns")
    plugin = creator.create_plugin("attention", None)
    tensorrt.get_plugin_registry().get_plugin_creator(name, "1", "ns")
    tensorrt.get_plugin_registry().get_plugin_creator("OwnAttention", "1", "ns")
    return plugin
"""


def test_a_plugin_asked_for_by_name_leads_to_its_class_and_file(tmp_path: Path) -> None:
    (tmp_path / "tensorrt_llm").mkdir()
    (tmp_path / "tensorrt_llm" / "__init__.py").write_text(FRAMEWORK, "utf-8")
    sources = Sources([open_path(tmp_path / "tensorrt_llm")])
    graph = build_graph(Index(sources), ["tensorrt_llm.attention"])
    assert set(graph.plugins) == {"GPTAttention"}
    assert graph.plugins["GPTAttention"].cpp_class == "GPTAttentionPlugin"
    assert load_graph(dump_graph(graph)) == graph
    tree = "\n".join(graph_as_tree(graph))
    assert "L4 GPTAttention = GPTAttentionPlugin (cpp/tensorrt_llm/plugins/gpt" in tree
    assert "L7 OwnAttention [native], by way of" in tree
    plugins = graph_as_json(graph, sources.distributions)["plugins"]
    assert plugins["GPTAttention"]["versions"] == ["0.5.0", "0.7.1"]


PACKAGE = {
    "__init__.py": "",
    "_C.pyi": "def scale(self, by): ...\n",
    "main.py": "from pkg._C import scale\ndef run(x):\n    return scale(x, 2)\n",
    "lists/ATen/native/functions.yaml": LIST,
    "lists/autograd/derivatives.yaml": DERIVATIVES,
}
IDIOMS = replace(
    shipped_idioms(),
    operator_modules=("pkg._C",),
    operator_yaml="pkg/lists/ATen/native/functions.yaml",
)


def _package(folder: Path) -> Distribution:
    """Write the package below a folder, and open it."""
    for name, text in PACKAGE.items():
        path = folder / "pkg" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return open_path(folder / "pkg")


def test_a_graph_in_the_cache_is_walked_anew_when_an_operator_list_changes(tmp_path: Path) -> None:
    lists = "torchgen/packaged"
    changes = {
        f"{lists}/ATen/native/native_functions.yaml": ("CPU: scale_out_cpu", "CPU: changed_cpu"),
        f"{lists}/autograd/derivatives.yaml": ("scale_backward", "changed_backward"),
        "torch/_C/_nn.pyi": ("def scale", "def other"),
    }
    files = {
        "torch/__init__.py": "",
        "torch/_C/__init__.pyi": "",
        "torch/main.py": "from torch._C._nn import scale\ndef run(x):\n    return scale(x, 2)\n",
    }
    texts = dict(zip(changes, (LIST, DERIVATIVES, "def scale(self, by): ...\n"), strict=True))
    for name, text in {**files, **texts}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")

    def described() -> Operator:
        code = Code([open_path(tmp_path / "torch")], ["torch.main.run"], Cache(tmp_path / "cache"))
        assert set(changes) <= {place.partition(":")[2] for place in code.graph.files}
        return code.graph.operators["torch._C._nn.scale"]

    assert described() == described()
    for name, (old, new) in list(changes.items())[:2]:
        before = described()
        (tmp_path / name).write_text(texts[name].replace(old, new), "utf-8")
        assert described() != before


def test_an_operator_says_which_of_its_functions_a_build_writes(tmp_path: Path) -> None:
    path = tmp_path / "table.toml"
    path.write_text(
        '[files.pkg]\nsum_sparse_out = "native/Sum.cpp"\n'
        '[generated.pkg]\nufunc_sum_CPU = "native/ufunc/sum.h"\n',
        "utf-8",
    )
    sources = Sources([_package(tmp_path)])
    found = Natives(sources, IDIOMS, read_cpp_table(path)).described("pkg._C.sum")
    assert found is not None
    assert found.files == {
        "sum_sparse_out": "native/Sum.cpp",
        "ufunc_sum_CPU": "native/ufunc/sum.h",
    }
    assert found.generated == ("ufunc_sum_CPU",)


def test_a_graph_carries_its_operators_to_json_and_to_bytes_and_back(tmp_path: Path) -> None:
    found = _package(tmp_path)
    graph = build_graph(Index(Sources([found])), ["pkg.main.run"], IDIOMS)
    scale = graph.operators["pkg._C.scale"]
    assert (scale.overloads, scale.backward) == (2, ("scale_backward", "mix", "join"))
    assert load_graph(dump_graph(graph)) == graph
    made = replace(scale, files={"scale_out_cpu": "a.h"}, generated=("scale_out_cpu",))
    again = replace(graph, operators={"pkg._C.scale": made})
    assert load_graph(dump_graph(again)) == again
    written = json.loads(json.dumps(graph_as_json(graph, [found])))["operators"]["pkg._C.scale"]
    assert written["derivative"] == "formula"
    assert written["dispatch"]["CPU"] == "scale_out_cpu"
    assert written["backward"] == ["scale_backward", "mix", "join"]
    assert list(graph_as_tree(graph))[1] == (
        "└─ L3 pkg._C.scale = aten::scale (CPU: scale_out_cpu, CUDA: scale_out_cuda, 2 more) "
        "[native]"
    )
