"""The story of `build`: a tour becomes a site, again after changes, whatever is in the way."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.story_example import (
    MODEL,
    NOTE,
    contents,
    environment,
    install,
    process,
    srcread,
    write_tour,
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the tour in ./annotations, the package installed, and a cache of its own."""
    monkeypatch.syspath_prepend(install(tmp_path / "installed"))
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    work = tmp_path / "work"
    tour = write_tour(work / "annotations")
    monkeypatch.chdir(work)
    assert srcread("check", "tiny-model", "--fix").exit_code == 0
    assert (tour / "lock" / "first-layers.json").exists()
    return work


def build() -> str:
    result = srcread("build", "tiny-model")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_tour_becomes_a_site_and_the_source_is_in_it(here: Path) -> None:
    assert "pages written: site/index.html" in build()
    pages = contents(here / "site")
    assert any(b"The first layers leave x as it is" in data for data in pages.values())
    assert any(b"layer.run" in data or b"scale" in data for data in pages.values())


def test_a_second_build_says_that_nothing_has_changed_and_writes_nothing(here: Path) -> None:
    build()
    before = {path: path.stat().st_mtime_ns for path in here.rglob("*")}
    assert build() == "Nothing has changed: site/index.html\n"
    assert {path: path.stat().st_mtime_ns for path in here.rglob("*")} == before


def test_a_build_counts_the_notes_whose_evidence_is_open_and_leaves_each_to_check(
    here: Path,
) -> None:
    said = "The evidence of 2 notes leaves something open: `srcread check tiny-model` says what.\n"
    assert srcread("build", "tiny-model").stderr == said
    assert srcread("build", "tiny-model").stderr == said  # where nothing has changed, too
    note = here / "annotations" / "tiny-model" / "first-layers.md"
    note.write_text(note.read_text("utf-8").replace("at =", 'after = "layer-order"\nat ='), "utf-8")
    of_all = srcread("build", "--annotations", "annotations").stderr.splitlines()
    assert [line.partition(" ")[2][:16] for line in of_all[:-1]] == ["warning: NOTE021"]
    assert "`srcread check --annotations annotations` says what." in of_all[-1]
    assert srcread("check", "tiny-model").stderr.count(": EVID020 ") == 2


OPENS = """
import collections, os, sys
opened = collections.Counter()
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, os.PathLike)):
        opened[os.path.relpath(arguments[0])] += 1
sys.addaudithook(hook)
from srcread.cli import main
main(["check", "tiny-model"], standalone_mode=False)
for path, count in sorted(opened.items()):
    if path.startswith("annotations"):
        print(count, os.path.basename(path), file=sys.stderr)
"""


def test_a_check_opens_each_file_of_a_tour_once_findings_or_not(here: Path) -> None:
    note = here / "annotations" / "tiny-model" / "first-layers.md"
    note.write_text(note.read_text("utf-8").replace("at =", 'after = "layer-order"\nat ='), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", OPENS],
        cwd=here,
        env=environment(here.parent / "installed"),
        capture_output=True,
        text=True,
    )
    assert "first-layers.md:4: warning: NOTE021" in done.stderr
    counted = sorted(line for line in done.stderr.splitlines() if line[0].isdigit())
    assert counted == sorted(f"1 {path.name}" for path in note.parent.rglob("*") if path.is_file())


def test_after_an_edited_note_only_the_pages_that_show_it_are_written(here: Path) -> None:
    build()
    before = contents(here / "site")
    note = here / "annotations" / "tiny-model" / "first-layers.md"
    note.write_text(NOTE.replace("A layer scales", "A layer multiplies"))
    assert "unchanged" in build()
    after = contents(here / "site")
    changed = {name for name in after if before.get(name) != after[name]} - {".srcread.json"}
    assert any(b"A layer multiplies" in after[name] for name in changed)
    untouched = [name for name in after if name.endswith("Model.run.html")]
    assert untouched and not changed & set(untouched)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("tour.toml", "A tiny model", "A small model"),
        ("first-layers.py", "result:", "outcome:"),
        ("layer-order.md", "There is no other order.", "No other order is possible."),
    ],
)
def test_every_file_of_a_tour_is_watched(here: Path, path: str, old: str, new: str) -> None:
    build()
    file = here / "annotations" / "tiny-model" / path
    file.write_text(file.read_text().replace(old, new))
    assert "written" in build()
    assert any(new.encode() in data for data in contents(here / "site").values())


