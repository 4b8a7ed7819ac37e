"""Stubs of compiled modules, read as text, and what is known of torch's own."""

from __future__ import annotations

import ast

import pytest

from srcread.errors import NotFoundError
from srcread.graph.idioms import Idioms, shipped_idioms
from srcread.graph.infer.rules.absent import brings_no, lacks, owner_of
from srcread.graph.native import Kind, Natives
from srcread.graph.native.overloads import CallForm, fits_signature
from srcread.graph.native.stubs import Stub
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import Certainty, Distribution, EdgeKind
from srcread.sources import Sources, open_distribution, open_path

STUB = Stub('''\
from typing import Any, overload

class Empty: ...
class Generic[T](Base, list[T]): ...

class Grid(
    Base,
):
    """What it is.

    width: not declared, only told of
    """

    cells: list[Cell]
    limit = 3
    # a comment: none
    @property
    def height(self) -> int: ...
    @staticmethod
    def named(name: str) -> Grid: ...
    @overload
    def turn(self) -> Grid: ...
    @overload
    def turn(
        self,
        by: int,
        *,
        how: Callable[[Grid], None] | None = None,
    ) -> tuple[Grid, int]:
        r"""
        turn(by) -> (Grid, int)

        def inner(self): of an example
        """
        ...
    async def load(self, path: str): ...
    def broken(self, = 1) -> int: ...

def make(cells: Any, place: str | None = None, *more: int, **options: Any) -> Grid: ...
default: Grid
''')


def test_a_class_has_what_its_body_declares_and_not_what_its_docstrings_tell() -> None:
    assert list(STUB.members("Grid")) == [
        *("cells", "limit", "height", "named", "turn", "load", "broken"),
    ]
    assert list(STUB.members("Empty")) == []
    assert list(STUB.names()) == ["Empty", "Generic", "Grid", "make", "default"]


def test_the_bases_of_a_class_are_those_that_are_written() -> None:
    assert [STUB.bases(name) for name in ("Empty", "Generic", "Grid")] == [
        (),
        ("Base", "list[T]"),
        ("Base",),
    ]


def test_every_overload_has_its_signature_and_what_cannot_be_parsed_has_none() -> None:
    returned = [
        ast.unparse(node.returns) for node in STUB.signatures("turn", "Grid") if node.returns
    ]
    assert returned == ["Grid", "tuple[Grid, int]"]
    assert [node.returns for node in STUB.signatures("load", "Grid")] == [None]
    assert STUB.signatures("broken", "Grid") == ()
    assert STUB.signatures("cells", "Grid") == ()


def test_a_property_is_declared_as_what_it_returns() -> None:
    declared = {name: STUB.annotation(name, "Grid") for name in STUB.members("Grid")}
    told = {name: ast.unparse(node) for name, node in declared.items() if node is not None}
    assert told == {"cells": "list[Cell]", "height": "int"}
    functions = [name for name in STUB.members("Grid") if STUB.is_function(name, "Grid")]
    assert functions == ["named", "turn", "load", "broken"]


@pytest.mark.parametrize(
    ("name", "form", "fits"),
    [
        ("turn", CallForm(0), [True, False]),
        ("turn", CallForm(1), [False, True]),
        ("turn", CallForm(0, ("by", "how")), [False, True]),
        ("turn", CallForm(2), [False, False]),
        ("turn", CallForm(0, ("other",)), [False, False]),
        ("turn", CallForm(None), [True, True]),
        ("turn", CallForm(0, (None,)), [True, True]),
    ],
)
def test_a_call_fits_a_signature_by_its_form(name: str, form: CallForm, fits: list[bool]) -> None:
    signatures = STUB.signatures(name, "Grid")
    assert [fits_signature(node, form, method=True) for node in signatures] == fits


def test_a_signature_with_stars_takes_any_number() -> None:
    (make,) = STUB.signatures("make")
    forms = [CallForm(1), CallForm(9), CallForm(1, ("other",)), CallForm(0)]
    assert [fits_signature(make, form, method=False) for form in forms] == [True, True, True, False]


def test_of_pythons_own_classes_only_what_they_lack_is_denied() -> None:
    assert owner_of("builtins.function", "config") is None
    assert owner_of("builtins.list", "union") == "builtins.set"
    assert owner_of("numpy.ndarray", "anything") == "numpy.ndarray"
    assert lacks("builtins.len", "cache") and lacks("collections.abc.Mapping", "walk")
    assert not lacks("os.environ", "walk") and not lacks("os.path", "walk")
    assert not lacks("numpy.ndarray", "walk") and not lacks("builtins.str", "upper")
    assert brings_no("abc.ABC", "keys") and not brings_no("threading.Thread", "walked")


