"""An invented SDK for the shelf: small, hand-written, and unlike what any generator makes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Generic, Literal, NotRequired, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen
from uuid import UUID

import pydantic
from typing_extensions import TypedDict

T = TypeVar("T")


class Missing:
    """What stands for an argument that is not given."""


MISSING = Missing()


class Genre(Enum):
    """What a book is about."""

    NOVEL = "NOVEL"
    POETRY = "POETRY"


class Paper(TypedDict):
    """A paper cover."""

    kind: Literal["PAPER"]


class Cloth(TypedDict):
    """A cloth cover."""

    kind: Literal["CLOTH"]
    colour: NotRequired[Literal["RED", "GREEN"]]


@dataclass
class Info:
    """Where a page stands."""

    held: int
    size: float
    grand_total: int | None = None
    """Deprecated, do not use."""


class Book(pydantic.BaseModel):
    """A book."""

    id: UUID = pydantic.Field(alias="book_id")
    genre: Genre
    bought_at: datetime
    printed: date | None = None
    """The day it was printed."""
    title: str | None = None
    """Deprecated: names are going away."""
    weight: Annotated[float, "kilograms"] = 1.0
    covers: list[Annotated[Paper | Cloth, "kind"]]
    tags: dict[str, str]
    next_book: "Book | None" = None
    shelf_mark: str = pydantic.Field(default="", deprecated=True)


class Page(pydantic.BaseModel, Generic[T]):
    """A page of something."""

    books: list[T]
    sheet_info: Info
    more: Any = None


class Books:
    """The books of a shelf, as a resource."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def remove(self, shelf_id: str) -> None:
        """Remove all books."""
        self._client.send("DELETE", f"/shelves/{quote(shelf_id)}/books")

    def shelf(self, shelf_id: str) -> None:
        """Tell of the shelf."""
        self._client.send("GET", f"/shelves/{quote(shelf_id)}")

    def list(
        self,
        shelf_id: str,
        *,
        genre: Genre | Missing = MISSING,
        sheet: int = 1,
        author: Literal["Austen"] | None = None,
        lent: bool = True,
        dry: bool = False,
        wait_s: float | None = None,
    ) -> Page[Book]:
        """List books; `dry` and `wait_s` are of no concern to the server.

        Args:
          genre: One of these:

              - NOVEL: deprecated, say what it is about

          sheet (int, optional): Which sheet.

          author: Who wrote it.

              Deprecated, there are books without an author.

          lent: Whether

        Deprecated: a word at the end that is of no argument.
        """
        query: dict[str, object] = {"sheet": sheet, "lent": lent}
        query |= {"genre": genre.value} if isinstance(genre, Genre) else {}
        query |= {"written_by": author} if author else {}
        if dry:
            raise RuntimeError(f"nothing is sent, for {wait_s}")
        return Page(**self._client.send("GET", f"/shelves/{quote(shelf_id)}/books?{urlencode(query)}"))

    def by(self, shelf_id: str, author: str, sheet: int = 1) -> Page[Book]:
        """List the books of an author."""
        query = urlencode({"written_by": author, "sheet": sheet})
        return Page(**self._client.send("GET", f"/shelves/{quote(shelf_id)}/books?{query}"))

    def titles(self) -> Iterable[str]:
        """Give something that may be read one by one."""
        return ()


class Client:
    """The client."""

    def __init__(self, base_url: str, card: str) -> None:
        self._base_url, self._card = base_url, card
        self.books = Books(self)

    def send(self, method: str, path: str) -> Any:
        """Send a request."""
        headers = {"Authorization": f"Bearer {self._card}"}
        request = Request(self._base_url + path, method=method, headers=headers)
        try:
            with urlopen(request) as answer:
                return json.load(answer)
        except HTTPError as error:
            with error:
                raise LookupError(error.code) from None


class Sdk:
    """What the driver knows of it."""

    def __init__(self, *methods: str) -> None:
        self._methods = methods

    def client(self, settings: dict[str, Any], _: object) -> Client:
        """Give the client."""
        return Client(settings["base_url"], settings["credentials"]["reader_card"])

    def methods(self, operation: dict[str, Any]) -> tuple[str, ...]:
        """Name the methods that may be the operation's."""
        assert operation["path"] == "/shelves/{shelf_id}/books"
        return self._methods
