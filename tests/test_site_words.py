"""The site's words: evidence in Chinese, singular and plural, ends of lines between characters."""

# ruff: noqa: RUF001 - full-width punctuation is what is tested

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from site_example import page, plans, run, view, with_standings
from test_evidence_standing import CASES

from srcread.errors import SrcreadError
from srcread.model import EvidenceStatus, Standing
from srcread.site.phrases import translate
from srcread.site.prose import counted, markdown
from srcread.support.resources import resources

FORWARD = "zh/example/1.5/pkg.model.Model.forward.html"


def chinese() -> Mapping[str, str]:
    table = tomllib.loads((resources("templates") / "words.zh.toml").read_text("utf-8"))
    phrases: Mapping[str, str] = table["phrases"]
    return phrases


@pytest.mark.parametrize("words", sorted({words for _, _, words in CASES.values()}))
def test_every_standing_has_chinese_words(words: str) -> None:
    assert translate(words, chinese()) is not None


@pytest.mark.parametrize(
    ("words", "translation"),
    [
        (
            "failed: claim 1 is false: 'It <holds>.'",
            "失败：第 1 条断言不成立：«&#39;It &lt;holds&gt;.&#39;»",
        ),
        (
            "part 2 of claim 1 was never evaluated: 'x'",
            "第 1 条断言的第 2 部分从未求值：«&#39;x&#39;»",
        ),
        ("cannot run here: needs a GPU", "在此无法运行：需要 «a GPU»"),
        ("raised ValueError at line 2: no: way", "在第 2 行抛出 «ValueError»：«no: way»"),
        ("ended before its end: exit status 3", "未到结尾就结束了：退出状态 3"),
        ("killed by SIGKILL after its end", "结束之后被 «SIGKILL» 终止"),
        ("printed more than 64 KiB", "输出超过 «64 KiB»"),
        (
            "stale: a.f has changed; whether a.g has changed is unknown, "
            "its digest follows another rule",
            "已过期：«a.f» 有改动；«a.g» 是否有改动不得而知，因为摘要的算法不同",
        ),
        (
            "not confirmed: only run on torch 2.1, a machine without torch",
            "未证实：只在 «torch 2.1»、没有 «torch» 的机器 上运行过",
        ),
        (
            "confirmed on CPU only (a 2's Python on a 1, functions replaced: a.f, a.g)",
            "仅在 CPU 上证实（«a 2» 的 Python 代码，运行于 «a 1»，替换的函数：«a.f, a.g»）",
        ),
        ("confirmed (same source, a 1)", "已证实（源代码相同，«a 1»）"),
        ("limits and empty environment", "资源限制和清空的环境变量"),
    ],
)
def test_a_phrase_is_translated_with_its_gaps(words: str, translation: str) -> None:
    html = str(translate(words, chinese()))
    shown = re.sub(r'<span lang="en">(.*?)</span>', r"«\1»", html)
    assert shown == translation


def test_words_that_no_phrase_fits_are_left_to_the_template() -> None:
    assert translate("something else", chinese()) is None
    failed = with_standings({"run": Standing(EvidenceStatus.FAILED, "odd & new", run())})
    html = page(plans(failed), FORWARD)
    assert '失败 <span class="detail" lang="en">· odd &amp; new</span>' in html


def test_a_chinese_page_says_in_chinese_why_a_run_failed() -> None:
    reasons = ("claim 1 is false: 'The result is doubled.'",)
    failed = Standing(
        EvidenceStatus.FAILED, f"failed: {reasons[0]}", replace(run(), reasons=reasons)
    )
    html = page(plans(with_standings({"run": failed})), FORWARD)
    assert html.count("第 1 条断言不成立：") == 2
    assert "<dt>隔离</dt><dd>资源限制</dd>" in html


def test_a_run_on_a_gpu_shows_the_most_memory_that_it_held_and_no_other_run_does() -> None:
    confirmed = Standing(EvidenceStatus.CONFIRMED, "confirmed", run())
    english = FORWARD.replace("zh/", "en/")
    assert "memory" not in page(plans(with_standings({"run": confirmed})), english)
    held = replace(confirmed, run=replace(run(), peak_memory=5_400_000))
    pages = plans(with_standings({"run": held}))
    words = "<dt>most memory that its tensors held on the GPU</dt><dd>5.15 MiB</dd>"
    assert words in page(pages, english)
    assert "<dt>张量占用显存的峰值</dt><dd>5.15 MiB</dd>" in page(pages, FORWARD)


def test_an_english_page_keeps_the_words_of_the_evidence() -> None:
    failed = Standing(EvidenceStatus.FAILED, "failed: took longer than 60 s", run())
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
