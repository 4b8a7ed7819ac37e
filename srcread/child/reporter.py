"""What the claims of a running snippet report to: it listens, counts, and signs records.

A claim raises an audit event, and this is the audit hook that hears it. Python gives no way to
list, replace or remove a hook, does not trace one, and asks it before anybody is shown a frame or
the collector's objects. So nothing that a snippet can name, reach from a frame or find leads here.
For the rest it takes care itself:

- an event counts only from the place of its claim (`sites`), an end only from the bottom of the
  snippet's own thread, where no frame of the snippet can be, with what only the runner has;
- while it works, its thread is shown no frame nor given a trace function, and the collector is off;
- its module and those it uses are executed for it alone, with builtins of their own, and hold no
  class: `object.__subclasses__()` would list it.

Not kept out: code that is not Python's, and what reads the process's memory, such as ctypes.
Descriptions are weaker than truths: a snippet can spoil them. Before Python 3.11, see `sites`.

Standard library only, Python >= 3.9. `srcread.child.main` documents the records.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from gc import disable, enable, get_freeze_count, isenabled
from hashlib import blake2b
from json.encoder import encode_basestring_ascii as quoted
from os import getpid, write
from sys import _getframe
from threading import RLock, get_ident
from typing import Any

State = dict[str, Any]
Given = tuple[Any, ...]

_TRUTHS = (b"false", b"true")
_LONGEST = 200
_MOST_NAMED = 100
_LOOKING = ("keeping", "mocks")
# Frames from `_frame` to who raised an event that is heard.
_SITE, _BOTTOM, _SETTER = 5, 4, 3


def listener(about: State, load: Callable[[str], Any]) -> Callable[[str, Given], None]:
    """Return the audit hook of one run, to be added in the thread of the snippet.

    `about` is the run: its `descriptor` and `key`, its `mark`, whether it is `soft`, its `events`
    (of `sites`), the `namespace` of the snippet, what `failed` means, the `token` of the runner,
    whether it `looks` for mocks, how many `claims` it has, what is told when one of them has
    `decided` by its falsehood, and what `deciding`, `bindings` and `mocks` are told: the
    `originals`, and what is `known` of these.
    """
    state = {
        **about,
        "send": _sender(about["descriptor"], about["key"]),
        "lock": RLock(),
        "thread": get_ident(),
        "asked": set(),
        "busy": set(),
        "counts": {},
        "failed parts": set(),
        "seen": {},
        "begun": {},
        "doubts": set(),
        "replaced": set(),
        "looked": 0,
        "around": (0, [], []),
        "account": "",
        "crashed": False,
        **{name: load(name) for name in ("sites", "describing", "deciding", "bindings", *_LOOKING)},
    }
    state["attribute"] = partial(_attribute, state)
    handlers = _handlers(state)

    def hear(event: str, given: Given) -> None:
        handle = handlers.get(event)
        if handle is not None:
            handle(given)

    return hear


def _handlers(state: State) -> dict[str, Callable[[Given], None]]:
    kinds = {"held": _held, "seen": _seen, "begun": _begun}
    claims = {
        name: partial(_at_work, state, kinds[event["kind"]], event)
        for name, event in state["events"].items()
    }
    readies = {
        f"{name} ready": partial(_at_work, state, _ready, event)
        for name, event in state["events"].items()
        if event["kind"] == "held" and not state["soft"]
    }
    ends = {
        f"{state['mark']} {handle.__name__[1:]}": partial(_at_work, state, _ending, handle)
        for handle in (_observed, _raised, _ended)
    }
    looking = {
        f"{state['mark']} {handle.__name__[1:]}": partial(_at_work, state, handle, None)
        for handle in ((_imported, _entered) if state["looks"] else ())
    }
    passing = {
        f"{state['mark']} {observer}": partial(_at_work, state, _passing, observer)
        for observer in (("crashed", "stopped") if state["passing"] else ())
    }
    looks = {
        **({"import": partial(_at_work, state, _importing, None)} if state["looks"] else {}),
        "sys._getframe": partial(_looked, state),
        "object.__getattr__": partial(_looked, state),
        "sys.settrace": partial(_looked, state),
        "sys.setprofile": partial(_looked, state),
        "sys._current_frames": partial(_meddled, state, "sys._current_frames"),
        "sys._current_exceptions": partial(_meddled, state, "sys._current_exceptions"),
        "sys.addaudithook": partial(_meddled, state, "sys.addaudithook"),
        "gc.get_objects": partial(_collected, state),
        "gc.get_referrers": partial(_collected, state),
        "object.__setattr__": partial(_setting, state),
        "object.__delattr__": partial(_setting, state),
    }
    return {**claims, **readies, **ends, **looking, **passing, **looks}


def _at_work(state: State, handle: Callable[..., None], about: Any, given: Given) -> None:
    """Handle an event, and let no code of the snippet look on."""
    thread, collecting, busy = get_ident(), isenabled(), state["busy"]
    again = thread in busy  # the code of a value may evaluate a claim, too
    disable()
    busy.add(thread)
    try:
        handle(state, about, given)
    finally:
        if not again:
            busy.discard(thread)
        if collecting:
            enable()


def _ready(state: State, event: State, given: Given) -> None:
    """Look for what could change the variables of the lambda that is called next."""
    watcher = state["deciding"].watcher(state)
    if watcher:
        _doubt(state, "meddled", watcher, event)


def _held(state: State, event: State, given: Given) -> None:
    """Report the truth of one evaluation, and what makes it doubtful."""
    frame, key = _site(state, event)
    if frame is None:
        return
    _ready(state, event, given)  # one that came since would be shown what runs below this
    *operands, held = given
    if state["begun"].get(key):
        operands, held = state["begun"][key].pop(), held is not state["failed"]
    elif event["signs"] and not operands:
        operands = state["seen"].pop(key, [])
    if state["checked"] and (event["claim"], event["part"]) not in state["counts"]:
        state["looked"] += 1
        _look(state, state["looked"], state["looked"] == 1)
    if not state["soft"]:  # first, so that what has no doubts has been weighed
        for doubt, name in state["deciding"].doubts(state, event, frame, operands, held):
            _doubt(state, doubt, name, event)
    _report(state, event, held, operands if event["signs"] else [])


def _seen(state: State, event: State, given: Given) -> None:
    """Keep an operand of a chain until the chain's truth is reported."""
    frame, key = _site(state, event)
    if frame is not None:
        if event["operand"] == 0:
            state["seen"][key] = []
        state["seen"].setdefault(key, []).append(given[0])


