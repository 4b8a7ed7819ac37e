"""The door to what is native: compiled modules by their stubs, operators by their callee's name.

A compiled module is known by its stub (.pyi) alone. Everything is read when it is first asked for,
and `files` tells what was, with its hash: whoever keeps a graph depends on these files, too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from srcread.errors import SourceError
from srcread.graph.idioms import Idioms
from srcread.graph.native.cpp import CppTable, shipped_cpp_table
from srcread.graph.native.declared import Declarations
from srcread.graph.native.derivatives import Derivatives
from srcread.graph.native.extensions import Extensions
from srcread.graph.native.operators import OperatorList
from srcread.graph.native.overloads import CallForm, choose, in_order
from srcread.graph.native.stubs import Stub
from srcread.model import Operator, Plugin
from srcread.sources import Sources

_ALIAS = re.compile(r"\([a-z|]+!?( -> [a-z*|]+)?\)|\([a-z]!\)")
"""Marks of views and in-place results: `Tensor(a)`, `Tensor(a!)`, `Tensor(a -> *)`."""
_DERIVATIVES = "autograd/derivatives.yaml"
"""Where torchgen's package keeps them, from the folder that also holds ATen/native."""


class Natives:
    """Answers what a native name is. Reads stubs and the operator list when first asked."""

    def __init__(self, sources: Sources, idioms: Idioms, table: CppTable | None = None) -> None:
        self._sources = sources
        self._idioms = idioms
        self._table = table
        self.files: dict[str, str] = {}
        self._extensions = Extensions(sources)
        self._modules: dict[str, bool] = {}
        self._stubs: dict[str, Stub | None] = {}
        self._list: OperatorList | None = None
        self._derivatives: Derivatives | None = None
        self._ordered: dict[str, tuple[Operator, ...]] = {}
        self._described: dict[str, tuple[Operator, ...]] = {}
        self.declarations = Declarations(self._compiled, self._has_operator)

    def is_module(self, name: str) -> bool:
        """Tell whether this is a compiled module: one with a stub and no source."""
        if name not in self._modules:
            self._modules[name] = self._is_compiled(name)
        return self._modules[name]

    def holds(self, module: str, name: str) -> bool:
        """Tell whether a compiled module's stub declares this name at its top level."""
        stub = self._stub(module)
        return stub is not None and name in stub.names()

    def built_from(self, name: str) -> str:
        """Say what a compiled module without a stub is built from; "" for what is none."""
        said = self._extensions.built_from(name)
        self.files.update(self._extensions.files)
        return said

    def operators(self, native: str) -> tuple[Operator, ...]:
        """Return the overloads of the ATen operator behind a native callee; often none.

        The first is the one that Python most likely means, with all that is known of it.
        """
        if native not in self._described:
            first = self.described(native)
            self._described[native] = (first, *self.overloads(native)[1:]) if first else ()
        return self._described[native]

    def overloads(self, native: str) -> tuple[Operator, ...]:
        """Return the overloads behind a native callee as they are listed, without their kernels."""
        if native not in self._ordered:
            owner, _, name = native.rpartition(".")
            name = self._idioms.property_operators.get(native, name)
            if native.startswith(self._idioms.operator_namespace):
                self._ordered[native] = self._by_name(native)
                return self._ordered[native]
            method = owner in self._idioms.operator_classes
            known = method or owner in self._idioms.operator_modules
            found = self._operator_list().overloads(name) if known else ()
            self._ordered[native] = in_order(found, owner, method)
        return self._ordered[native]

    def result_type(self, operator: Operator) -> str:
        """Return the schema type of what an operator returns: "Tensor", "(Tensor, int)"."""
        return _ALIAS.sub("", operator.schema).rpartition("->")[2].strip()

    def described(self, native: str, calls: Sequence[CallForm] = ()) -> Operator | None:
        """Return the overload that these calls mean, with its kernels, backward and C++ files."""
        overloads = self.overloads(native)
        if not overloads:
            return None
        listed = self._operator_list()
        method = native.rpartition(".")[0] in self._idioms.operator_classes
        operator = listed.with_kernels(choose(overloads, calls, method))
        derivative, backward = self._derivative_list().of(operator)
        functions = sorted({*operator.dispatch.values(), *backward})
        table = self._table if self._table is not None else shipped_cpp_table()
        files = {
            function: path
            for function in functions
            if (path := table.file(listed.distribution, function)) is not None
        }
        return replace(
            operator,
            path=table.lists.get(listed.distribution, ""),
            overloads=len(overloads),
            derivative=derivative,
            backward=backward,
            files=files,
            generated=tuple(
                name for name in files if table.is_generated(listed.distribution, name)
            ),
        )

    def operator_names(self) -> tuple[str, ...]:
        """Return the base names of all operators that are listed; none where no list is read."""
        return self._operator_list().names()

    def plugin(self, native: str) -> Plugin | None:
        """Return the plugin of this name that a package which is read brings, as far as known."""
        table = self._table if self._table is not None else shipped_cpp_table()
        packages = (name for item in self._sources.distributions for name in item.packages)
        found = (table.plugin(package, native) for package in packages)
        return next((plugin for plugin in found if plugin is not None), None)

    def _is_compiled(self, name: str) -> bool:
        try:
            return self._sources.find_module(name) is None and self._stub(name) is not None
        except SourceError:
            return False

    def _compiled(self, module: str) -> Stub | None:
        return self._stub(module) if self.is_module(module) else None

    def _has_operator(self, owner: str, name: str) -> bool:
        known = owner in (*self._idioms.operator_classes, *self._idioms.operator_modules)
        return known and bool(self._operator_list().overloads(name))

    def _by_name(self, native: str) -> tuple[Operator, ...]:
        """Return the operators of `aten::add`, only the one overload of `aten::add.Tensor`."""
        name = native.removeprefix(self._idioms.operator_namespace)
        found = self._operator_list().overloads(name.partition(".")[0])
        exact = tuple(operator for operator in found if operator.name == name)
        return exact if "." in name and exact else in_order(found, "", False)

    def _operator_list(self) -> OperatorList:
        if self._list is None:
            distribution, text = self._data(self._idioms.operator_yaml)
            self._list = OperatorList(text, distribution)
        return self._list

    def _derivative_list(self) -> Derivatives:
        if self._derivatives is None:
            folder = PurePosixPath(self._idioms.operator_yaml).parent.parent.parent
            _, text = self._data(str(folder / _DERIVATIVES))
            self._derivatives = Derivatives(text, self._operator_list())
        return self._derivatives

    def _data(self, path: str) -> tuple[str, str]:
        """Return the first distribution that has this file, and its text; else two empty texts."""
        for distribution in self._sources.distributions:
            data = self._sources.data_file(distribution.name, path)
            if data is not None:
                self.files[f"{distribution.name}:{path}"] = hashlib.sha256(data).hexdigest()
                return distribution.name, data.decode("utf-8", "replace")
        return "", ""

    def _stub(self, module: str) -> Stub | None:
        if module not in self._stubs:
            try:
                file = self._sources.find_stub(module)
            except SourceError:
                file = None  # a stub only adds names; the module's own file is reported
            if file is not None:
                self.files[f"{file.distribution}:{file.path}"] = file.sha256
            self._stubs[module] = Stub(file.text) if file is not None else None
        return self._stubs[module]
