"""The notes of an item through the API, and where the caller was named in one: by the rules of the pages."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.models import Person
from accounts.roles import Permission
from queues.api import pagination
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Text, read
from queues.models import Note
from queues.review import notes

# Of a key, the scope to enter alone says nothing of what people write to each other.
OWN_OR_ALL = frozenset({Permission.REVIEW, Permission.READ})


class NewNote(Body):
    """text: at most 4,000 characters; @ and the whole name of a member tells that member."""

    text: Text


class Named(BaseModel):
    """A member of the project."""

    id: int
    name: str


class NoteLine(BaseModel):
    """What somebody said about an item; never changed. mentions: whom it names."""

    id: int
    item: int
    author: Named
    text: str
    mentions: list[Named]
    created_at: datetime


class NotePage(BaseModel):
    items: list[NoteLine]
    next_cursor: str | None


class NotesView(ProjectView):
    """The notes of an item, oldest first; add one.

    For whoever has submitted a review of the item, or may read the project; never for who holds the item.
    """

    permission = {"GET": OWN_OR_ALL, "POST": OWN_OR_ALL}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: NotePage})
    def get(self, request: ProjectRequest, item_id: int) -> Response:
        item = notes.item_of(request.project.pk, item_id)
        notes.check_can_read(item, request.actor, request.permissions)
        page = pagination.page(request, notes.notes_of(item_id), order=("id",))
        return Response(page.body([_line(note) for note in page.rows]))

    @extend_schema(request=NewNote, responses={201: NoteLine})
    def post(self, request: ProjectRequest, item_id: int) -> Response:
        body = read(request, NewNote)
        note = notes.add(
            item_id, project=request.project, by=request.actor, held=request.permissions, text=body.text
        )
        return Response(_line(notes.notes_of(item_id).get(pk=note.pk)), status=201)


class MentionsView(ProjectView):
    """The notes that name the caller, newest first."""

    permission = {"GET": OWN_OR_ALL}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: NotePage})
    def get(self, request: ProjectRequest) -> Response:
        may_read = Permission.READ in request.permissions
        found = notes.mentions_of(request.user.pk, request.project.pk, may_read=may_read)
        page = pagination.page(request, found.prefetch_related("note__mentions__person"), order=("-id",))
        return Response(page.body([_line(mention.note) for mention in page.rows]))


def _line(note: Note) -> dict[str, Any]:
    return NoteLine(
        id=note.pk,
        item=note.item_id,
        author=_named(note.author),
        text=note.text,
        mentions=[_named(mention.person) for mention in note.mentions.all()],
        created_at=note.created_at,
    ).model_dump()


def _named(person: Person) -> Named:
    return Named(id=person.pk, name=person.name)
