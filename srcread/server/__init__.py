"""The server room: a built site on this machine's loopback, with live reload and runs of snippets.

    request      what comes off the wire, read strictly and with limits
    guard        who may ask: this machine, this server's own pages, whoever has the token
    pages        the site's files, with the script that talks to the server
    events       what open pages are told: reload, or what a build found wrong
    handler      one request to its answer
    connections  how many at once, and how long each may take

A page may name a note of the site, and its snippet is run as `srcread confirm` would run it. It can
send no code. What a run says is shown and not recorded: evidence is written by `confirm` alone.
"""

from srcread.server.connections import open_server
from srcread.server.events import Events
from srcread.server.handler import Site

__all__ = ["Events", "Site", "open_server"]
