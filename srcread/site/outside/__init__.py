"""The site as others meet it: search engines, previews of links, and readers who have lost a page.

address  where the site will stand, as its builder says it
head     what a page says of itself to engines and previews
sitemap  the pages worth finding
lost     the page for an address that the site does not have
"""
