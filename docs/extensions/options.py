"""Tables of keys and options: each has its place in the index; in manual pages they are lists."""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

_NAME = re.compile("(--)?[a-z][a-z0-9-]+")


def _rows(table):
    """The cells of each row that is no heading."""
    return [
        [*row.findall(nodes.entry)] for body in table.findall(nodes.tbody) for row in body.findall(nodes.row)
    ]


def _heading(table):
    """What stands above each column, if anything does."""
    return [cell.astext() for head in table.findall(nodes.thead) for cell in head.findall(nodes.entry)]


class OptionIndex(SphinxTransform):
    """In the index ``size (cache)`` and ``--tls (query)`` lead to rows, ``query (verb)`` to a section."""

    # Before Sphinx gathers the index of a page.
    default_priority = 700

    def apply(self, **kwargs):
        """See L{SphinxTransform}."""
        if self.env.docname == "commands":
            for section in [*self.document.children[0].findall(nodes.section)]:
                if section.parent is self.document.children[0]:
                    self._index(section, section.next_node(nodes.title).astext(), "verb")
        for table in [*self.document.findall(nodes.table)]:
            if _heading(table)[:1] in ([], ["Key"]):
                for first, *_ in _rows(table):
                    for key in [*first.findall(nodes.literal)]:
                        name = key.astext().split()[0]
                        if _NAME.fullmatch(name):
                            self._index(first, name, self._whose(table))

    def _whose(self, table):
        """The title of the page, or of a verb's section."""
        inner = table
        if self.env.docname == "commands":
            while inner.parent.parent is not self.document:
                inner = inner.parent
        else:
            inner = self.document
        return inner.next_node(nodes.title).astext()

    def _index(self, place, name, whose):
        target = f"option-{self.env.new_serialno('option')}"
        place["ids"].append(target)
        place.insert(1, addnodes.index(entries=[("single", f"{name} ({whose})", target, "", None)]))


class OptionLists(SphinxPostTransform):
    """A table of two columns, or of keys, their defaults and what they do, as a list."""

    default_priority = 900
    builders = ("man",)

    def run(self, **kwargs):
        """See L{SphinxPostTransform}."""
        for table in [*self.document.findall(nodes.table)]:
            heading, rows = _heading(table), _rows(table)
            width = len(rows[0])
            if width == 2 or (width == 3 and (not heading or heading[:2] == ["Key", "Default"])):
                items = [self._item(row) for row in rows]
                table.replace_self(nodes.definition_list("", *items))

    def _item(self, row):
        term = nodes.term(
            "", "", *(inner for each in row[0].findall(nodes.paragraph) for inner in each.children)
        )
        if len(row) == 3 and row[1].astext():
            term += nodes.Text(f"  (default: {row[1].astext()})")
        return nodes.definition_list_item("", term, nodes.definition("", *row[-1].children))


def setup(app):
    """See Sphinx's extensions."""
    app.add_transform(OptionIndex)
    app.add_post_transform(OptionLists)
    return {"parallel_read_safe": True}
