"""In the sources a page is named by its file, as in a checkout; in the manual that is a link to it."""

import posixpath
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

_PAGE = re.compile(r"(?:docs/)?([\w./-]+)\.rst(?:#.*)?")


class PageLinks(SphinxTransform):
    """``fronts.rst``, and links to it, become references that Sphinx resolves."""

    # Before Sphinx looks for references in a page.
    default_priority = 600

    def apply(self, **kwargs):
        """See L{SphinxTransform}."""
        for node in [*self.document.findall(nodes.literal)]:
            if not isinstance(node.parent, nodes.reference):
                self._link(node, node.astext(), titled=False)
        for node in [*self.document.findall(nodes.reference)]:
            self._link(node, node.get("refuri", ""), titled=True)

    def _link(self, node, file, titled):
        """
        @param titled: the text of the link is the node's own, instead of the page's title.
        """
        page = self._page(file)
        if page:
            how = {"refdomain": "std", "reftype": "doc", "refdoc": self.env.docname, "refwarn": True}
            link = addnodes.pending_xref("", reftarget=f"/{page}", refexplicit=titled, **how)
            link += nodes.inline(node.astext(), node.astext())
            node.replace_self(link)

    def _page(self, file):
        """The page of a file that is named from here, or from the folder of all pages; else nothing."""
        found = _PAGE.fullmatch(file)
        if not found:
            return ""
        here = posixpath.normpath(posixpath.join(posixpath.dirname(self.env.docname), found[1]))
        return next((each for each in (here, found[1]) if each in self.env.found_docs), "")


class ManualPages(SphinxPostTransform):
    """Where a page is a manual page, too, manual pages name that."""

    # Before references are resolved.
    default_priority = 5
    builders = ("man",)

    def run(self, **kwargs):
        """See L{SphinxPostTransform}."""
        names = {page: f"{name}({section})" for page, name, _, _, section in self.config.man_pages}
        for node in [*self.document.findall(addnodes.pending_xref)]:
            page = node["reftarget"].lstrip("/")
            name = names.get(page) or names.get(posixpath.dirname(page))
            if node["reftype"] == "doc" and name:
                node.replace_self(nodes.strong(name, name))


def setup(app):
    """See Sphinx's extensions."""
    app.add_transform(PageLinks)
    app.add_post_transform(ManualPages)
    return {"parallel_read_safe": True}
