"""Rendering: what a plan has gathered becomes HTML, notebooks and scripts.

| module | does |
|---|---|
| `pages` | a page's data through its template |
| `theme` | templates, assets and words, read once |
| `prose` | Markdown and small filters; `reasons`: why and how a run stands, in a language |
| `code` | source as highlighted lines; `compose`: those lines with notes and margins |
| `neighbours` | the picture of callers and callees |
| `unfold`, `notebook` | code for other pages to unfold; a snippet as a notebook |

**Invariant.** Rendering decides nothing: which pages there are and what they show is the plan's.
"""
