"""The site room: tours, call graphs and evidence become pages of HTML.

Two doors, so that a build in which nothing has changed neither renders nor writes: `plan_site` says
which pages there are and of what each is made, `publish` makes those that differ.
"""

from srcread.site.data.layout import tour_folder
from srcread.site.plan import plan_site
from srcread.site.publish import publish
from srcread.site.rendering.theme import OWN_RUN, Theme
from srcread.site.view import PagePlan, PublishResult, SiteAddress, TourView

__all__ = [
    "OWN_RUN",
    "PagePlan",
    "PublishResult",
    "SiteAddress",
    "Theme",
    "TourView",
    "plan_site",
    "publish",
    "tour_folder",
]
