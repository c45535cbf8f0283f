"""Every error that RustyBT raises on purpose, in one tree.

An error carries its data as typed fields, renders its message when it is read, and has a stable
``code``. The first branch says who has to act: the caller (``UserError``), nobody but time
(``TransientError``), or whoever looks after the machine (``CorruptStateError``). In brackets the
builtin that an error is as well. Zipline's names are kept, so its ``except`` clauses still work.

::

    RustyBTError = ZiplineError
    ├── UserError
    │   ├── AcceleratorMismatch (ImportError)
    │   ├── AccountControlViolation (ValueError)
    │   ├── AccountRefusal (ValueError)
    │   │   ├── DayTradeLimitReached
    │   │   ├── InsufficientFundsError
    │   │   └── ShortSaleRefused
    │   │       └── BorrowUnavailable
    │   ├── AmbiguousDomain (ValueError)
    │   ├── AssetDBImpossibleDowngrade (ValueError)
    │   ├── AssetNotFound (LookupError)
    │   │   ├── GlobalKeyNotFound
    │   │   ├── SidsNotFound
    │   │   │   ├── EquitiesNotFound
    │   │   │   └── FutureContractsNotFound
    │   │   └── SymbolNotFound
    │   │       └── RootSymbolNotFound
    │   ├── BadClean (ValueError)
    │   ├── BadOrderParameters (ValueError)
    │   ├── BadPercentileBounds (ValueError)
    │   ├── BundleNotFound (LookupError)
    │   ├── CalendarNameCollision (ValueError)
    │   ├── CannotOrderDelistedAsset (ValueError)
    │   ├── ConsumeAssetMetaDataError (TypeError)
    │   ├── CurrencyMismatch (ValueError)
    │   ├── CyclicCalendarAlias (ValueError)
    │   ├── DataValidationError (ValueError)
    │   ├── DatasetNotFound (LookupError)
    │   ├── DuplicatePipelineName (ValueError)
    │   ├── FactorLossExceeded (ValueError)
    │   ├── HistoryWindowStartsBeforeData (LookupError)
    │   ├── IncompatibleHistoryFrequency (ValueError)
    │   ├── IncompatibleModel (ValueError)
    │   │   ├── IncompatibleCommissionModel
    │   │   └── IncompatibleSlippageModel
    │   ├── IncompatibleTerms (ValueError)
    │   ├── IndicatorNotReadable (RuntimeError)
    │   ├── IngestionNotFound (LookupError)
    │   ├── InvalidArgument (ValueError)
    │   ├── InvalidBenchmarkAsset (ValueError)
    │   ├── InvalidCalendarName (LookupError)
    │   ├── InvalidNumber (ValueError)
    │   ├── InvalidSettings (ValueError)
    │   ├── InvalidStrategy (ValueError)
    │   ├── LookaheadError (LookupError)
    │   ├── MissingCredential (LookupError)
    │   ├── MissingExtra (ImportError)
    │   ├── MissingPrice (LookupError)
    │   ├── MissingRate (LookupError)
    │   ├── MissingRollPrice (LookupError)
    │   ├── MultipleSymbolsFound (LookupError)
    │   │   ├── MultipleSymbolsFoundForFuzzySymbol
    │   │   └── SameSymbolUsedAcrossCountries
    │   ├── MultipleValuesFoundForField (LookupError)
    │   ├── MultipleValuesFoundForSid (LookupError)
    │   ├── NoFurtherDataError (LookupError)
    │   ├── NoRunningAlgorithm (RuntimeError)
    │   ├── NoSourceError (ValueError)
    │   ├── NoSuchOutput (AttributeError)
    │   ├── NoSuchPipeline (KeyError)
    │   ├── NoTradeDataAvailable (LookupError)
    │   │   ├── NoTradeDataAvailableTooEarly
    │   │   │   └── BenchmarkAssetNotAvailableTooEarly
    │   │   └── NoTradeDataAvailableTooLate
    │   │       └── BenchmarkAssetNotAvailableTooLate
    │   ├── NoValueForSid (LookupError)
    │   ├── NonExistentAssetInTimeFrame (ValueError)
    │   ├── NonPipelineInputs (TypeError)
    │   ├── NonSliceableTerm (TypeError)
    │   ├── NonWindowSafeInput (ValueError)
    │   ├── NotASession (ValueError)
    │   ├── NotDType (TypeError)
    │   ├── OrderDuringInitialize (RuntimeError)
    │   ├── OrderInBeforeTradingStart (RuntimeError)
    │   ├── OrderNotFound (LookupError)
    │   ├── OutsideInitialize (RuntimeError)
    │   │   ├── AttachPipelineAfterInitialize
    │   │   ├── RegisterAccountControlPostInit
    │   │   ├── RegisterTradingControlPostInit
    │   │   ├── SetBenchmarkOutsideInitialize
    │   │   ├── SetCancelPolicyPostInit
    │   │   ├── SetCommissionPostInit
    │   │   ├── SetModelPostInit
    │   │   └── SetSlippagePostInit
    │   ├── PipelineOutputDuringInitialize (RuntimeError)
    │   ├── PluginBroken (ImportError)
    │   ├── PluginConflict
    │   ├── PluginNotFound (LookupError)
    │   ├── RequestRefused (ValueError)
    │   ├── ResolutionNotServed (ValueError)
    │   ├── ScaleExceeded (ValueError)
    │   ├── ScheduleFunctionInvalidCalendar (ValueError)
    │   ├── ScheduleFunctionWithoutCalendar (ValueError)
    │   ├── SessionOutOfRange (LookupError)
    │   ├── SeveralAccelerators
    │   ├── SeveralDatasets (LookupError)
    │   ├── SidAssignmentError (ValueError)
    │   ├── StorageNotWritable (OSError)
    │   ├── SymbolOwnershipConflict (ValueError)
    │   ├── TermInputsNotSpecified (TypeError)
    │   ├── TradingControlViolation (ValueError)
    │   ├── UnknownColumn (AttributeError)
    │   ├── UnknownRankMethod (ValueError)
    │   ├── UnknownSymbol (LookupError)
    │   ├── UnknownTermAttribute (AttributeError)
    │   ├── UnsupportedDType (TypeError)
    │   ├── UnsupportedDatetimeFormat (ValueError)
    │   ├── UnsupportedModel (TypeError)
    │   │   ├── UnsupportedCancelPolicy
    │   │   ├── UnsupportedCommissionModel
    │   │   └── UnsupportedSlippageModel
    │   ├── UnsupportedOrderParameters (ValueError)
    │   ├── UnsupportedPipelineOutput (TypeError)
    │   ├── ValueNotFoundForField (LookupError)
    │   ├── WindowLengthNotPositive (ValueError)
    │   ├── WindowLengthNotSpecified (TypeError)
    │   ├── WindowLengthTooLong (LookupError)
    │   ├── WrongDataForTransform (ValueError)
    │   ├── WrongTermType (TypeError)
    │   └── ZeroCapitalError (ValueError)
    ├── TransientError
    │   ├── CatalogBusy (RuntimeError)
    │   ├── RetriesExhausted (TimeoutError)
    │   ├── StorageFull (OSError)
    │   └── VendorUnavailable (ConnectionError)
    └── CorruptStateError
        ├── AssetDBVersionError
        ├── CatalogVersionError
        ├── CorruptData
        ├── ImpossibleTransition
        ├── InvalidTransaction
        │   ├── TransactionVolumeExceedsOrder
        │   ├── TransactionWithNoAmount
        │   ├── TransactionWithNoVolume
        │   └── TransactionWithWrongDirection
        ├── LotsMismatch
        ├── ResultMismatch
        └── UnbalancedPosting
"""

