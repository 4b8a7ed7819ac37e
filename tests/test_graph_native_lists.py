"""torch's own lists of operators: what stands behind a builtin, as torch's own reader finds it."""

from __future__ import annotations

import pytest

from srcread.errors import NotFoundError
from srcread.graph.idioms import shipped_idioms
from srcread.graph.native import Natives
from srcread.graph.native.cpp import shipped_cpp_table
from srcread.graph.native.derivatives import Derivatives
from srcread.graph.native.operators import OperatorList
from srcread.graph.native.overloads import CallForm
from srcread.model import Derivative
from srcread.sources import Sources, open_distribution

MAIN_KEYS = ("CPU", "CUDA", "CompositeImplicitAutograd", "CompositeExplicitAutograd")
DERIVATIVES = "torchgen/packaged/autograd/derivatives.yaml"


@pytest.fixture(scope="module")
def natives() -> Natives:
    try:
        torch = open_distribution("torch", "2.13.0")
    except NotFoundError as error:
        pytest.skip(f"torch 2.13.0's sources are not here: {error}")
    return Natives(Sources([torch]), shipped_idioms())


@pytest.mark.parametrize(
    ("native", "name", "kernels", "how", "backward"),
    [
        (
            "_VariableFunctions.bmm",
            "bmm",
            {"CPU": "bmm_out_cpu", "CUDA": "bmm_out_cuda", "SparseCPU": "bmm_sparse_cpu"},
            Derivative.FORMULA,
            ("bmm", "transpose", "conj"),
        ),
        (
            "_VariableFunctions._transformer_encoder_layer_fwd",
            "_transformer_encoder_layer_fwd",
            {"CPU": "transformer_encoder_layer_forward"},
            Derivative.NONE,
            (),
        ),
        (
            "_VariableFunctions._scaled_dot_product_flash_attention",
            "_scaled_dot_product_flash_attention",
            {"CUDA": "_scaled_dot_product_flash_attention_cuda"},
            Derivative.FORMULA,
            ("_scaled_dot_product_flash_attention_backward",),
        ),
        (
            "_nn.scaled_dot_product_attention",
            "scaled_dot_product_attention",
            {"CompositeImplicitAutograd": "scaled_dot_product_attention"},
            Derivative.COMPOSITE,
            (),
        ),
        (
            "_nn.linear",
            "linear",
            {"CompositeImplicitAutograd": "linear"},
            Derivative.BOTH,
            ("linear_backward",),
        ),
        ("TensorBase.softmax", "softmax.int", {}, Derivative.COMPOSITE, ()),
        ("TensorBase.dim", "dim", {}, Derivative.NONE, ()),
    ],
)
def test_torchs_own_lists_say_what_is_behind_a_builtin(
    natives: Natives,
    native: str,
    name: str,
    kernels: dict[str, str],
    how: Derivative,
    backward: tuple[str, ...],
) -> None:
    found = natives.described(f"torch._C.{native}")
    assert found is not None
    assert (found.name, found.derivative, found.backward) == (name, how, backward)
    assert kernels.items() <= found.dispatch.items()


def test_a_call_by_dimension_means_the_overload_that_has_one(natives: Natives) -> None:
    mean = "torch._C.TensorBase.mean"
    plain = natives.described(mean, [CallForm(0)])
    by_dimension = natives.described(mean, [CallForm(0, ("dim",)), CallForm(1, ("keepdim",))])
    assert plain is not None and plain.name == "mean"
    assert by_dimension is not None and by_dimension.name == "mean.dim"
    assert by_dimension.backward == ("mean_backward",)


def test_a_builtin_that_is_no_operator_has_none(natives: Natives) -> None:
    assert natives.described("torch._C._log_api_usage_once") is None
    assert natives.operators("torch._C._VariableFunctions.no_such_operator") == ()


