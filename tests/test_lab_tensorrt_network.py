"""A network as it is recorded: shapes inferred, changes seen, what is unknown refused by name."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch")

from support.described import module  # noqa: E402  behind the skip
from support.lab_network import add_constant, tensorrt  # noqa: E402  behind the skip

from srcread.child.watching.values import Values  # noqa: E402  behind the skip
from srcread.lab.tensorrt import StandInError, evaluate, standing_in  # noqa: E402  behind the skip


def new_network(trt: Any, flags: int = 0) -> Any:
    return trt.Builder(trt.Logger()).create_network(flags)


def dynamic_input(network: Any, trt: Any, *names: str, size: int = 4) -> Any:
    tensor = network.add_input("x", trt.float32, (*(-1 for _ in names), size))
    for axis, name in enumerate(names):
        tensor.set_dimension_name(axis, name)
    return tensor


def test_a_size_that_differs_between_two_runs_is_dynamic() -> None:
    with tensorrt(dimensions={"batch": (2, 3), "length": (5, 7)}) as (_, trt):
        network = new_network(trt)
        x = dynamic_input(network, trt, "batch", "length")
        joined = network.add_concatenation([x, x])
        joined.axis = 2
        shuffled = network.add_shuffle(joined.get_output(0))
        shuffled.reshape_dims = (-1, 8)

        assert x.shape == (-1, -1, 4)
        assert joined.get_output(0).shape == (-1, -1, 8)
        assert shuffled.get_output(0).shape == (-1, 8)


def test_an_attribute_that_is_set_late_changes_what_was_inferred() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        x = network.add_input("x", trt.float32, (2, 3))
        shuffled = network.add_shuffle(x)
        after = network.add_unary(shuffled.get_output(0), trt.UnaryOperation.NEG)
        assert after.get_output(0).shape == (2, 3)

        shuffled.second_transpose = (1, 0)
        assert after.get_output(0).shape == (3, 2)
        after.set_output_type(0, trt.float16)
        assert after.get_output(0).dtype is trt.float16
        after.set_input(0, x)
        assert after.get_output(0).shape == (2, 3)


def test_an_output_is_given_in_the_type_that_was_set_for_its_tensor() -> None:
    with tensorrt() as (stand_in, trt):
        network = new_network(trt)
        x = network.add_input("x", trt.float16, (2,))
        output = network.add_unary(x, trt.UnaryOperation.NEG).get_output(0)
        network.mark_output(output)
        output.name, output.dtype = "y", trt.float32

        result = stand_in.evaluate({"x": torch.ones(2).half()})["y"]
        assert result.dtype is torch.float32
        assert result.tolist() == [-1, -1]


def test_layers_that_are_unknown_are_refused_by_name() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        with pytest.raises(StandInError, match=r"layer of 'add_scater'"):
            _ = network.add_scater
        with pytest.raises(AttributeError, match=r"Did you mean 'add_softmax'"):
            _ = network.add_soft_max
        assert not hasattr(network, "add_loop")


def test_attributes_that_are_unknown_are_refused_by_name() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        layer = network.add_softmax(network.add_input("x", trt.float32, (2,)))
        message = r"ISoftMaxLayer has no attribute 'axis'\. Did you mean 'axes'\?"
        with pytest.raises(StandInError, match=message):
            layer.axis = 1
        with pytest.raises(AttributeError, match=message):
            _ = layer.axis


def test_an_input_that_is_no_tensor_is_refused() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        with pytest.raises(StandInError, match=r"add_unary\): input 0 is no ITensor but NoneType"):
            network.add_unary(None, trt.UnaryOperation.NEG)


def test_operands_of_different_ranks_are_refused() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        matrix = network.add_input("m", trt.float32, (2, 3))
        vector = network.add_input("v", trt.float32, (3,))
        layer = network.add_elementwise(matrix, vector, trt.ElementWiseOperation.SUM)
        with pytest.raises(StandInError, match=r"add_elementwise\): operands of ranks 2, 1"):
            _ = layer.get_output(0).shape


@pytest.mark.parametrize(
    ("strong", "other", "expected"),
    [
        (False, "float32", "float32"),
        (False, "int32", None),
        (True, "float32", None),
        (True, "float16", "float16"),
    ],
)
def test_a_weakly_typed_network_mixes_floating_types_and_a_strongly_typed_one_none(
    strong: bool, other: str, expected: str | None
) -> None:
    with tensorrt() as (_, trt):
        flag = 1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
        network = new_network(trt, flag if strong else 0)
        half = network.add_input("half", trt.float16, (2,))
        wide = network.add_input("wide", getattr(trt, other), (2,))
        layer = network.add_elementwise(half, wide, trt.ElementWiseOperation.PROD)
        if expected is None:
            with pytest.raises(StandInError, match=r"operands of types HALF and .*add a cast"):
                _ = layer.get_output(0).dtype
        else:
            assert layer.get_output(0).dtype is getattr(trt, expected)


def test_a_single_element_adopts_the_type_of_many() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        half = network.add_input("half", trt.float16, (2,))
        one = add_constant(network, trt, torch.tensor([0.5]))
        layer = network.add_elementwise(half, one, trt.ElementWiseOperation.PROD)
        assert layer.get_output(0).dtype is trt.float16


def test_a_slice_beyond_its_input_is_refused() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        x = network.add_input("x", trt.float32, (4,))
        layer = network.add_slice(x, (2,), (3,), (1,))
        with pytest.raises(StandInError, match=r"elements 2 to 4 of axis 0 .* there are 4"):
            _ = layer.get_output(0).shape


def test_operands_that_torch_refuses_are_shown_with_the_sizes_that_were_tried() -> None:
    with tensorrt(dimensions={"batch": (4, 5)}) as (_, trt):
        network = new_network(trt)
        x = dynamic_input(network, trt, "batch", "length")
        fixed = network.add_input("fixed", trt.float32, (1, 7, 4))
        layer = network.add_elementwise(x, fixed, trt.ElementWiseOperation.SUM)
        operands = r"refuses its operands \(FLOAT \(4, 2, 4\), FLOAT \(1, 7, 4\)\)"
        sizes = r"with {'batch': \(4, 5\)}; .* given none, and had 2 and 3: length\."
        with pytest.raises(StandInError, match=rf"ELEMENTWISE.*{operands}.*{sizes}"):
            _ = layer.get_output(0).dtype


def test_a_dimension_without_a_name_is_given_sizes_by_its_place() -> None:
    with tensorrt(dimensions={"x[0]": (6, 7)}) as (_, trt):
        network = new_network(trt)
        x = network.add_input("x", trt.float32, (-1, 4))
        whole = network.add_slice(x, (5, 0), (1, 4), (1, 1))
        assert whole.get_output(0).shape == (1, 4)


def test_layers_of_a_network_are_plain_until_their_class_is_set() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        x = network.add_input("x", trt.float32, (2,))
        added = network.add_activation(x, trt.ActivationType.TANH)
        plain = network.get_layer(0)

        assert added.type is trt.ActivationType.TANH
        assert plain.type is trt.LayerType.ACTIVATION
        assert plain == added
        plain.__class__ = trt.IActivationLayer
        assert plain.type is trt.ActivationType.TANH
        plain.name = "renamed"
        assert added.name == "renamed"
        with pytest.raises(StandInError, match="__class__"):
            network.get_layer(0).__class__ = trt.ICastLayer


def test_enumerations_print_and_compare_as_tensorrts() -> None:
    with tensorrt() as (_, trt):
        assert str(trt.LayerType.CAST) == "LayerType.CAST"
        assert int(trt.DataType.HALF) == 1
        assert trt.float16 is trt.DataType.HALF
        assert trt.ActivationType.RELU != trt.LayerType.CONVOLUTION
        assert 1 << int(trt.BuilderFlag.INT8) == 2


def add_plugin(network: Any, trt: Any, plugin_type: str, *inputs: Any, **fields: Any) -> Any:
    creator = trt.get_plugin_registry().get_plugin_creator(plugin_type, "1", "tensorrt_llm")
    settings = [
        trt.PluginField(name, torch.tensor(value), trt.PluginFieldType.INT32)
        for name, value in fields.items()
    ]
    plugin = creator.create_plugin("named", trt.PluginFieldCollection(settings))
    return network.add_plugin_v2(inputs, plugin)


def test_a_plugin_is_recorded_with_its_fields_and_known_in_shape_only() -> None:
    with tensorrt(dimensions={"batch": (2, 3)}) as (stand_in, trt):
        network = new_network(trt)
        x = dynamic_input(network, trt, "batch")
        weight = add_constant(network, trt, torch.ones(6, 4).half())
        layer = add_plugin(network, trt, "Gemm", x, weight, transa=0, transb=1, type_id=[1])
        after = network.add_unary(layer.get_output(0), trt.UnaryOperation.NEG).get_output(0)
        network.mark_output(after)

        assert layer.plugin.fields == {"transa": (0,), "transb": (1,), "type_id": (1,)}
        assert (layer.plugin.plugin_type, layer.plugin.plugin_namespace) == ("Gemm", "tensorrt_llm")
        assert after.shape == (-1, 6)
        with pytest.raises(StandInError, match=r"plugin 'Gemm' is a compiled kernel.*reference"):
            stand_in.evaluate({"x": torch.ones(2, 4)})
        assert stand_in.referenced() == ()


def gemm(fields: Any, left: Any, right: Any) -> Any:
    return left @ (right.mT if fields["transb"][0] else right)


def test_a_plugin_is_computed_by_a_reference_which_is_then_named() -> None:
    with tensorrt(references={"Gemm": gemm, "Lookup": gemm}) as (stand_in, trt):
        network = new_network(trt)
        x = network.add_input("x", trt.float32, (2, 3))
        w = network.add_input("w", trt.float32, (4, 3))
        network.mark_output(add_plugin(network, trt, "Gemm", x, w, transb=1).get_output(0))

        given = {"x": torch.randn(2, 3), "w": torch.randn(4, 3)}
        (result,) = stand_in.evaluate(given).values()
        torch.testing.assert_close(result, given["x"] @ given["w"].mT)
        assert stand_in.referenced() == (f"Gemm: {__name__}.gemm",)


def test_a_reference_that_gives_too_many_outputs_is_refused() -> None:
    with tensorrt(references={"Gemm": lambda fields, x: (x, x)}) as (_, trt):
        network = new_network(trt)
        layer = add_plugin(network, trt, "Gemm", network.add_input("x", trt.float32, (2, 3)))
        with pytest.raises(StandInError, match=r"'Gemm' gives 2 outputs, and the plugin has 1"):
            _ = layer.get_output(0).shape


def test_a_plugin_of_unknown_shape_is_refused_when_its_shape_is_asked() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        layer = add_plugin(network, trt, "Mystery", network.add_input("x", trt.float32, (2,)))
        with pytest.raises(StandInError, match=r"what shape the plugin 'Mystery' gives"):
            _ = layer.get_output(0).shape


def test_a_shape_that_depends_on_a_plugins_numbers_is_refused() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        x = network.add_input("x", trt.int32, (1,))
        guessed = add_plugin(network, trt, "Identity", x).get_output(0)
        assert guessed.dtype is trt.int32
        assert network.add_shape(guessed).get_output(0).shape == (1,)

        layer = network.add_shuffle(x)
        layer.set_input(1, guessed)
        with pytest.raises(StandInError, match=r"shape depends on values .* the plugin 'Identity'"):
            _ = layer.get_output(0).shape

        sizes = network.add_shape(guessed).get_output(0)  # known whatever the elements are
        layer.set_input(1, sizes)
        assert layer.get_output(0).shape == (1,)


def test_a_shape_that_depends_on_an_inputs_numbers_needs_these() -> None:
    sizes = torch.tensor([2, 3]).int()

    def recorded(trt: Any) -> Any:
        network = new_network(trt)
        x = network.add_input("x", trt.float32, (6,))
        layer = network.add_shuffle(x)
        layer.set_input(1, network.add_input("sizes", trt.int32, (2,)))
        return layer.get_output(0)

    with (
        tensorrt() as (_, trt),
        pytest.raises(StandInError, match=r"values .* of the input 'sizes'"),
    ):
        _ = recorded(trt).shape
    with tensorrt(inputs={"sizes": (sizes, sizes.flip(0))}) as (_, trt):
        assert recorded(trt).shape == (-1, -1)


QKV = torch.zeros(2, 5, 24)
CACHE = torch.zeros(2, 2, 2, 7, 4)


@pytest.mark.parametrize(
    ("plugin_type", "fields", "tensors", "expected"),
    [
        ("AllGather", {"group": [0, 1, 2]}, [torch.zeros(2, 4)], ["FLOAT (6, 4)"]),
        ("AllReduce", {}, [torch.zeros(2, 4)], ["FLOAT (2, 4)"]),
        ("BertAttention", {}, [QKV], ["FLOAT (2, 5, 8)"]),
        (
            "GPTAttention",
            {"num_heads": 2, "head_size": 4, "paged_kv_cache": 0},
            [QKV, CACHE],
            ["FLOAT (2, 5, 8)", "FLOAT (2, 2, 2, 7, 4)"],
        ),
        (
            "GPTAttention",
            {"num_heads": 2, "head_size": 4, "paged_kv_cache": 1, "use_cache": 1},
            [QKV],
            ["FLOAT (2, 5, 8)"],
        ),
        ("Lookup", {}, [torch.zeros(2, 5).int(), torch.zeros(9, 3).half()], ["HALF (2, 5, 3)"]),
        (
            "Lora",
            {"transa": 0, "num_lora_modules": 2, "out_hidden_size_0": 6, "out_hidden_size_1": 3},
            [torch.zeros(2, 4)],
            ["FLOAT (2, 6)", "FLOAT (2, 3)"],
        ),
        ("QuantizePerToken", {}, [torch.zeros(2, 4).half()], ["INT8 (2, 4)", "FLOAT (2, 1)"]),
        ("QuantizeTensor", {}, [torch.zeros(2, 4)], ["INT8 (2, 4)"]),
        ("RmsnormQuantization", {"dyn_act_scaling": 0}, [torch.zeros(2, 4)], ["INT8 (2, 4)"]),
        (
            "LayernormQuantization",
            {"dyn_act_scaling": 1},
            [torch.zeros(2, 4)],
            ["INT8 (2, 4)", "FLOAT (2, 1)"],
        ),
        (
            "SmoothQuantGemm",
            {"type_id": 1},
            [torch.zeros(2, 4).char(), torch.zeros(6, 4).char()],
            ["HALF (2, 6)"],
        ),
        (
            "WeightOnlyQuantMatmul",
            {"type_id": 1, "weight_type_id": 1},
            [torch.zeros(2, 4).half(), torch.zeros(4, 6).char()],
            ["HALF (2, 6)"],
        ),
        (
            "WeightOnlyQuantMatmul",
            {"type_id": 1, "weight_type_id": 2},
            [torch.zeros(2, 4).half(), torch.zeros(4, 6).char()],
            ["HALF (2, 12)"],
        ),
    ],
)
def test_the_outputs_of_a_plugin_have_the_shapes_and_types_of_its_source(
    plugin_type: str, fields: dict[str, Any], tensors: list[Any], expected: list[str]
) -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        inputs = [add_constant(network, trt, tensor) for tensor in tensors]
        layer = add_plugin(network, trt, plugin_type, *inputs, **fields)
        outputs = [layer.get_output(index) for index in range(layer.num_outputs)]
        assert [f"{each.dtype.name} {tuple(each.shape)}" for each in outputs] == expected


def test_an_assertion_that_does_not_hold_stops_a_run() -> None:
    with tensorrt() as (stand_in, trt):
        network = new_network(trt)
        x = network.add_input("x", trt.bool, (2,))
        network.add_assertion(x, "all must hold")
        network.mark_output(x)

        assert stand_in.evaluate({"x": torch.tensor([True, True])})["x"].all()
        with pytest.raises(StandInError, match=r"does not hold: 'all must hold'"):
            stand_in.evaluate({"x": torch.tensor([True, False])})


def test_a_layer_that_needs_its_own_output_is_refused() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        x = network.add_input("x", trt.float32, (2,))
        first = network.add_identity(x)
        second = network.add_identity(first.get_output(0))
        first.set_input(0, second.get_output(0))
        with pytest.raises(StandInError, match="needs its own output"):
            _ = second.get_output(0).shape


def test_a_network_may_be_deeper_than_pythons_stack() -> None:
    with tensorrt() as (stand_in, trt):
        network = new_network(trt)
        tensor = network.add_input("x", trt.float32, (1,))
        for _ in range(2 * sys.getrecursionlimit()):
            tensor = network.add_unary(tensor, trt.UnaryOperation.NEG).get_output(0)
        network.mark_output(tensor)
        (result,) = stand_in.evaluate({"x": torch.ones(1)}).values()
        assert result.tolist() == [1]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, r"The input 'x' is needed and was not given"),
        ({"x": torch.zeros(2), "z": torch.zeros(2)}, r"no input 'z'"),
        (
            {"x": torch.zeros(3)},
            r"'x' is DataType.FLOAT \(2,\), and was given DataType.FLOAT \(3,\)",
        ),
        ({"x": torch.zeros(2).half()}, r"was given DataType.HALF"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(given: dict[str, Any], message: str) -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        network.mark_output(network.add_input("x", trt.float32, (2,)))
        with pytest.raises(StandInError, match=message):
            evaluate(network, given)


def test_two_inputs_of_one_name_are_refused() -> None:
    with tensorrt() as (_, trt):
        network = new_network(trt)
        network.add_input("x", trt.float32, (2,))
        with pytest.raises(StandInError, match="has an input 'x' already"):
            network.add_input("x", trt.float32, (2,))


def test_an_engine_is_a_text_about_the_network_and_runs_nothing() -> None:
    with tensorrt() as (_, trt):
        builder = trt.Builder(trt.Logger())
        network = builder.create_network()
        network.mark_output(network.add_input("x", trt.float32, (2,)))
        engine = builder.build_serialized_network(network, builder.create_builder_config())
        assert engine.startswith(b"network: 0 layers, 1 inputs, 1 outputs\n")
        with pytest.raises(StandInError, match=r"'Runtime' runs no engine"):
            trt.Runtime(trt.Logger())


def test_the_module_is_put_into_place_and_taken_away() -> None:
    assert "tensorrt" not in sys.modules
    with standing_in(framework="no_framework", version="8.6.1") as stand_in:
        import tensorrt as trt  # the stand-in's

        assert trt.__version__ == "8.6.1"
        assert trt.tensorrt.ILayer is trt.ILayer
        with pytest.raises(StandInError, match="No network was made"):
            _ = stand_in.network
    assert "tensorrt" not in sys.modules


def test_an_installed_stand_in_stays_until_the_process_ends() -> None:
    program = """
