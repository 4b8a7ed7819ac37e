"""Every rule that a finding can be of: its code, how much it weighs, and one sentence about it.

The table is documentation as much as data: `srcread check --rules` prints it, and the tests hold it
against the code, so that no rule is without a sentence, none without a test, and none without a
section of docs/findings. A code, once released, keeps its meaning and is never used again for
another. Rooms that do not know this one write the codes of traces, scenarios and read source
themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from srcread.model import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `fixable` tells that `check --fix` mends what breaks it."""

    code: str
    sentence: str
    severity: Severity = Severity.ERROR
    fixable: bool = False


def finding(code: str, path: Path, line: int, message: str, hint: str = "") -> Diagnostic:
    """Return a diagnostic of the rule `code`, with that rule's severity."""
    return Diagnostic(path.as_posix(), line, code, message, hint, RULES[code].severity)


def _table(*rules: Rule) -> Mapping[str, Rule]:
    return {rule.code: rule for rule in rules}


_WARNING = Severity.WARNING
_HINT = Severity.HINT

RULES: Mapping[str, Rule] = _table(
    Rule("TOUR001", "A tour is a folder with a tour.toml."),
    Rule("TOUR002", "tour.toml is TOML."),
    Rule("TOUR003", "tour.toml has no unknown keys."),
    Rule("TOUR004", "Every value in tour.toml is of the kind that its key asks for."),
    Rule("TOUR005", "A tour has a title, entries, and distributions or sources of one's own."),
    Rule("TOUR006", "Every chapter begins at a step of the tour, and no two at the same one."),
    Rule("TOUR007", "Languages are tags such as en or zh, each listed once, at least one."),
    Rule("TOUR008", "A distribution is pinned to one version, such as 2.13.0."),
    Rule("TOUR009", "A tour's folder holds nothing but a tour's files.", _WARNING),
    Rule("TOUR010", "Every snippet has a note of the same stem."),
    Rule("TOUR011", "A tour's files are plain files: a link could publish any file."),
    Rule("TOUR012", "A tour has notes.", _WARNING),
    Rule("TOUR013", "Addresses in tour.toml begin with https:// or http://."),
    Rule("TOUR014", "An entry is a dotted name, path.py:name or a folder, and stands there once."),
    Rule("TOUR015", "Listed methods belong to a class that is an entry."),
    Rule("TOUR016", "A tour's folder is named in small letters, digits and single hyphens."),
    Rule("TOUR017", "Imports that snippets may make are names of top-level packages."),
    Rule("TOUR018", "Chapters are listed in the order in which they are read.", _WARNING),
    Rule("TOUR019", "The sources of a tour's distributions can be had, and its entries exist."),
    Rule("TOUR020", "Where graph.json stands in for the sources, pages show no code.", _WARNING),
    Rule("TOUR021", "A tour's graph.json is the graph of its sources.", _WARNING),
    Rule("TOUR022", "A tour's idioms are .toml files beside it, and rules read all that they say."),
    Rule("TOUR023", "A path is at most eight steps of the tour, each listed once."),
    Rule("TOUR024", "Earlier versions are versions that the tour once had, each listed once."),
    Rule("TOUR025", "The sources of an earlier version can be had: its links lead on.", _WARNING),
    Rule("TOUR026", "A chapter's lead bears the stem of the step that begins the chapter."),
    Rule("TOUR027", "A page beside the steps is pages/STEM.md: small letters, digits, hyphens."),
    Rule(
        "TOUR028",
        "A page beside the steps begins with a line # and its title: at most 120 characters, "
        "which no other page of its tour has. Its headings have two signs or more.",
    ),
    Rule("TOUR029", "The order of the pages beside the steps names pages, each once."),
    Rule(
        "TOUR030",
        "A source of one's own has the name that imports it, and lies in the tour's repository.",
    ),
    Rule("TOUR031", "What is read from the repository is installed from nowhere else, too.", _HINT),
    Rule("NOTE001", "Every file of a tour can be read: UTF-8, at most 100,000 bytes."),
    Rule("NOTE002", "No file begins with a byte order mark.", _WARNING, fixable=True),
    Rule("NOTE003", "Lines end in LF.", _WARNING, fixable=True),
    Rule("NOTE004", "A note begins with a line +++ that opens its keys."),
    Rule("NOTE005", "A second line +++ closes a note's keys."),
    Rule("NOTE006", "A note's keys are TOML."),
    Rule("NOTE007", "A note has no unknown keys."),
    Rule("NOTE008", "Every value in a note is of the kind that its key asks for."),
    Rule("NOTE009", "A note has a title: one line of at most 120 characters."),
    Rule("NOTE010", "A note names the symbol that it stands at, and so does each [[also]]."),
    Rule("NOTE011", "A symbol is a dotted name."),
    Rule("NOTE012", "reach = false and reach_reason, a sentence, stand together or not at all."),
    Rule("NOTE013", "A note has a body."),
    Rule("NOTE014", "A stem is of small letters, digits and single hyphens."),
    Rule("NOTE015", "A step has one file in each language."),
    Rule("NOTE016", "native is a path and a function: 'cpp/path/file.cpp:function'."),
    Rule("NOTE017", "versions is a version specifier such as '>=2.5'."),
    Rule("NOTE018", "after names a step of the tour."),
    Rule("NOTE019", "The after keys of a tour form no circle."),
    Rule("NOTE020", "A note on what the walk does not reach says after which step it stands."),
    Rule("NOTE021", "A note's after puts it elsewhere than the walk does.", _WARNING),
    Rule("NOTE022", "A body holds no raw HTML."),
    Rule("NOTE023", "Links begin with https://, http:// or #."),
    Rule("NOTE024", "A body holds no images."),
    Rule("NOTE025", "A body is at most 8,000 characters long, that of a page 24,000."),
    Rule("NOTE026", "A table has at most 50 rows."),
    Rule("NOTE027", "No placeholder is left in a title, a body or a claim."),
    Rule("NOTE028", "No invisible control characters, which can make text read otherwise."),
    Rule("NOTE029", "A survivor's reason is a sentence."),
    Rule("NOTE030", "Lists in a body nest at most six deep, and quotes twelve."),
    Rule("NOTE031", "An equation is Python that can be drawn, in a fence at the left margin."),
    Rule("NOTE032", "The names of an equation stand in the code that its note is about."),
    Rule("NOTE033", "An equation can be broken into lines that fit a note."),
    Rule("NOTE034", "Links within a tour lead to its steps and to its terms."),
    Rule("NOTE035", "The scenario that a note names is one of its tour's."),
    Rule(
        "SENT001",
        "Every sentence says what it stands on, by the label of a footnote.",
        fixable=True,
    ),
    Rule("SENT002", "Every label has a definition in the note."),
    Rule("SENT003", "A footnote is a claim, a place that was read, or a source."),
    Rule("SENT004", "A claim that a footnote names is a claim of the snippet."),
    Rule("SENT005", "A claim carries some sentence of its note.", _HINT),
    Rule("SENT006", "A sentence has a rare word in common with what its claims say.", _HINT),
    Rule("SENT007", "A footnote is defined once, in the note and not in its translations."),
    Rule("SENT008", "A translation has the labels of its note, each of them."),
    Rule("SENT009", "A label that srcread proposed is agreed with by a person."),
    Rule("SENT010", "Every footnote carries some sentence.", _WARNING),
    Rule("SENT011", "The versions that a sentence names are those that it stands on."),
    Rule(
        "SENT012", "An introduction and a lead have no footnotes: they lead to notes, which prove."
    ),
    Rule("CLAIM001", "A snippet is valid Python."),
    Rule("CLAIM002", "Every claim has a sentence."),
    Rule("CLAIM003", "A claim's sentence is written out: one literal string."),
    Rule("CLAIM004", "A claim's sentence is one line that says something."),
    Rule("CLAIM005", "A claim's sentence ends with a full stop."),
    Rule("CLAIM006", "A claim's sentence stands once in its snippet."),
    Rule("CLAIM007", "A claim does not test a filled tuple, list, set, dict or f-string."),
    Rule("CLAIM008", "A claim does not test a constant."),
    Rule("CLAIM009", "A claim does not test a lambda, which is always true."),
    Rule("CLAIM010", "A claim does not compare an expression with itself."),
    Rule("CLAIM011", "A claim names something that can vary."),
    Rule("CLAIM012", "assert False does not stand where its AssertionError is caught."),
    Rule("CLAIM013", "A snippet imports what its tour reads, what it declares, and srcread.lab."),
    Rule("CLAIM014", "A snippet seeds before it draws.", _WARNING),
    Rule("CLAIM015", "A snippet makes a claim.", _WARNING),
    Rule("CLAIM016", "A note has a snippet: without one it is never confirmed.", _WARNING),
    Rule("CLAIM017", "must_fail names a claim of its snippet, as the test of an if."),
    Rule(
        "CLAIM018",
        "equation is a claim's own test, of an equation of the note, with all its names.",
    ),
    Rule("CLAIM019", "An exercise asks about a control that the snippet declares, in one line."),
    Rule("TRANS001", "A step has a note that is no translation."),
    Rule("TRANS002", "A step has one note that is no translation."),
    Rule("TRANS003", "A note's language is one of its tour's."),
    Rule("TRANS004", "A translation tells which text it translates.", fixable=True),
    Rule("TRANS005", "A translation is of the source as it is now.", _WARNING),
    Rule(
        "TRANS006",
        "A translation has title, source_digest, questions, messages, claims, grids and a body.",
    ),
    Rule("TRANS007", "A translated claim is a claim of the snippet."),
    Rule("TRANS008", "A translation has every claim.", _WARNING),
    Rule("TRANS009", "A source_digest is written by srcread."),
    Rule("TRANS010", "Every step is translated (on request).", _WARNING),
    Rule("TRANS011", "A translation has the equations of its note."),
    Rule("TRANS012", "A translated exercise is one of the note."),
    Rule("TRANS013", "A translation has the questions of all exercises.", _WARNING),
    Rule("TRANS014", "A translated title of a grid is one that the snippet shows."),
    Rule("TRANS015", "A translation has the title of every grid.", _WARNING),
    Rule(
        "TRANS016",
        "What introduces a tour, and a page beside its steps, has in each language the same links.",
        _WARNING,
    ),
    Rule("TRANS017", "A page beside the steps has in each language as many headings.", _WARNING),
    Rule("TERM001", "A glossary is TOML, and rules read all that it says."),
    Rule("TERM002", "A translation calls a thing what the glossary calls it."),
    Rule("TERM003", "A glossary explains each word once."),
    Rule("TERM004", "A term is explained in each language of its tour.", _WARNING),
    Rule("TERM005", "A tour's own terms are used by its texts.", _WARNING),
    Rule("TERM006", "The note that shows a term is a step of the tour."),
    Rule("LOCK001", "Every anchor is locked.", fixable=True),
    Rule("LOCK002", "An anchor's statement is the locked one."),
    Rule("LOCK003", "An anchor's statement is where it was locked."),
    Rule("LOCK004", "A selector names a place in its symbol."),
    Rule("LOCK005", "A selector names one place."),
    Rule("LOCK006", "A note's symbol is in the sources, under its defining name."),
    Rule("LOCK007", "A selector counts with #n only where it must.", _WARNING),
    Rule("LOCK008", "A lock is a file that srcread wrote."),
    Rule("LOCK009", "A lock or evidence file belongs to a note.", _WARNING),
    Rule("LOCK010", "A selector follows the grammar."),
    Rule("LOCK011", "A lock's digests are by the rule of this srcread.", _WARNING),
    Rule("EVID001", "An evidence file can be read, and is UTF-8."),
    Rule("EVID002", "An evidence file is JSON."),
    Rule("EVID003", "An evidence file is of the format that this srcread writes."),
    Rule("EVID004", "Every key of an evidence file is there, and of its kind."),
    Rule("EVID005", "A recorded run does not contradict itself."),
    Rule("EVID006", "An evidence file is of the note whose name it bears."),
    Rule("EVID007", "A note has one run of the same versions on the same device."),
    Rule("EVID008", "What is taken in from an archive is evidence of a note that is here."),
    Rule("EVID009", "What is taken in from an archive ran the snippet and symbols that are here."),
    Rule("EVID010", "A run goes through all lines that its note is about.", _WARNING),
    Rule("EVID011", "Every claim is turned false by some change of these lines.", _WARNING),
    Rule("EVID012", "A change that alters a value is noticed, or a reason given.", _WARNING),
    Rule("EVID013", "A survivor's reason is about an unseen change of the run.", _WARNING),
    Rule("EVID014", "A run of a snippet is recorded with the claims of that snippet."),
    Rule("EVID015", "Controls are of the operators that this srcread has.", _WARNING),
    Rule("EVID016", "A claim looks at what the source does, not at its spelling.", _WARNING),
    Rule("EVID020", "A note's snippet has been run, and the run recorded.", _WARNING),
    Rule("EVID021", "What a recorded run depended on has not changed since.", _WARNING),
    Rule("EVID022", "A note's recorded runs hold.", _WARNING),
    Rule("EVID023", "A note's snippet has been run on the versions that its tour pins.", _WARNING),
    Rule("EVID024", "A recorded day is one that has come."),
    Rule("EVID025", "A recorded run says no more than a run can: texts, numbers, output, counts."),
    Rule("EVID026", "What is taken in does not belie a run that was recorded here."),
    Rule("EVID027", "What is taken in is evidence: the tour's framework could be run."),
    Rule("EVID028", "A run of an earlier snippet goes when a newer run takes its place.", _WARNING),
    Rule("EVID029", "A note's versions are those on which its claims held when run.", _WARNING),
    Rule("SCEN001", "A scenario is valid Python."),
    Rule("SCEN002", "A scenario begins with a docstring: its first line is the title."),
    Rule("SCEN003", "A scenario says of which group it is."),
    Rule("SCEN004", "FORCED is True or False."),
    Rule("SCEN005", "A scenario leaves what is to be compared in output."),
    Rule("SCEN006", "A scenario's title has no invisible control characters."),
    Rule("SCEN007", "titles.toml is TOML: tables by language of titles by scenario.", _WARNING),
    Rule("SCEN008", "titles.toml names scenarios of the tour.", _WARNING),
    Rule("TRAC001", "A trace can be read, and is UTF-8."),
    Rule("TRAC002", "A trace is JSON."),
    Rule("TRAC003", "A trace is of the format that this srcread writes."),
    Rule("TRAC004", "Every key of a trace is there, of its kind, and says what a run can."),
    Rule("TRAC005", "A trace is of the scenario and the device that its file's name says."),
    Rule("TRAC006", "A trace is of the sources as they are now.", _WARNING),
    Rule("TRAC007", "A trace is of its scenario as it is now.", _WARNING),
    Rule("TRAC008", "A trace is of the versions that its tour pins.", _WARNING),
    Rule("TRAC009", "A scenario has a trace: without one, the site does not show it.", _WARNING),
    Rule("LINE001", "lines.toml is TOML."),
    Rule("LINE002", "lines.toml has functions and unreached, each of its kind."),
    Rule("LINE003", "A reason for unreached lines is about a place in the sources."),
    Rule("LINE004", "A line with a reason why it is unreached is not run."),
    Rule("LINE005", "A line of a listed function is run, or has a reason.", _WARNING),
    Rule("SRC001", "This Python can parse the files that are read.", _WARNING),
    Rule("SRC002", "The files that are read are files, in the encoding that they say.", _WARNING),
    Rule("SRC003", "What the code around an entry imports can be read, too.", _WARNING),
    Rule("SRC004", "Parsing a file takes no more time and memory than a file may.", _WARNING),
    Rule("SRC005", "A module is not hidden by a package of the same name.", _WARNING),
    Rule("SRC006", "The bases of classes that are walked can be read, too.", _WARNING),
    Rule("SRC007", "A row of a user's idioms names something that is read.", _WARNING),
)