from __future__ import annotations

from rustybt.errors._assets import (
    AssetNotFound,
    ConsumeAssetMetaDataError,
    EquitiesNotFound,
    FutureContractsNotFound,
    GlobalKeyNotFound,
    MultipleSymbolsFound,
    MultipleSymbolsFoundForFuzzySymbol,
    MultipleValuesFoundForField,
    MultipleValuesFoundForSid,
    NonExistentAssetInTimeFrame,
    NoValueForSid,
    RootSymbolNotFound,
    SameSymbolUsedAcrossCountries,
    SidAssignmentError,
    SidsNotFound,
    SymbolNotFound,
    SymbolOwnershipConflict,
    ValueNotFoundForField,
)
from rustybt.errors._base import (
    CorruptStateError,
    RustyBTError,
    TransientError,
    UserError,
)
from rustybt.errors._data import (
    AssetDBImpossibleDowngrade,
    AssetDBVersionError,
    BadClean,
    BenchmarkAssetNotAvailableTooEarly,
    BenchmarkAssetNotAvailableTooLate,
    BundleNotFound,
    CalendarNameCollision,
    CatalogBusy,
    CatalogVersionError,
    CorruptData,
    CyclicCalendarAlias,
    DatasetNotFound,
    DataValidationError,
    HistoryWindowStartsBeforeData,
    IncompatibleHistoryFrequency,
    IngestionNotFound,
    InvalidBenchmarkAsset,
    InvalidCalendarName,
    LookaheadError,
    MissingPrice,
    MissingRate,
    MissingRollPrice,
    NoFurtherDataError,
    NoSourceError,
    NotASession,
    NoTradeDataAvailable,
    NoTradeDataAvailableTooEarly,
    NoTradeDataAvailableTooLate,
    ScheduleFunctionInvalidCalendar,
    ScheduleFunctionWithoutCalendar,
    SessionOutOfRange,
    SeveralDatasets,
    StorageFull,
    StorageNotWritable,
    UnsupportedDatetimeFormat,
    WrongDataForTransform,
)
from rustybt.errors._net import (
    MissingCredential,
    RequestRefused,
    ResolutionNotServed,
    RetriesExhausted,
    UnknownSymbol,
    VendorUnavailable,
)
from rustybt.errors._numbers import (
    CurrencyMismatch,
    InvalidNumber,
    ScaleExceeded,
)
from rustybt.errors._pipeline import (
    AmbiguousDomain,
    AttachPipelineAfterInitialize,
    BadPercentileBounds,
    DuplicatePipelineName,
    IncompatibleTerms,
    NonPipelineInputs,
    NonSliceableTerm,
    NonWindowSafeInput,
    NoSuchPipeline,
    NotDType,
    PipelineOutputDuringInitialize,
    TermInputsNotSpecified,
    UnknownColumn,
    UnknownRankMethod,
    UnknownTermAttribute,
    UnsupportedDType,
    UnsupportedPipelineOutput,
    WindowLengthNotPositive,
    WindowLengthNotSpecified,
    WindowLengthTooLong,
    WrongTermType,
)
from rustybt.errors._trading import (
    AccountControlViolation,
    AccountRefusal,
    BadOrderParameters,
    BorrowUnavailable,
    CannotOrderDelistedAsset,
    DayTradeLimitReached,
    ImpossibleTransition,
    IncompatibleCommissionModel,
    IncompatibleModel,
    IncompatibleSlippageModel,
    InsufficientFundsError,
    InvalidTransaction,
    LotsMismatch,
    OrderDuringInitialize,
    OrderInBeforeTradingStart,
    OrderNotFound,
    OutsideInitialize,
    RegisterAccountControlPostInit,
    RegisterTradingControlPostInit,
    SetBenchmarkOutsideInitialize,
    SetCancelPolicyPostInit,
    SetCommissionPostInit,
    SetModelPostInit,
    SetSlippagePostInit,
    ShortSaleRefused,
    TradingControlViolation,
    TransactionVolumeExceedsOrder,
    TransactionWithNoAmount,
    TransactionWithNoVolume,
    TransactionWithWrongDirection,
    UnbalancedPosting,
    UnsupportedCancelPolicy,
    UnsupportedCommissionModel,
    UnsupportedModel,
    UnsupportedOrderParameters,
    UnsupportedSlippageModel,
    ZeroCapitalError,
)
from rustybt.errors._usage import (
    AcceleratorMismatch,
    FactorLossExceeded,
    IndicatorNotReadable,
    InvalidArgument,
    InvalidSettings,
    InvalidStrategy,
    MissingExtra,
    NoRunningAlgorithm,
    NoSuchOutput,
    PluginBroken,
    PluginConflict,
    PluginNotFound,
    ResultMismatch,
    SeveralAccelerators,
)

