"""The site's words: evidence in Chinese, singular and plural, ends of lines between characters."""

# ruff: noqa: RUF001 - full-width punctuation is what is tested

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from support.site_example import page, plans, run, view, with_standings

from srcread.errors import SrcreadError
from srcread.evidence.sentences import fragments, said
from srcread.model import (
    Confinement,
    EvidenceStatus,
    Reason,
    ReasonCode,
    Standing,
    Stop,
    StopWhy,
)
from srcread.running.controls.operators import RANKS
from srcread.site.rendering.prose import coded, counted, markdown
from srcread.site.rendering.saying import reason as in_language
from srcread.site.rendering.theme import Theme
from srcread.support.resources import resources

FORWARD = "zh/example/1.5/pkg.model.Model.forward.html"


def theme(*folders: Path) -> Theme:
    return Theme([*folders, resources("templates")])


def marked(reason: Reason, language: str) -> str:
    """Return a reason as a page shows it, what is not in its language in guillemets."""
    html = str(in_language(reason, theme().sentences(language)))
    return re.sub(r'<span lang="en">(.*?)</span>', r"«\1»", html)


@pytest.mark.parametrize("language", theme().languages)
def test_every_reason_has_a_sentence_in_every_language_with_all_its_gaps(language: str) -> None:
    own = theme().sentences(language)
    gaps = {code: set(re.findall(r"{(\w+)(?::\w+)?}", text)) for code, text in own.reasons.items()}
    assert gaps == {code.value: set(code.gaps) for code in ReasonCode}
    assert set(own.confinement) == {"none", *(one.value for one in Confinement)}
    assert set(own.operators) == set(RANKS)


NEEDS = Reason(ReasonCode.NEEDS, {"name": "a GPU"})
REASONS = [
    (
        Reason(ReasonCode.CLAIM_FALSE, {"claim": 1, "sentence": "It <holds>; always."}),
        "第 1 条断言不成立：«It &lt;holds&gt;; always.»",
    ),
    (
        Reason(ReasonCode.PART_UNEVALUATED, {"claim": 1, "part": 2, "sentence": "x"}),
        "第 1 条断言的第 2 部分从未求值：«x»",
    ),
    (Reason(ReasonCode.CANNOT_RUN, {"why": NEEDS}), "在此无法运行：需要 «a GPU»"),
    (
        Reason(
            ReasonCode.RAISED_AT_SAYING,
            {
                "error": "TypeError",
                "line": 2,
                "message": "f() took longer than 3 s; {line} failed: x",
            },
        ),
        "在第 2 行抛出 «TypeError»：«f() took longer than 3 s; {line} failed: x»",
    ),
    (Reason(ReasonCode.STATUS_BEFORE_END, {"status": 3}), "未到结尾就结束了：退出状态 3"),
    (
        Reason(ReasonCode.KILLED_AFTER_END, {"signal": "SIGKILL"}),
        "结束之后被 «SIGKILL» 终止",
    ),
    (Reason(ReasonCode.MEMORY_LIMIT, {"size": "2 GiB"}), "占用内存超过 «2 GiB»"),
    (Reason(ReasonCode.PROCESS_LIMIT, {"count": 64}), "同时运行的进程超过 64 个"),
    (Reason(ReasonCode.TIME_LIMIT, {"seconds": 1.5}), "用时超过 1.5 秒"),
    (
        Reason(
            ReasonCode.STALE,
            {
                "changes": (
                    Reason(ReasonCode.SYMBOL_CHANGED, {"name": "a.f"}),
                    Reason(ReasonCode.SYMBOL_UNKNOWN, {"name": "a.g"}),
                )
            },
        ),
        "已过期：«a.f» 有改动；«a.g» 是否有改动不得而知，因为摘要的算法不同",
    ),
    (
        Reason(
            ReasonCode.ONLY_RUN_ON,
            {"places": ("torch 2.1", Reason(ReasonCode.MACHINE_WITHOUT, {"name": "torch"}))},
        ),
        "未验证：只在 «torch 2.1»、没有 «torch» 的机器 上运行过",
    ),
    (
        Reason(
            ReasonCode.CONFIRMED_ON_GPU_TOO,
            {
                "how": Reason(
                    ReasonCode.REPLACED,
                    {"own": ("a 2",), "versions": ("a 1",), "functions": ("a.f", "a.g")},
                )
            },
        ),
        "在 CPU 和 GPU 上都已验证（«a 2» 的 Python 代码，运行于 «a 1»，替换的函数：«a.f»、«a.g»）",
    ),
]


@pytest.mark.parametrize(("reason", "shown"), REASONS, ids=[one.code.value for one, _ in REASONS])
def test_a_reason_is_said_in_chinese_with_other_words_as_they_are(
    reason: Reason, shown: str
) -> None:
    assert marked(reason, "zh") == shown


def test_a_language_that_lacks_a_sentence_says_it_in_english(tmp_path: Path) -> None:
    (tmp_path / "words.de.toml").write_text('[reasons]\nneeds = "braucht {name}"\n', "utf-8")
    sentences = theme(tmp_path).sentences("de")
    assert "braucht" in str(in_language(NEEDS, sentences))
    lacking = str(in_language(Reason(ReasonCode.NO_CLAIM), sentences))
    assert lacking == '<span lang="en">it makes no claim</span>'
    mixed = Reason(ReasonCode.CANNOT_RUN, {"why": NEEDS})
    assert str(in_language(mixed, sentences)).count("needs") == 1


