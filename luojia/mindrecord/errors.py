"""The exceptions of MindSpore's record files, under its names; each is also a RuntimeError."""

from __future__ import annotations

import sys
from typing import Any

from .._src.errors import MXNetError
from .._src.paths import open_paths

__all__ = [
    "DbConnectionError", "MRMAddIndexError", "MRMAddSchemaError", "MRMBuildSchemaError", "MRMCloseError",
    "MRMCommitError", "MRMDefineBlobError", "MRMDefineCategoryError", "MRMDefineIndexError",
    "MRMFetchCandidateFieldsError", "MRMFetchDataError", "MRMFinishError", "MRMGenerateIndexError", "MRMGetMetaError",
    "MRMIndexGeneratorError", "MRMInitSegmentError", "MRMInvalidHeaderSizeError", "MRMInvalidPageSizeError",
    "MRMInvalidSchemaError", "MRMLaunchError", "MRMOpenError", "MRMOpenForAppendError", "MRMReadCategoryInfoError",
    "MRMSetHeaderError", "MRMUnsupportedSchemaError", "MRMValidateDataError", "MRMWriteDatasetError",
    "MindRecordException", "ParamMissError", "ParamTypeError", "ParamValueError", "PathNotExistsError", "UnknownError",
]


class MindRecordException(MXNetError):
    """The base class; its text begins with the class's name, as MindSpore's does.

    >>> print(ParamTypeError("columns", "list"))
    [ParamTypeError]: Invalid parameter type. 'columns' expect list type.
    """

    prefix = ""

    def __init__(self, detail: str = "") -> None:
        self.error_msg = f"{self.prefix}{detail}"
        super().__init__(f"[{type(self).__name__}]: {self.error_msg}")

    def __reduce__(self) -> Any:
        return _again, (type(self), self.args, self.__dict__)


def _again(cls: type[MindRecordException], args: tuple, state: dict[str, Any]) -> MindRecordException:
    """The exception that was pickled, whose text is whole already."""
    made = cls.__new__(cls, *args)
    made.args = args
    made.__dict__.update(state)
    return made


class ParamTypeError(MindRecordException):
    """An argument of a wrong type."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"Invalid parameter type. '{name}' expect {expected} type.")


def _kind(name: str, prefix: str = "") -> type[MindRecordException]:
    return type(name, (MindRecordException,), {"prefix": prefix, "__module__": __name__, "__doc__": prefix or name})


UnknownError = _kind("UnknownError")
ParamValueError = _kind("ParamValueError", "Invalid parameter value. ")
ParamMissError = _kind("ParamMissError", "Param missing. ")
PathNotExistsError = _kind("PathNotExistsError", "Invalid path. ")
DbConnectionError = _kind("DbConnectionError", "Db connection is error. Detail: ")
MRMOpenError = _kind("MRMOpenError", "MindRecord File could not open successfully. ")
MRMOpenForAppendError = _kind("MRMOpenForAppendError", "MindRecord File could not open successfully for append. ")
MRMInvalidPageSizeError = _kind("MRMInvalidPageSizeError", "Failed to set page size. ")
MRMInvalidHeaderSizeError = _kind("MRMInvalidHeaderSizeError", "Failed to set header size. ")
MRMSetHeaderError = _kind("MRMSetHeaderError")
MRMWriteDatasetError = _kind("MRMWriteDatasetError")
MRMCommitError = _kind("MRMCommitError")
MRMLaunchError = _kind("MRMLaunchError")
MRMFinishError = _kind("MRMFinishError")
MRMCloseError = _kind("MRMCloseError")
MRMAddSchemaError = _kind("MRMAddSchemaError", "Failed to add schema. ")
MRMAddIndexError = _kind("MRMAddIndexError", "Failed to add index field. ")
MRMBuildSchemaError = _kind("MRMBuildSchemaError")
MRMGetMetaError = _kind("MRMGetMetaError", "Failed to get meta info. ")
MRMIndexGeneratorError = _kind("MRMIndexGeneratorError")
MRMGenerateIndexError = _kind("MRMGenerateIndexError")
MRMInitSegmentError = _kind("MRMInitSegmentError")
MRMFetchCandidateFieldsError = _kind("MRMFetchCandidateFieldsError")
MRMReadCategoryInfoError = _kind("MRMReadCategoryInfoError", "Failed to read category information. ")
MRMFetchDataError = _kind("MRMFetchDataError", "Failed to fetch data by category. ")
MRMInvalidSchemaError = _kind("MRMInvalidSchemaError", "Schema format is error. Detail: ")
MRMValidateDataError = _kind("MRMValidateDataError", "Raw data do not match the schema. Detail: ")
MRMDefineIndexError = _kind("MRMDefineIndexError", "Failed to define index field. Detail: ")
MRMDefineBlobError = _kind("MRMDefineBlobError", "Failed to define blob field. Detail: ")
MRMUnsupportedSchemaError = _kind("MRMUnsupportedSchemaError", "Schema is not supported. Detail: ")
MRMDefineCategoryError = _kind("MRMDefineCategoryError", "Failed to define category field. Detail: ")

open_paths(sys.modules[__name__])