def test_every_function_of_the_shipped_table_is_one_that_torchs_lists_name(
    natives: Natives,
) -> None:
    torch = open_distribution("torch", "2.13.0")
    operators = OperatorList((torch.root / shipped_idioms().operator_yaml).read_text("utf-8"))
    derivatives = Derivatives((torch.root / DERIVATIVES).read_text("utf-8"), operators)
    named: set[str] = set()
    for base in operators.names():
        for operator in operators.overloads(base):
            named |= set(operators.with_kernels(operator).dispatch.values())
            named |= set(derivatives.of(operator)[1])
    table = shipped_cpp_table()
    assert {*table.files["torch"], *table.generated["torch"]} - named == set()


@pytest.mark.parametrize(
    "name",
    [
        "_addmm_activation",
        "_efficient_attention_forward",
        "_flash_attention_forward",
        "_fused_rms_norm",
        "_fused_sdp_choice",
        "_masked_softmax",
        "_native_multi_head_attention",
        "_scaled_dot_product_attention_math",
        "_scaled_dot_product_cudnn_attention",
        "_scaled_dot_product_efficient_attention",
        "_scaled_dot_product_flash_attention",
        "_scaled_dot_product_flash_attention_for_cpu",
        "_softmax",
        "_transform_bias_rescale_qkv",
        "_transformer_encoder_layer_fwd",
        "add.Tensor",
        "addmm",
        "batch_norm",
        "bmm",
        "cat",
        "conv1d",
        "conv2d",
        "cross_entropy_loss",
        "embedding",
        "gather",
        "group_norm",
        "gru.input",
        "index_add_",
        "linear",
        "lstm.input",
        "matmul",
        "max_pool2d",
        "max_pool2d_with_indices",
        "mse_loss",
        "native_batch_norm",
        "native_layer_norm",
        "nll_loss_forward",
        "rms_norm",
        "rsqrt",
        "scaled_dot_product_attention",
        "silu",
        "softmax.int",
        "sort",
        "uniform_",
    ],
)
def test_operators_below_usual_models_lead_to_the_files_of_their_functions(
    natives: Natives, name: str
) -> None:
    operator = natives.described(f"aten::{name}")
    assert operator is not None
    functions = {operator.dispatch[key] for key in MAIN_KEYS if key in operator.dispatch}
    assert functions
    assert functions <= set(operator.files)


def test_only_functions_of_generated_loops_are_said_to_be_generated(natives: Natives) -> None:
    for function in shipped_cpp_table().generated["torch"]:
        _, base, key = function.split("_")
        kernels = [one.dispatch for one in natives.operators(f"aten::{base}")]
        assert function in {dispatch.get(key) for dispatch in kernels}


def test_torchs_own_reader_finds_the_same_kernels_of_every_operator(natives: Natives) -> None:
    gen = pytest.importorskip("torchgen.gen", reason="torch is not installed")
    pytest.importorskip("yaml", reason="torchgen needs PyYAML")
    torch = open_distribution("torch", "2.13.0")
    path = torch.root / shipped_idioms().operator_yaml
    tags = path.with_name("tags.yaml")
    if not tags.is_file():
        pytest.skip("the store has no tags.yaml, which torchgen needs")
    parsed = gen.parse_native_yaml(str(path), str(tags))
    kernels: dict[str, dict[str, str]] = {}
    for key, index in parsed.backend_indices.items():
        for name, kernel in index.index.items():
            kernels.setdefault(str(name), {})[str(key)] = kernel.kernel
    operators = OperatorList(path.read_text("utf-8"))
    written = [item for item in parsed.native_functions if "generated" not in item.tags]
    for item in written:
        name = str(item.func.name)
        found = operators.operator(name)
        assert found is not None, name
        delegate = kernels.get(str(item.structured_delegate), {})
        assert operators.with_kernels(found).dispatch == {**delegate, **kernels.get(name, {})}, name
        assert found.schema == str(item.func)
        assert set(found.variants) == {variant.name for variant in item.variants}
    assert len(written) > 2_000
