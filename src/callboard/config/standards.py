"""`[standards]`: what a company asks of names, tags and owners."""

from __future__ import annotations

from typing import Annotated

import msgspec

from callboard.domain.ownership import standards

Patterns = tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=200)], ...]


class Standards(msgspec.Struct, frozen=True, kw_only=True):
    """How projects, components and resources are to be named, tagged and owned. In patterns `*` is any text."""

    enabled: bool = False
    """Whether `callboard ownership standards` looks at anything."""
    project_names: Patterns = ()
    """Patterns of which a Wiz project's name has to match one. Left out: any name."""
    project_owner: bool = False
    """Whether a Wiz project needs an owner there."""
    project_unit: bool = False
    """Whether a Wiz project needs a business unit."""
    component_names: Patterns = ()
    """Patterns of which a component's name has to match one."""
    component_owner: bool = False
    """Whether a component needs an owner that exists."""
    component_system: bool = False
    """Whether a component needs a system."""
    component_description: bool = False
    """Whether a component needs a description."""
    component_annotations: Patterns = ()
    """Annotations that every component needs, for example "wiz.io/project-id"."""
    resource_names: Patterns = ()
    """Patterns of which a resource's name has to match one."""
    resource_tags: Patterns = ()
    """Tags that every resource needs: "team", or with its value "env=prod"; several of one key allow any of them."""

    def as_standards(self) -> standards.Standards:
        """The standards as the domain knows them."""
        fields = msgspec.structs.asdict(self)
        del fields["enabled"]
        return standards.Standards(**fields)
