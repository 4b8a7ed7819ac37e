"""The story of `serve`: build the site, show it on loopback, build it again when a note changes.

An open page reloads when a new site stands, or says what is wrong. Its Run button runs the snippet
of a note, by its name, as `confirm` does: in a sandbox, with limits, one at a time. The result is
shown beside the recorded one and is not kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from srcread.errors import FindingsError, NotFoundError, SrcreadError
from srcread.model import Severity
from srcread.notes.format.tourfile import read_tour_file
from srcread.opening.own import own_sources
from srcread.opening.tour import tour_folders
from srcread.server import Events, Site, open_server
from srcread.sources import own_paths
from srcread.stories.build import Built, build
from srcread.support.resources import annotation_folders, resources
from srcread.support.scratch import scratch_folder

if TYPE_CHECKING:
    from srcread.model import Run
    from srcread.site.rendering.theme import Theme

_EVERY_SECONDS = 0.5

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """What is served, and how its snippets run; the fields are the command's options."""

    names: tuple[str, ...] = ()
    annotations: Path | None = None
    templates: Path | None = None
    port: int = 0
    device: str = "cpu"
    python: Path | None = None
    trust: bool = False


def serve(settings: ServeSettings, opened: Tell, tell: Tell) -> None:
    """Serve until interrupted. `opened` gets the address, `tell` a line about each build.

    Raises:
        FindingsError: a tour has errors.
        SrcreadError: there is no such tour, or the port cannot be used.
    """
    with scratch_folder() as scratch:
        folder = scratch / "site"
        events, ended = Events(), Event()
        inputs = list(_states(settings))
        site = Site(folder, _script(settings), lambda name: run_note(name, settings))
        # Before the build, which may take long: a port that is taken is said at once.
        server, address = open_server(site, events, settings.port)
        try:
            _build(settings, folder)
        except BaseException:
            server.close()
            raise
        watch = Thread(
            target=_rebuild, args=(settings, folder, inputs, events, ended, tell), daemon=True
        )
        watch.start()
        opened(address)
        try:
            server.serve()
        finally:
            ended.set()
            server.close()
            watch.join(5)


def run_note(name: str, settings: ServeSettings) -> Mapping[str, Any]:
    """Run the snippet of `tour/stem`, and return what its page shows, as JSON values.

    `said` holds the reasons and what confined the run, in each language of the site.

    Raises:
        SrcreadError: there is no such note, or it cannot be run here.
    """
    from srcread.evidence.grading import grade
    from srcread.model import Grade
    from srcread.stories.confirm import confirm

    if name.count("/") != 1:
        raise NotFoundError(f"{name!r} is no note: a page names TOUR/STEM.")
    with scratch_folder() as records:
        done = confirm(
            [name],
            annotations=settings.annotations,
            device=settings.device,
            python=settings.python,
            trust=settings.trust,
            records=records,
        )
        try:
            (result,) = done
        except FindingsError as error:
            raise SrcreadError(str(error.first)) from None
    run = result.run
    return {
        "confirmed": run.confirmed,
        "equivalent": grade(run) is Grade.EQUIVALENT,
        "said": _said(run, _theme(settings)),
        "claims": [
            {
                "sentence": claim.sentence,
                "held": claim.held and claim.evaluations > 0,
                "observed": claim.observed,
                "expected": claim.expected,
            }
            for claim in run.claims
        ],
        "output": run.output,
        "device": run.environment.device.name,
        "versions": dict(run.environment.distributions),
    }


def _build(settings: ServeSettings, folder: Path) -> Built:
    return build(
        settings.names,
        folder,
        annotations=settings.annotations,
        templates=settings.templates,
        base="/",
    )


def _rebuild(
    settings: ServeSettings,
    folder: Path,
    before: Sequence[tuple[str, int, int]],
    events: Events,
    ended: Event,
    tell: Tell,
) -> None:
    """Build again whenever a file of the notes or the templates has changed."""
    while not ended.wait(_EVERY_SECONDS):
        now = list(_states(settings))
        if now == before:
            continue
        before = now
        try:
            built = _build(settings, folder)
        except FindingsError as error:
            tell(str(error.first))
            events.failed(str(error.first))
        except (SrcreadError, OSError) as error:
            tell(str(error))
            events.failed(str(error))
        else:
            for item in built.warnings:
                if item.severity is Severity.ERROR:  # the page of the note says it, too
                    tell(str(item))
            tell(f"{built.written} pages written anew")
            events.built()


def _states(settings: ServeSettings) -> Iterator[tuple[str, int, int]]:
    """Yield each file of the tours and the templates with its time and size, sorted."""
    folders = [*annotation_folders(settings.annotations), resources("templates")]
    folders += [settings.templates] if settings.templates else []
    for top in [*folders, *_own(settings)]:
        for path in _files_at(top):
            try:
                state = os.stat(path)
            except OSError:  # it went while we looked: then the next look differs
                continue
            yield path, state.st_mtime_ns, state.st_size


def _files_at(top: Path) -> Iterator[str]:
    if top.is_file():
        yield str(top)
    for folder, inner, names in os.walk(top):
        inner[:] = sorted(name for name in inner if name != "__pycache__")
        yield from (os.path.join(folder, name) for name in sorted(names))


def _own(settings: ServeSettings) -> Iterator[Path]:
    """Yield what tours read of their own repository: it is written while they are."""
    for folder in tour_folders(settings.names, settings.annotations):
        with suppress(SrcreadError):  # the build says what is wrong with it
            for own in own_sources(folder, read_tour_file(folder)):
                yield from own_paths(own)


def _said(run: Run, theme: Theme) -> dict[str, Any]:
    from srcread.evidence.sentences import confinement, fragments, said

    return {
        language: {
            "reasons": [said(fragments(one, sentences)) for one in run.reasons],
            "sandbox": said(confinement(run.environment.sandbox, sentences)),
        }
        for language, sentences in ((name, theme.sentences(name)) for name in theme.languages)
    }


def _theme(settings: ServeSettings) -> Theme:
    from srcread.site.rendering.theme import Theme

    return Theme([*([settings.templates] if settings.templates else []), resources("templates")])


def _script(settings: ServeSettings) -> bytes:
    """Return the page's script, with the site's words and the device before it."""
    import json

    theme = _theme(settings)
    words = {
        language: {
            key.removeprefix("serve_"): text
            for key, text in theme.words(language).items()
            if key.startswith("serve_")
        }
        for language in theme.languages
    }
    head = json.dumps({"words": words, "device": settings.device})
    return f"window.srcreadServe = {head};\n".encode("ascii") + theme.asset("serve.js")
