"""The description of the addresses of tickets."""

from __future__ import annotations

from callboard.web.openapi.words import Described, content, in_path, in_query, reading, writing


def described() -> Described:
    """By path."""
    before = in_query("before", "`before` of the list before.", {"type": "integer"})
    listed = reading(
        "listTickets", "Tickets of findings in sight, newest first", "Tickets", [before], conditional=False
    )
    file = writing(
        "fileTicket", "Have a ticket made for one piece of work, or link one; needs the right `decide`", "TicketDone", []
    )  # fmt: skip
    file["post"]["requestBody"] = {"required": True, "content": content("TicketDraft")}
    unlink = writing("unlinkTicket", "Say that findings have a ticket no more", "Unlinked", [in_path("ticket_id")])
    unlink["post"]["requestBody"] = {"required": True, "content": content("UnlinkDraft")}
    return {"/api/v1/tickets": listed | file, "/api/v1/tickets/{ticket_id}/unlink": unlink}
