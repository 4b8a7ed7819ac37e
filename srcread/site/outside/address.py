"""Where the site will stand on the web: an address, from the command line or from its tours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from srcread.errors import SrcreadError
from srcread.site.view import Place, TourView

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[\w.~%-]+)*/?", re.ASCII)


def place_of(asked: str | None, views: Iterable[TourView]) -> Place:
    """Return where the site will stand: as asked, else as the tours say, if they agree.

    Raises:
        SrcreadError: that is no address of a folder on the web.
    """
    said = {view.tour.site_url for view in views if view.tour.site_url}
    address = asked or (said.pop() if len(said) == 1 else None)
    if address is None:
        return Place()
    if not _ADDRESS.fullmatch(address):
        raise SrcreadError(
            f"{address!r} is no address of a site. Write it as https://example.org/tours/."
        )
    address = address.rstrip("/") + "/"
    return Place(address, urlsplit(address).path)