def test_a_lock_that_goes_is_noticed(here: Path) -> None:
    build()
    (here / "annotations" / "tiny-model" / "lock" / "first-layers.json").unlink()
    result = srcread("build", "tiny-model")
    assert "LOCK001" in result.stderr


def test_a_changed_source_file_is_noticed(here: Path) -> None:
    build()
    source = here.parent / "installed" / "tiny" / "model.py"
    source.write_text(MODEL.replace("return x\n", "return x  # as it came\n", 1))
    assert "written" in build()
    assert any(b"as it came" in data for data in contents(here / "site").values())


def test_a_change_of_the_same_size_within_the_clocks_grain_is_noticed(here: Path) -> None:
    note = here / "annotations" / "tiny-model" / "first-layers.md"
    soon = time.time_ns() + 3600 * 10**9  # newer than any stamp of a build that takes long
    os.utime(note, ns=(soon, soon))
    build()
    note.write_text(NOTE.replace("above one", "above two"))
    os.utime(note, ns=(soon, soon))
    assert "written" in build()


def test_a_new_tour_is_noticed(here: Path) -> None:
    assert srcread("build", "--annotations", "annotations").exit_code == 0
    shutil.copytree(here / "annotations" / "tiny-model", here / "annotations" / "other")
    assert "written" in srcread("build", "--annotations", "annotations").stdout
    assert list((here / "site" / "en" / "other").rglob("index.html"))


def test_a_note_behind_a_link_to_a_folder_is_watched(here: Path) -> None:
    elsewhere = here / "elsewhere"
    (here / "annotations" / "tiny-model").rename(elsewhere)
    (here / "annotations" / "tiny-model").symlink_to(elsewhere, target_is_directory=True)
    build()
    (elsewhere / "first-layers.md").write_text(NOTE.replace("above one", "above two"))
    assert "written" in build()


def test_the_same_folder_built_with_other_arguments_is_built_again(here: Path) -> None:
    build()
    shutil.copytree(here / "annotations", here / "others")
    note = here / "others" / "tiny-model" / "first-layers.md"
    note.write_text(NOTE.replace("above one", "above two"))
    assert "written" in srcread("build", "tiny-model", "--annotations", "others").stdout
    assert "written" in build()