from srcread.lab.tensorrt import install
stand_in = install(version="9.1.0", framework="no_framework")
import tensorrt
network = tensorrt.Builder(tensorrt.Logger()).create_network()
print(tensorrt.__version__, stand_in.network is network)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stdout == "9.1.0 True\n", result.stderr


def test_what_is_loaded_beside_tensorrt_is_stood_in_for_as_long() -> None:
    real = ctypes.CDLL, torch.zeros
    with standing_in(framework="no_framework") as stand_in:
        library = ctypes.CDLL("/absent/libs/libplugin_no_framework.so")
        library.start.argtypes = [ctypes.c_void_p]
        assert library.start(None)
        with pytest.raises(OSError, match="absent"):
            ctypes.CDLL("/absent/libother.so")
        torch.classes.load_library("/absent/no_framework/libops.so")
        if not torch.cuda.is_available():
            assert torch.zeros(2, device="cuda").device.type == "cpu"
        assert "libraries with 'no_framework' in their paths" in stand_in.stood_in_for
    assert (ctypes.CDLL, torch.zeros) == real


def test_a_cuda_runtime_that_is_not_there_can_be_imported_and_not_called() -> None:
    with standing_in(framework="no_framework") as stand_in:
        if "cuda" not in stand_in.stood_in_for:
            pytest.skip("cuda-python is installed, and left alone")
        from cuda import cudart  # the stand-in's

        assert cudart.cudaError_t.cudaSuccess == 0
        with pytest.raises(StandInError, match="'cudaMalloc'"):
            cudart.cudaMalloc(8)


def test_what_compares_two_runs_does_not_see_where_the_numbers_of_a_constant_lie() -> None:
    def described(numbers: Any) -> dict[str, Any]:
        with tensorrt() as (_, trt):
            weights = trt.Weights(trt.float32, numbers.data_ptr(), numbers.numel())
            values = Values(module)
            values.add(0, "returned", new_network(trt).add_constant((3,), weights))
        return values.result()

    numbers, elsewhere = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 2.0, 3.0])
    assert described(numbers) == described(elsewhere)
