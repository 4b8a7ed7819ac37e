"""Native code: which attributes its classes, objects and functions have, and what they give.

By the stub of the compiled module first, by the list of operators where the stub is silent. What
neither has is not there: no name is made up. Objects of native classes are told by their class.

For example, of `x: torch.Tensor`: `x.T` is a tensor by the stub's `T: Tensor`, `x.size()` an object
of `torch._C.Size`, whose elements are ints, and `x.startswith` is unknown, with the reason.
"""

from __future__ import annotations

import ast
import builtins
import types

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.rules.plain import of_schema
from srcread.graph.infer.values import (
    NONE,
    NOTHING,
    Constant,
    External,
    ExternalInstance,
    Instance,
    Native,
    Sequence,
    Table,
    Values,
    failing,
    known,
    unknown,
)
from srcread.graph.native import Kind
from srcread.graph.native.overloads import CallForm, fits_signature, fitting, given_types
from srcread.graph.native.stubs import parsed

_OF_FUNCTIONS = frozenset({*dir(types.BuiltinFunctionType), *dir(types.MethodDescriptorType)})
_LISTS = frozenset({"Sequence", "Iterable", "Iterator", "Collection", "set", "frozenset", "list"})
_TABLES = frozenset({"dict", "Mapping", "MutableMapping"})
_NAMED_TUPLES = ".return_types."
_COUNTED = ("int", "SymInt", "bool", "float", "Scalar", "Dimname", "str")


def native_attribute(ask: Interpreter, native: str, name: str) -> Values:
    """Return what an attribute of something native is; a name of a module is taken as it stands."""
    declared = ask.natives.declarations
    match declared.kind(native):
        case Kind.CLASS:
            if (member := declared.member(native, name)) is not None:
                return frozenset({Native(member)})
            if hasattr(type, name):
                return frozenset({External(f"builtins.type.{name}")})
            return failing(f"{native} has no attribute {name!r}")
        case Kind.FUNCTION:
            if name in _OF_FUNCTIONS:
                return frozenset({External(f"types.BuiltinFunctionType.{name}")})
            return failing(f"the native function {native} has no attribute {name!r}")
        case Kind.VALUE:
            return ask.attributes.join(_declared(ask, native), name)
    return frozenset({Native(f"{native}.{name}")})


def inherited(ask: Interpreter, base: str, name: str, of_object: bool) -> Values:
    """Return what a native base gives an object, or a class, under a name; NOTHING if it has none.

    What no stub tells of is unknown.
    """
    declared = ask.natives.declarations
    if declared.kind(base) is None:
        return unknown(f"no stub tells what {base} has")
    if (member := declared.member(base, name)) is not None:
        is_value = of_object and declared.kind(member) is Kind.VALUE
        return _declared(ask, member) if is_value else frozenset({Native(member)})
    found = NOTHING
    for text in declared.bases(base) if of_object else ():
        for value in known(_named(ask, base.rpartition(".")[0], parsed(text))):
            found |= known(ask.attributes.get(value, name))
    if not found and hasattr(object, name):
        return frozenset({External(f"builtins.object.{name}")})
    return found


def object_of(ask: Interpreter, cls: str) -> Values:
    """Return an object of a native class: a tensor, for one that is said to inherit from it."""
    declared = ask.natives.declarations
    for text in declared.bases(cls):
        read = ask.idioms.schema_types.get(text) or ask.idioms.native_types.get(text, "")
        if read in ask.idioms.schema_types.values():
            return frozenset({Instance(read, constructed=False)})
    return frozenset({ExternalInstance(cls)})


def object_attribute(ask: Interpreter, cls: str, name: str) -> Values:
    """Return an attribute of an object of a native class; NOTHING where the class is not native."""
    if ask.natives.declarations.kind(cls) is not Kind.CLASS:
        return NOTHING
    found = inherited(ask, cls, name, of_object=True)
    return found or failing(f"{cls.rpartition('.')[2]} objects have no attribute {name!r}")


def native_elements(ask: Interpreter, cls: str) -> Values:
    """Return what iterating over an object of a native class gives: by its base, `tuple[int]`."""
    module, found = cls.rpartition(".")[0], NOTHING
    for text in ask.natives.declarations.bases(cls):
        for value in _named(ask, module, parsed(text)):
            found |= value.items if isinstance(value, Sequence) else NOTHING
    return found