def test_a_change_while_a_build_runs_leaves_no_stamp(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from srcread.stories.build import build as build_site

    note = here / "annotations" / "tiny-model" / "first-layers.md"
    told: list[str] = []

    def edit(words: str) -> None:
        if words.startswith("page") and not told:
            note.write_text(NOTE.replace("above one", "above two"))
        told.append(words)

    build_site(["tiny-model"], Path("site"), progress=edit)
    assert told
    assert "written" in build()
    assert any(b"above two" in data for data in contents(here / "site").values())


def test_source_that_changes_while_a_build_runs_leaves_no_stamp(here: Path) -> None:
    from srcread.stories.build import build as build_site

    source = here.parent / "installed" / "tiny" / "ops.py"

    def edit(words: str) -> None:
        if words.startswith("page"):
            source.write_text("def scale(x, by):\n    return by * x\n")

    build_site(["tiny-model"], Path("site"), progress=edit)
    assert "written" in build()


def test_a_deleted_page_comes_back(here: Path) -> None:
    build()
    before = contents(here / "site")
    (here / "site" / "index.html").unlink()
    build()
    assert contents(here / "site") == before


def test_broken_notes_are_all_reported_and_the_old_site_is_untouched(here: Path) -> None:
    build()
    before = contents(here / "site")
    tour = here / "annotations" / "tiny-model"
    (tour / "first-layers.md").write_text(NOTE.replace('at = "if size"', 'at = "if siez"'))
    (tour / "layer-order.md").write_text("no front matter\n")
    (tour / "tour.toml").write_text((tour / "tour.toml").read_text() + '\n[sight]\nurl = ""\n')
    result = srcread("build", "tiny-model")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    for name in ("first-layers.md", "layer-order.md", "tour.toml"):
        assert any(line.startswith(f"annotations/tiny-model/{name}:") for line in lines), name
    assert all(": error: " in line or ": warning: " in line for line in lines)
    assert result.stdout == ""
    assert contents(here / "site") == before


def test_one_tour_without_its_sources_hides_no_finding_of_another(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    tour = here / "annotations" / "tiny-model"
    shutil.copytree(tour, here / "annotations" / "ahead")
    ahead = here / "annotations" / "ahead" / "tour.toml"
    ahead.write_text(ahead.read_text().replace('tiny = "1.0"', 'tiny = "7.0"'))
    (tour / "layer-order.md").write_text("no front matter\n")
    for command in ("build", "check"):
        result = srcread(command, "--annotations", "annotations")
        assert result.exit_code == 1
        assert "annotations/ahead/tour.toml: error: TOUR019" in result.stderr
        assert "annotations/tiny-model/layer-order.md:1: error: " in result.stderr


def test_a_link_to_nowhere_is_a_finding_among_the_others(here: Path) -> None:
    tour = here / "annotations" / "tiny-model"
    (tour / "notes.txt").symlink_to("/no/such/file")
    (tour / "layer-order.md").write_text("no front matter\n")
    result = srcread("build", "tiny-model")
    assert result.exit_code == 1
    assert "annotations/tiny-model/notes.txt: error: TOUR011" in result.stderr
    assert "annotations/tiny-model/layer-order.md:1: error: " in result.stderr


def test_a_link_to_nowhere_outside_the_tours_does_no_harm(here: Path) -> None:
    (here / "annotations" / "README.md").symlink_to("/no/such/file")
    build()
    assert build() == "Nothing has changed: site/index.html\n"


def test_a_folder_that_is_no_site_is_never_replaced(here: Path) -> None:
    (here / "precious").mkdir()
    (here / "precious" / "thesis.tex").write_text("years of work")
    result = srcread("build", "tiny-model", "-o", "precious")
    assert result.exit_code == 2
    assert "is not a site of srcread and not empty" in result.stderr
    assert contents(here / "precious") == {"thesis.tex": b"years of work"}


@pytest.mark.parametrize("damage", ["garbage", "truncated", "scrambled", "folder"])
def test_a_damaged_cache_costs_only_the_work(here: Path, damage: str) -> None:
    build()
    before = contents(here / "site")
    file = here.parent / "cache" / "index.sqlite"
    data = file.read_bytes()
    match damage:
        case "garbage":
            file.write_bytes(b"\x00garbage" * 999)
        case "truncated":
            file.write_bytes(data[: len(data) // 2])
        case "scrambled":
            file.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
        case "folder":
            file.unlink()
            file.mkdir()
    for stamp in (here.parent / "cache" / "stamps").iterdir():
        stamp.write_text('{"time": ')
    (here / "site" / "index.html").unlink()
    build()
    assert contents(here / "site") == before


def test_a_damaged_cache_is_begun_anew(tmp_path: Path) -> None:
    from srcread.support.cache import Cache

    cache = Cache(tmp_path)
    cache.put("key", b"value" * 9999)
    file = tmp_path / "index.sqlite"
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    assert cache.get("key") is None
    cache.put("key", b"value")
    assert cache.get("key") == b"value"


def test_the_cache_forgets_what_was_written_longest_ago(tmp_path: Path) -> None:
    from srcread.support.cache import Cache

    cache = Cache(tmp_path)
    for number in range(202):
        cache.put(f"key {number}", b"value")
    assert cache.get("key 1") is None
    assert cache.get("key 2") == b"value"


def test_without_a_writable_cache_every_build_works(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "file"))
    assert "pages written" in build()
    assert build() == "Nothing has changed: site/index.html\n"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_cache_is_read_and_not_written(here: Path) -> None:
    build()
    cache = here.parent / "cache"
    cache.chmod(0o500)
    try:
        note = here / "annotations" / "tiny-model" / "first-layers.md"
        note.write_text(NOTE.replace("above one", "above two"))
        assert "written" in build()
    finally:
        cache.chmod(0o700)


def test_the_site_is_the_same_whatever_folder_clock_locale_and_hash_seed(tmp_path: Path) -> None:
    sites = []
    settings = [
        {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Lima", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
    ]
    for number, variables in enumerate(settings):
        folder = tmp_path / ("long folder name" * number + "x")
        site = install(folder / "installed")
        write_tour(folder / "annotations")
        cache = str(folder / "cache")
        fixed = process("check", "tiny-model", "--fix", cwd=folder, site=site, SRCREAD_CACHE=cache)
        assert fixed.returncode == 0, fixed.stderr
        out = str(folder / f"site{number}")
        made = process(
            *("build", "tiny-model", "-o", out),
            cwd=folder,
            site=site,
            SRCREAD_CACHE=cache,
            **variables,
        )
        assert made.returncode == 0, made.stderr
        sites.append(contents(Path(out)))
    assert sites[0].keys() == sites[1].keys()
    assert [name for name in sites[0] if sites[0][name] != sites[1][name]] == []


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_killed_build_leaves_the_old_site_whole_and_the_next_one_works(here: Path) -> None:
    build()
    before = contents(here / "site")
    note = here / "annotations" / "tiny-model" / "first-layers.md"
    note.write_text(NOTE.replace("above one", "above two"))
    # A build that kills itself as soon as it has written the first of its pages.
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from srcread.stories.build import build\n"
        "def end(words):\n"
        "    if words.startswith('page'): os.kill(os.getpid(), signal.SIGKILL)\n"
        "build(['tiny-model'], Path('site'), progress=end)\n"
    )
    variables = environment(here.parent / "installed")
    killed = subprocess.run([sys.executable, "-c", code], env=variables, cwd=here, timeout=300)
    assert killed.returncode == -signal.SIGKILL
    assert contents(here / "site") == before
    assert list(here.glob(".site.srcread-*")), "nothing was left behind: it was killed too late"
    assert "written" in build()
    assert any(b"above two" in data for data in contents(here / "site").values())
    assert not list(here.glob(".site.srcread-*"))


def test_callers_from_outside_the_tour_are_shown_when_asked_for_whatever_the_cache_holds(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = "from tiny.ops import scale\n\n\ndef twice(x):\n    return scale(x, 2)\n"
    (here.parent / "installed" / "tiny" / "extra.py").write_text(extra)
    build()
    plain = contents(here / "site")
    assert not any(b"tiny.<wbr>extra" in data for data in plain.values())
    assert srcread("build", "tiny-model", "--callers").exit_code == 0
    listed = contents(here / "site")
    shown = [name for name, data in listed.items() if b"tiny/extra.py:5" in data]
    assert [Path(name).name for name in shown] == ["tiny.ops.scale.html"] * len(shown) != []
    build()  # the index is in the cache now, and nobody asked for it
    assert contents(here / "site") == plain
    monkeypatch.setenv("SRCREAD_CACHE", str(here.parent / "another"))
    assert srcread("build", "tiny-model", "--callers").exit_code == 0
    assert contents(here / "site") == listed
    (here.parent / "installed" / "tiny" / "extra.py").write_text("")
    assert srcread("build", "tiny-model", "--callers").exit_code == 0
    assert contents(here / "site") == plain


def test_two_builds_at_once_leave_one_whole_site(here: Path) -> None:
    build()
    whole = contents(here / "site")
    (here / "site" / "index.html").unlink()
    command = [sys.executable, "-m", "srcread", "build", "tiny-model"]
    variables = environment(here.parent / "installed")
    both = [
        subprocess.Popen(
            command, env=variables, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    ends = [(*one.communicate(timeout=300), one.returncode) for one in both]
    assert [status for _, _, status in ends] == [0, 0], ends
    assert contents(here / "site") == whole


@pytest.mark.skipif(os.name != "posix", reason="needs SIGINT")
def test_an_interrupt_is_one_line_and_no_traceback(here: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        variables = environment(PIP_INDEX_URL=index, PIP_CONFIG_FILE=os.devnull)
        one = subprocess.Popen(
            [sys.executable, "-m", "srcread", "fetch", "slow==1.0"],
            env=variables,
            cwd=here,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # may be ignored
        )
        silent.settimeout(300)
        connection, _ = silent.accept()  # it asks the index, which never answers
        one.send_signal(signal.SIGINT)
        _, errors = one.communicate(timeout=300)
        connection.close()
    assert one.returncode == 130
    assert errors.strip() == "srcread: Interrupted."
