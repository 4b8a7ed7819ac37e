"""Rendering: what a plan has gathered becomes HTML, notebooks and scripts.

| module | does |
|---|---|
| `pages` | a page's data through its template |
| `theme` | templates, assets and words, read once; `lean` and `kept` make jinja2 quicker |
| `prose` | Markdown, small filters, and why and how a run stands, in a language |
| `code` | source as highlighted lines, for a page or a script; `compose`: with notes and margins |
| `style`, `script` | the style and the search's script, made smaller |
| `neighbours` | the picture of callers and callees |
| `notebook` | a snippet as a notebook |

**Invariant.** Rendering decides nothing: which pages there are and what they show is the plan's.
"""