def test_an_english_theme_of_a_user_may_say_a_reason_otherwise(tmp_path: Path) -> None:
    (tmp_path / "words.en.toml").write_text('[reasons]\nneeds = "wants {name}"\n', "utf-8")
    assert said(fragments(NEEDS, theme(tmp_path).sentences("en"))) == "wants a GPU"


def test_a_chinese_page_says_in_chinese_why_a_run_failed() -> None:
    false = Reason(ReasonCode.CLAIM_FALSE, {"claim": 1, "sentence": "The result is doubled."})
    failed = Standing(
        EvidenceStatus.FAILED,
        Reason(ReasonCode.FAILED, {"reason": false}),
        replace(run(), reasons=(false,)),
    )
    html = page(plans(with_standings({"run": failed})), FORWARD)
    assert html.count("第 1 条断言不成立：") == 2
    assert "<dt>隔离</dt><dd>资源限制</dd>" in html


def test_a_run_on_a_gpu_shows_the_most_memory_that_it_held_and_no_other_run_does() -> None:
    confirmed = Standing(EvidenceStatus.CONFIRMED, Reason(ReasonCode.CONFIRMED), run())
    english = FORWARD.replace("zh/", "en/")
    assert "memory" not in page(plans(with_standings({"run": confirmed})), english)
    held = replace(confirmed, run=replace(run(), peak_memory=5_400_000))
    pages = plans(with_standings({"run": held}))
    words = "<dt>most memory that its tensors held on the GPU</dt><dd>5.15 MiB</dd>"
    assert words in page(pages, english)
    assert "<dt>张量占用显存的峰值</dt><dd>5.15 MiB</dd>" in page(pages, FORWARD)


def test_an_english_page_keeps_the_words_of_the_evidence() -> None:
    slow = Reason(ReasonCode.TIME_LIMIT, {"seconds": 60})
    failed = Standing(EvidenceStatus.FAILED, Reason(ReasonCode.FAILED, {"reason": slow}), run())
    html = page(plans(with_standings({"run": failed})), FORWARD.replace("zh/", "en/"))
    assert '<span class="standing failed">failed: took longer than 60 s</span>' in html


def test_a_count_of_one_has_its_own_phrase() -> None:
    words = {"steps": "{count} steps", "steps_one": "{count} step"}
    assert [counted(words, "steps", count) for count in (0, 1, 2)] == [
        "0 steps",
        "1 step",
        "2 steps",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("矩阵\n乘法", "矩阵乘法"),
        ("乘一次；\n`is` 判断", "乘一次；<code>is</code> 判断"),
        ("见 `is`\n，再看", "见 <code>is</code>，再看"),
        ("*矩阵*\n**乘法**", "<em>矩阵</em><strong>乘法</strong>"),
        ("矩阵\nmatrix", "矩阵\nmatrix"),
        ("one\ntwo", "one\ntwo"),
        ("행렬\n곱셈", "행렬\n곱셈"),
        ("“one”\n“two”", "“one”\n“two”"),
        ("矩阵  \n乘法", "矩阵<br>\n乘法"),
    ],
)
def test_the_end_of_a_line_is_a_space_only_where_the_script_has_spaces(
    text: str, shown: str
) -> None:
    assert markdown(text) == f"<p>{shown}</p>\n"


def test_broken_words_of_a_user_are_named(tmp_path: Path) -> None:
    (tmp_path / "words.zh.toml").write_text("home = [")
    with pytest.raises(SrcreadError, match=r"'words.zh.toml' is not valid TOML"):
        page(plans(view(), folders=(tmp_path,)), FORWARD)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("`a <b>` is code", "<code>a &lt;b&gt;</code> is code"),
        ("need_weights is", "<code>need_weights</code> is"),
        ("is_causal=True is", "<code>is_causal=True</code> is"),
        ("nn.Transformer 由", "<code>nn.Transformer</code> 由"),
        (
            "self.linear() and aten::linear",
            "<code>self.linear()</code> and <code>aten::linear</code>",
        ),
        ("e.g. 0.7.1, i.e. multi-head, x = 1", "e.g. 0.7.1, i.e. multi-head, x = 1"),
        ("<script> & 'a'", "&lt;script&gt; &amp; &#39;a&#39;"),
    ],
)
def test_code_in_titles_and_claims_is_set_as_code(said: str, shown: str) -> None:
    assert coded(said) == shown


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("why", StopWhy)
def test_where_a_walk_stopped_is_said_in_the_language_of_the_page(
    why: StopWhy, language: str
) -> None:
    stopped = replace(view(), graph=replace(view().graph, stopped=Stop(why, 2000)))
    outline = page(
        plans(stopped), FORWARD.replace("zh/", f"{language}/").rpartition("/")[0] + "/index.html"
    )
    words = re.search(r'<p class="stopped">(.*?)</p>', outline)
    assert words is not None and "--more" in words[1]
    assert ("2,000" in words[1]) is (why is not StopWhy.KEY)
    in_english = re.search(r"[a-z]{3}", re.sub("--more|Ctrl-C", "", words[1]))
    assert (in_english is None) is (language == "zh")
