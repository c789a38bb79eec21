"""Links of the pages to a name in a file: on a code host they open the file, here the entry of the reference."""

import re

import surface
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

FILE = re.compile(r"^(tensorbrain/[\w/]+)\.py (\w+)(?:\.(\w+))?$")


class FilesToEntries(SphinxTransform):
    """A link whose words are a file and a name in it becomes the name alone; any other link to a file stays."""

    default_priority = 5

    def apply(self, **kwargs: object) -> None:
        held = {id(surface.found(name)): name for _, name in surface.entries()}
        for link in list(self.document.findall(addnodes.download_reference)):
            named = FILE.match(link.astext())
            entry = named and held.get(id(surface.found(f"{named[1].replace('/', '.')}.{named[2]}")))
            if entry:
                member = getattr(getattr(surface.found(entry), named[3] or "", None), "__doc__", None)
                target = f"{entry}.{named[3]}" if member else entry
                attributes = {"refdomain": "py", "reftype": "obj", "reftarget": target, "refexplicit": True}
                words = list(link.findall(nodes.literal))[-1]
                link.replace_self(addnodes.pending_xref("", words, refwarn=True, **attributes))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_transform(FilesToEntries)
    return {"parallel_read_safe": True}
