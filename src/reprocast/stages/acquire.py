"""Asking a source and keeping its answer: by `pull` when nothing stored fits, and by `reprocast acquire`."""

from reprocast.data.sources import SOURCES
from reprocast.data.vintages import Vintage, find, pinned, store
from reprocast.params.data import DataBlock
from reprocast.params.operations import read_operations


def acquire(data: DataBlock) -> Vintage:
    """Asks the source and keeps what it answers; the same answer gives the same vintage.

    Raises:
        DataError, NoInputError, TryAgainError: the source's own faults (data/sources).
        CannotCreateError, DiskError: the vintage cannot be written.
    """
    return store(SOURCES[data.source].ask(data, read_operations()))


def stored(data: DataBlock) -> Vintage | None:
    """The pinned vintage, or the newest that answers the request; asks nobody.

    Raises:
        NoInputError: the pinned vintage or a file of one's own is not there.
        DataError: the pin fits several.
    """
    if data.vintage is not None:
        return pinned(data.vintage)
    return find(SOURCES[data.source].request(data))


def stored_or_acquired(data: DataBlock) -> Vintage:
    """What is stored, or else the source's answer; raises like both."""
    return stored(data) or acquire(data)