def _begun(state: State, event: State, given: Given) -> None:
    """Keep what a call is given that fails by an error: if no more is heard, it has failed."""
    frame, key = _site(state, event)
    if frame is not None:
        function, *operands = given
        state["begun"].setdefault(key, []).append(operands)
        if not state["soft"] and state["deciding"].is_other(state, function):
            _doubt(state, "rebound", ".".join(event["called"][0]), event)


def _importing(state: State, _: None, given: Given) -> None:
    """Look, before an import, what differs already."""
    if state["keeping"].begins_import(state, given[0]):
        _take(state)
        state["keeping"].look_before(state)


def _imported(state: State, _: None, given: Given) -> None:
    """Keep what an import statement brought, and say which modules it found in others' places."""
    _take(state)
    originals = state["originals"]
    for name in state["bindings"].swapped(originals, [*originals["packages"], *state["anchored"]]):
        _replaced(state, name)


def _entered(state: State, _: None, given: Given) -> None:
    """Look for mocks where a function of the note begins, for so many a time."""
    if tuple(map(type, given)) == (int,) and given[0] > 0:
        _look(state, given[0], False)


def _look(state: State, time: int, whole: bool) -> None:
    _take(state)
    for name in state["mocks"].named(state, time, whole):
        _replaced(state, name)


def _take(state: State) -> None:
    """Keep what the names of modules stand for that have been imported since."""
    if state["keeping"].take_new(state):
        state["known"] = state["deciding"].prepared(state["originals"])


def _setting(state: State, given: Given) -> None:
    """Keep what a function had that is given other code or defaults by other than its framework."""
    if not state["bindings"].is_recoding(given):
        return
    if state["keeping"].is_theirs(state, _frame(state, _SETTER).f_globals):
        return  # as a copy of a function is given the defaults of that
    if state["looks"]:
        _take(state)
    state["bindings"].note_setting(state["originals"], given)


def _replaced(state: State, name: str) -> None:
    """Send, once, what stood for something else; an ellipsis for what is beyond all measure."""
    known = state["replaced"]
    name = name[:_LONGEST] if len(known) < _MOST_NAMED else "…"
    if name not in known:
        known.add(name)
        state["send"](b"REPLACED", b'"name": %s' % quoted(name).encode())


def _site(state: State, event: State) -> tuple[Any, Any]:
    """Return the frame of a claim, and its key; None, and a doubt, for what is from elsewhere."""
    frame, is_at = _frame(state, _SITE), state["sites"].is_at
    outer, code = frame.f_back, _attribute(state, frame, "f_code")
    if is_at(event["inner"], frame, code) and outer is not None:
        code = _attribute(state, outer, "f_code")
        if is_at(event["outer"], outer, code) and outer.f_globals is state["namespace"]:
            return outer, (get_ident(), id(outer), event["claim"], event["part"])
    _doubt(state, "elsewhere", "", event)
    return None, None


def _ending(state: State, handle: Callable[..., None], given: Given) -> None:
    """Hear what only the runner says, when the snippet is over."""
    bottom = get_ident() == state["thread"] and _frame(state, _BOTTOM).f_back is None
    if bottom and given and given[0] is state["token"]:
        handle(state, *given[1:])
    else:
        _doubt(state, "elsewhere", "")


