"""What can go wrong in storage.

StorageError
├── NotFound
├── Conflict
├── OtherPayload
├── StillRunning
├── InUse
├── EndpointDisabled
├── UnknownName
├── UnknownImages
├── UnknownVisit
├── QueueFull
├── DiskFull
├── BadFacts
├── BadKey
├── BadBackup
├── BadQuery
├── BadQuestion
├── NoWarehouse
├── TooManyQuestions
├── WarehouseBusy
├── NotEmpty
├── ObjectMissing
├── ObjectCorrupt
├── ObjectStoreUnavailable
└── RecordsUnavailable
"""


class StorageError(Exception):
    """Storage could not do what was asked."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or str(type(self).__doc__))


class NotFound(StorageError):
    """There is no such record."""


class Conflict(StorageError):
    """A record with this id exists already."""


class OtherPayload(StorageError):
    """A key that names a request was used for another one."""


class StillRunning(StorageError):
    """This request is being worked on; ask again in a moment."""


class InUse(StorageError):
    """Something still needs this record."""


class EndpointDisabled(StorageError):
    """The endpoint gets nothing."""

    def __init__(self, endpoint_id: int) -> None:
        super().__init__(f"The endpoint {endpoint_id} is disabled; enable it first.")


class UnknownName(StorageError):
    """A field names a record that is not there."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class UnknownImages(StorageError):
    """These images were never uploaded."""

    def __init__(self, image_ids: list[int]) -> None:
        self.image_ids = image_ids
        super().__init__(f"Unknown images: {', '.join(map(str, image_ids))}.")


class UnknownVisit(StorageError):
    """There is no such visit."""

    def __init__(self, visit_id: int) -> None:
        self.visit_id = visit_id
        super().__init__(f"Unknown visit: {visit_id}.")


class QueueFull(StorageError):
    """Too many scenes wait to be recognised; try again later."""


class DiskFull(StorageError):
    """There is no room for more photos at the moment; try again later."""


class BadFacts(StorageError):
    """The frame is not the facts table it claims to be."""


class BadKey(StorageError):
    """The object key is not made of plain path segments."""


class BadBackup(StorageError):
    """The backup is damaged, or there is none."""


class BadQuery(StorageError):
    """The warehouse does not understand the query."""


class BadQuestion(StorageError):
    """Part of a question to the warehouse is wrong."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class NoWarehouse(StorageError):
    """There is no warehouse yet; `gondola warehouse refresh` makes it."""


class TooManyQuestions(StorageError):
    """The warehouse answers others at the moment; ask again in a few seconds."""


class WarehouseBusy(StorageError):
    """Another process refreshes the warehouse now."""


class NotEmpty(StorageError):
    """Something is stored where a backup should be restored."""


class ObjectMissing(StorageError):
    """No object is stored under this key."""


class ObjectCorrupt(StorageError):
    """The stored bytes are not the bytes that were put."""


class ObjectStoreUnavailable(StorageError):
    """The object store does not answer."""


class RecordsUnavailable(StorageError):
    """The database does not answer, is full, or stays locked."""