#: Zipline's name of the root, for ``except`` clauses of migrated strategies.
ZiplineError = RustyBTError

#: The name in line with the other look-ups; Zipline's is the name of the class.
CalendarNotFound = InvalidCalendarName

__all__ = [
    "AcceleratorMismatch",
    "AccountControlViolation",
    "AccountRefusal",
    "AmbiguousDomain",
    "AssetDBImpossibleDowngrade",
    "AssetDBVersionError",
    "AssetNotFound",
    "AttachPipelineAfterInitialize",
    "BadClean",
    "BadOrderParameters",
    "BadPercentileBounds",
    "BenchmarkAssetNotAvailableTooEarly",
    "BenchmarkAssetNotAvailableTooLate",
    "BorrowUnavailable",
    "BundleNotFound",
    "CalendarNameCollision",
    "CalendarNotFound",
    "CannotOrderDelistedAsset",
    "CatalogBusy",
    "CatalogVersionError",
    "ConsumeAssetMetaDataError",
    "CorruptData",
    "CorruptStateError",
    "CurrencyMismatch",
    "CyclicCalendarAlias",
    "DataValidationError",
    "DatasetNotFound",
    "DayTradeLimitReached",
    "DuplicatePipelineName",
    "EquitiesNotFound",
    "FactorLossExceeded",
    "FutureContractsNotFound",
    "GlobalKeyNotFound",
    "HistoryWindowStartsBeforeData",
    "ImpossibleTransition",
    "IncompatibleCommissionModel",
    "IncompatibleHistoryFrequency",
    "IncompatibleModel",
    "IncompatibleSlippageModel",
    "IncompatibleTerms",
    "IndicatorNotReadable",
    "IngestionNotFound",
    "InsufficientFundsError",
    "InvalidArgument",
    "InvalidBenchmarkAsset",
    "InvalidCalendarName",
    "InvalidNumber",
    "InvalidSettings",
    "InvalidStrategy",
    "InvalidTransaction",
    "LookaheadError",
    "LotsMismatch",
    "MissingCredential",
    "MissingExtra",
    "MissingPrice",
    "MissingRate",
    "MissingRollPrice",
    "MultipleSymbolsFound",
    "MultipleSymbolsFoundForFuzzySymbol",
    "MultipleValuesFoundForField",
    "MultipleValuesFoundForSid",
    "NoFurtherDataError",
    "NoRunningAlgorithm",
    "NoSourceError",
    "NoSuchOutput",
    "NoSuchPipeline",
    "NoTradeDataAvailable",
    "NoTradeDataAvailableTooEarly",
    "NoTradeDataAvailableTooLate",
    "NoValueForSid",
    "NonExistentAssetInTimeFrame",
    "NonPipelineInputs",
    "NonSliceableTerm",
    "NonWindowSafeInput",
    "NotASession",
    "NotDType",
    "OrderDuringInitialize",
    "OrderInBeforeTradingStart",
    "OrderNotFound",
    "OutsideInitialize",
    "PipelineOutputDuringInitialize",
    "PluginBroken",
    "PluginConflict",
    "PluginNotFound",
    "RegisterAccountControlPostInit",
    "RegisterTradingControlPostInit",
    "RequestRefused",
    "ResolutionNotServed",
    "ResultMismatch",
    "RetriesExhausted",
    "RootSymbolNotFound",
    "RustyBTError",
    "SameSymbolUsedAcrossCountries",
    "ScaleExceeded",
    "ScheduleFunctionInvalidCalendar",
    "ScheduleFunctionWithoutCalendar",
    "SessionOutOfRange",
    "SetBenchmarkOutsideInitialize",
    "SetCancelPolicyPostInit",
    "SetCommissionPostInit",
    "SetModelPostInit",
    "SetSlippagePostInit",
    "SeveralAccelerators",
    "SeveralDatasets",
    "ShortSaleRefused",
    "SidAssignmentError",
    "SidsNotFound",
    "StorageFull",
    "StorageNotWritable",
    "SymbolNotFound",
    "SymbolOwnershipConflict",
    "TermInputsNotSpecified",
    "TradingControlViolation",
    "TransactionVolumeExceedsOrder",
    "TransactionWithNoAmount",
    "TransactionWithNoVolume",
    "TransactionWithWrongDirection",
    "TransientError",
    "UnbalancedPosting",
    "UnknownColumn",
    "UnknownRankMethod",
    "UnknownSymbol",
    "UnknownTermAttribute",
    "UnsupportedCancelPolicy",
    "UnsupportedCommissionModel",
    "UnsupportedDType",
    "UnsupportedDatetimeFormat",
    "UnsupportedModel",
    "UnsupportedOrderParameters",
    "UnsupportedPipelineOutput",
    "UnsupportedSlippageModel",
    "UserError",
    "ValueNotFoundForField",
    "VendorUnavailable",
    "WindowLengthNotPositive",
    "WindowLengthNotSpecified",
    "WindowLengthTooLong",
    "WrongDataForTransform",
    "WrongTermType",
    "ZeroCapitalError",
    "ZiplineError",
]