def _passing(state: State, observer: str, given: Given) -> None:
    """Pass on what a probe says of an error, when it comes: claims before it are told before it.

    Anybody may say so, at the cost of the claims that follow.
    """
    if tuple(map(type, given)) == (str,):
        state["crashed"] |= observer == "crashed"
        _observed(state, observer, *given)


def _observed(state: State, observer: str, value: str) -> None:
    if observer == "lab":
        state["account"] = value
    about = quoted(observer).encode(), quoted(value).encode()
    state["send"](b"OBSERVED", b'"observer": %s, "value": %s' % about)


def _raised(state: State, kind: str, message: str, leaving: bool, failing: bool, line: int) -> None:
    if failing:
        _fail_begun(state)
    what, said = (quoted(text[:_LONGEST]).encode() for text in (kind, message))
    about = what, said, _TRUTHS[leaving], line
    state["send"](b"EXCEPTION", b'"type": %s, "message": %s, "exit": %s, "line": %d' % about)


def _ended(state: State) -> None:
    _fail_begun(state)
    if state["checked"]:
        _take(state)
        for name in state["bindings"].changed(state):
            _doubt(state, "left", name)
    listed = [b"[%d, %d, %d]" % (*place, count) for place, count in state["counts"].items()]
    state["send"](b"END", b'"evaluations": [%s]' % b", ".join(listed))


def _fail_begun(state: State) -> None:
    """Report as false what has begun and not passed."""
    for (_, _, claim, part), waiting in state["begun"].items():
        for operands in waiting:
            _report(state, {"claim": claim, "part": part, "signs": ["=="]}, False, operands)


def _report(state: State, event: State, held: bool, operands: list[Any]) -> None:
    """Count an evaluation; send only a part's first and its first false one, for loops are long."""
    place, counts, failed = (event["claim"], event["part"]), state["counts"], state["failed parts"]
    with state["lock"]:
        if place not in counts or (not held and place not in failed):
            texts = state["describing"].operands(operands, event["signs"])
            about = b'"claim": %d, "part": %d, "truth": %s, ' % (*place, _TRUTHS[held])
            state["send"](b"CLAIM", about + texts)
        counts[place] = counts.get(place, 0) + 1
        if not held:
            failed.add(place)
            if event["claim"] < state["claims"] and not state["crashed"]:
                state["decided"][0] = 1


def _doubt(state: State, code: str, name: str, event: State | None = None) -> None:
    """Send, once, what makes the run doubtful; of no claim, the number is -1."""
    claim, part = (event["claim"], event["part"]) if event is not None else (-1, -1)
    if (code, name, claim, part) not in state["doubts"]:
        state["doubts"].add((code, name, claim, part))
        about = claim, part, quoted(code).encode(), quoted(name).encode()
        state["send"](b"DOUBT", b'"claim": %d, "part": %d, "code": %s, "name": %s' % about)


def _meddled(state: State, name: str, given: Given) -> None:
    """Refuse what would show the runner's own frames, or what it reports."""
    _doubt(state, "meddled", name)
    raise RuntimeError(f"a snippet may not use {name}")


def _collected(state: State, given: Given) -> None:
    """Let the collector show its objects unless it was told to show ours."""
    if not get_freeze_count():
        _meddled(state, "gc.unfreeze", given)
    if state["busy"]:  # before Python 3.11 the frames of what works are among them
        raise RuntimeError("frames are not shown here")


def _looked(state: State, given: Given) -> None:
    """Let nobody but this look at a frame or a code while this is at work, nor trace."""
    thread = get_ident()
    if thread in state["asked"]:
        state["asked"].discard(thread)
    elif thread in state["busy"]:
        raise RuntimeError("frames are not shown here")


def _frame(state: State, depth: int) -> Any:
    state["asked"].add(get_ident())
    return _getframe(depth)


def _attribute(state: State, holder: Any, name: str) -> Any:
    """Return an attribute of which Python asks its audit hooks, before some of its versions not."""
    state["asked"].add(get_ident())
    found = getattr(holder, name)
    state["asked"].discard(get_ident())
    return found


def _sender(descriptor: int, key: bytes) -> Callable[[bytes, bytes], None]:
    """Return what signs and writes a record: in the process that made it, a fork's do not count."""
    lock, owner, sequence = RLock(), getpid(), 0

    def send(kind: bytes, about: bytes) -> None:
        nonlocal sequence
        with lock:
            if getpid() != owner or sequence < 0:
                return
            body = b'{"sequence": %d, "kind": "%s", %s}' % (sequence, kind, about)
            line = blake2b(body, key=key).hexdigest().encode() + b" " + body + b"\n"
            sequence = -1 if kind == b"END" else sequence + 1
            while line:
                line = line[write(descriptor, line) :]

    return send