def native_result(ask: Interpreter, native: str, form: CallForm, arguments: list[Values]) -> Values:
    """Return what calling something native gives: by its stub, else by the list of operators."""
    declared = ask.natives.declarations
    if declared.kind(native) is Kind.CLASS:
        return object_of(ask, native)
    if declared.kind(native) is Kind.VALUE:
        return NOTHING
    listed = _listed(ask, native, form, arguments)
    if len(listed) == 1 and next(iter(listed)) in ask.idioms.schema_types:
        return of_schema(ask.idioms, *listed)  # all that nearly every operator returns
    found = NOTHING
    module = _module(ask, native)
    signatures = declared.signatures(native)
    method = module != native.rpartition(".")[0]
    for node in [item for item in signatures if fits_signature(item, form, method)] or signatures:
        if node.returns is None:
            continue
        if _NAMED_TUPLES in ast.unparse(node.returns):
            continue  # the list of operators has the names
        found |= _object(ask, module, node.returns, native.rpartition(".")[0])
    named = [text for text in listed if text.startswith("(")]
    for text in named if found else listed:
        found |= of_schema(ask.idioms, text)
    return found


def _listed(
    ask: Interpreter, native: str, form: CallForm, arguments: list[Values]
) -> dict[str, None]:
    """Return what the operators behind a name return, those that the arguments fit."""
    method = native.rpartition(".")[0] in ask.idioms.operator_classes
    overloads = fitting(ask.natives.overloads(native), form, method)
    fit = [
        item
        for item in overloads
        if all(
            _accepts(ask, kind, values)
            for kind, values in zip(given_types(item, form, method), arguments, strict=False)
        )
    ]
    return dict.fromkeys(ask.natives.result_type(item) for item in fit or overloads)


def _accepts(ask: Interpreter, kind: str, values: Values) -> bool:
    """Tell whether an argument of a schema's type may be one of some values."""
    arrays = ask.plain.arrays(values)
    if kind.partition("(")[0].rstrip("?") in ask.idioms.schema_types:
        return bool(arrays) or not all(
            isinstance(value, ExternalInstance | Constant) for value in values
        )
    if kind == "Dimname":
        return not any(value == ExternalInstance("builtins.int") for value in values)
    return kind not in _COUNTED or not arrays or arrays != values


def _declared(ask: Interpreter, native: str) -> Values:
    """Return what the value behind a name is, by its annotation in the stub."""
    node = ask.natives.declarations.annotation(native)
    found = _object(ask, _module(ask, native), node, "") if node is not None else NOTHING
    return found or unknown(f"the stub does not tell what {native} is")


def _module(ask: Interpreter, native: str) -> str:
    """Return the module in whose stub a function or a value stands."""
    owner = native.rpartition(".")[0]
    if ask.natives.declarations.kind(owner) is Kind.CLASS:
        return owner.rpartition(".")[0]
    return owner


def _object(ask: Interpreter, module: str, node: ast.expr, owner: str) -> Values:
    """Return the objects that an annotation in a stub means; what is open is unknown beside."""
    match node:
        case ast.BinOp(op=ast.BitOr()):
            return _object(ask, module, node.left, owner) | _object(ask, module, node.right, owner)
        case ast.Name(id="Self"):
            return object_of(ask, owner)
    found = _named(ask, module, node)
    return found or unknown(f"a stub says {ast.unparse(node)!r} of it, which is not followed")


def _named(ask: Interpreter, module: str, node: ast.expr | None) -> Values:
    """Return the objects that a name, or a generic one with what it holds, means in a stub."""
    match node:
        case ast.Constant(value=None):
            return NONE
        case ast.Subscript(value=ast.Name(id=name), slice=inner):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return _generic(ask, module, name, parts)
        case ast.Name() | ast.Attribute():
            return _of_class(ask, module, ast.unparse(node))
    return NOTHING


def _generic(ask: Interpreter, module: str, name: str, parts: list[ast.expr]) -> Values:
    held = [_named(ask, module, part) for part in parts]
    if name == "tuple" and not (isinstance(parts[-1], ast.Constant) and len(parts) == 2):
        return frozenset({Sequence(NOTHING.union(*held), tuple(held))})
    if name == "tuple" or name in _LISTS:
        return frozenset({Sequence(held[0])})
    if name in _TABLES:
        return frozenset({Table((), held[-1])})
    return NONE.union(*held) if name == "Optional" else NOTHING


def _of_class(ask: Interpreter, module: str, text: str) -> Values:
    """Return an object of the class that a word in a stub means."""
    cls = ask.idioms.schema_types.get(text) or ask.idioms.native_types.get(text, text)
    if cls in ask.idioms.schema_types.values():
        return frozenset({Instance(cls, constructed=False)})
    if ask.natives.declarations.kind(f"{module}.{cls}") is Kind.CLASS:
        return object_of(ask, f"{module}.{cls}")
    if hasattr(builtins, cls):
        match cls:
            case "list" | "tuple" | "set" | "frozenset":
                return frozenset({Sequence(NOTHING)})
            case "dict":
                return frozenset({Table((), NOTHING)})
        return NOTHING if cls == "object" else frozenset({ExternalInstance(f"builtins.{cls}")})
    if ask.index.defined(cls) is not None:
        return frozenset({Instance(cls, constructed=False)})
    return frozenset({ExternalInstance(cls)}) if "." in cls else NOTHING
