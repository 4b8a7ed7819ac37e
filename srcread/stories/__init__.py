"""The stories: what each command does, one screen each, which calls the rooms in order.

| module | the command |
|---|---|
| `build` | `srcread build` and `read`: tours, or any entry, become a site (`stamp`: or it stands) |
| `check` | `srcread check`: every rule about every tour |
| `confirm` | `srcread confirm`: snippets are run, and what came out is recorded |
| `trace` | `srcread trace`: scenarios are run and watched |
| `callers` | `srcread callers`: who calls or names a symbol (`elsewhere`: for `build --callers`) |
| `serve` | `srcread serve`: the site as a writer types, with a Run button |
| `annotate` | `srcread at`, `new` and `accept`: places are named, notes begun and locked |
| `carry` | `srcread evidence import`: runs of another machine are taken home |
| `outline` | `srcread outline`: a tour in text |

**Invariant.** `build` and all that it calls reach nothing that could run a snippet.
"""