@pytest.fixture(scope="module")
def torch() -> Distribution:
    try:
        return open_distribution("torch")
    except NotFoundError:
        pytest.skip("torch is not installed")


@pytest.fixture(scope="module")
def natives(torch: Distribution) -> Natives:
    return Natives(Sources([torch]), shipped_idioms())


def test_every_word_of_a_stub_that_the_idioms_explain_names_a_class(
    torch: Distribution, natives: Natives
) -> None:
    index = Index(Sources([torch]))
    lost = [
        (word, cls)
        for word, cls in shipped_idioms().native_types.items()
        if not cls.startswith("builtins.")
        if index.symbol(cls) is None and natives.declarations.kind(cls) is not Kind.CLASS
    ]
    assert lost == []


def test_every_property_that_runs_an_operator_is_in_the_stub_and_the_operator_in_the_list(
    natives: Natives,
) -> None:
    rows = shipped_idioms().property_operators
    for native, operator in rows.items():
        assert natives.declarations.kind(native) is Kind.VALUE
        assert [item.name for item in natives.overloads(native)] == [operator]
    assert len(rows) == 6


@pytest.mark.parametrize(
    ("native", "kind"),
    [
        ("torch._C", Kind.MODULE),
        ("torch._C._nn", Kind.MODULE),
        ("torch._C.TensorBase", Kind.CLASS),
        ("torch._C.TensorBase.float", Kind.FUNCTION),
        ("torch._C.TensorBase.shape", Kind.VALUE),
        ("torch._C.TensorBase.startswith", None),
        ("torch._C.TensorBase.data.clone", None),
        ("torch._C.float32", Kind.VALUE),
        ("torch._C._linalg.linalg_svd", Kind.FUNCTION),
        ("torch._C._linalg.linalg_nothing", None),
    ],
)
def test_a_name_of_torch_is_what_stub_and_list_say(
    natives: Natives, native: str, kind: Kind | None
) -> None:
    assert natives.declarations.kind(native) is kind


MODEL = """\
import torch
from torch import nn


class Net(nn.Module):
    def forward(self, ids, mask=None):
        rows, columns = ids.size()
        hidden = ids.float()
        return hidden.view(rows, -1)


def run(x: torch.Tensor, ids: torch.LongTensor):
    x.half().cpu().cuda().type(torch.long).bfloat16().int().abs()
    torch.tensor([1]).to("cpu").new_tensor([2]).bool().any()
    torch.as_tensor(x.numpy()).long().byte().double().abs()
    x.topk(2).values.abs()
    torch.linalg.svd(x).S.abs()
    x.max(dim=0)[1].abs()
    x.size().numel()
    x.T.data.grad.mT.real.contiguous()
    (ids == 0).all()


def run_unique(x: torch.Tensor):
    torch.unique(x).abs()
"""


def test_the_chains_of_tensors_that_people_write_lead_to_their_operators(
    torch: Distribution, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("model")
    (folder / "chains.py").write_text(MODEL, "utf-8")
    sources = Sources([open_path(folder), torch])
    graph = build_graph(Index(sources), ["chains.run", "chains.run_unique", "chains.Net"])
    own = [edge for edge in graph.edges if edge.site.caller == "chains.run"]
    assert [edge.reason for edge in own if edge.kind is EdgeKind.UNRESOLVED] == []
    operators = {
        graph.operators[str(edge.callee)].name.partition(".")[0]
        for edge in own
        if edge.callee in graph.operators
    }
    assert operators >= {"abs", "any", "contiguous", "all"}
    assert any(edge.callee == "torch._C.Size.numel" for edge in own)
    unique = [edge.callee for edge in graph.edges if edge.site.caller == "chains.run_unique"]
    assert "torch._C.TensorBase.abs" in unique
    forward = [edge for edge in graph.edges if edge.site.caller == "chains.Net.forward"]
    unresolved = [edge for edge in forward if edge.kind is EdgeKind.UNRESOLVED]
    offered = [edge for edge in forward if edge.certainty is Certainty.POSSIBLE]
    assert len(unresolved) == 3
    assert {str(edge.callee).rpartition(".")[2] for edge in offered} >= {"size", "float", "view"}
    assert {edge.kind for edge in offered if edge.callee} == {EdgeKind.NATIVE}


def test_no_idioms_at_all_leave_natives_as_they_are(torch: Distribution) -> None:
    bare = Natives(Sources([torch]), Idioms.of({}))
    assert bare.declarations.kind("torch._C.TensorBase.float") is Kind.FUNCTION
    assert bare.overloads("torch._C.TensorBase.float") == ()
