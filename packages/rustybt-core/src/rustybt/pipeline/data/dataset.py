"""Data sets: what loaders bring, as columns that terms are made of."""

import copyreg
from collections.abc import Mapping
from types import new_class
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self
from weakref import WeakValueDictionary

from rustybt.errors import InvalidArgument, NonSliceableTerm, UnknownColumn, UnknownTermAttribute
from rustybt.pipeline.derived import derived
from rustybt.pipeline.domain import GENERIC, Domain
from rustybt.pipeline.dtypes import FLOAT, INSTANT, TRUTH, dtype_of, missing_of
from rustybt.pipeline.refusing import ARITHMETIC, COMPARISONS, LOGIC, refuses
from rustybt.pipeline.sentinels import NotSpecified
from rustybt.pipeline.term import Term

if TYPE_CHECKING:
    import numpy as np


class Column:
    """A column of a `DataSet`, in the body of its class.

    Args:
        dtype: Of its values.
        missing_value: What stands for a missing value.
        doc: What it is.
        metadata: What loaders want to know of it.
        currency_aware: Whether its values are money, so that `BoundColumn.fx` can convert them.
    """

    def __init__(
        self,
        dtype: object,
        missing_value: object = NotSpecified,
        doc: str | None = None,
        metadata: dict[str, Any] | None = None,
        currency_aware: bool = False,  # noqa: FBT001, FBT002 - Zipline's signature
    ) -> None:
        self.dtype = dtype_of(dtype, term="a Column")
        missing = missing_of(self.dtype) if missing_value is NotSpecified else missing_value
        if missing is None and self.dtype.kind == "i":
            raise InvalidArgument(
                field="missing_value",
                value=None,
                reason="integers have no missing value of their own; name one, such as -1",
            )
        self.missing_value = missing
        self.doc = doc
        self.metadata = dict(metadata or {})
        self.currency_aware = currency_aware
        self.name = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it apart from columns that are declared otherwise."""
        return (
            self.dtype.str,
            repr(self.missing_value),
            self.doc,
            repr(sorted(self.metadata.items())),
            self.currency_aware,
        )

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: "type[DataSet]") -> "BoundColumn":
        return owner.column(self.name)


class BoundColumn(Term):
    """A column of a data set.

    Attributes:
        dataset: The data set.
        name: Name of the column.
        currency: Currency that its money is converted to; None: that of each asset.
    """

    dataset: "type[DataSet]"
    name: str
    currency: str | None = None
    window_safe = False

    @property
    def metadata(self) -> dict[str, Any]:
        """What loaders want to know of it."""
        return dict(self.dataset.declared[self.name].metadata)

    @property
    def currency_aware(self) -> bool:
        """Whether its values are money."""
        return self.dataset.declared[self.name].currency_aware

    @property
    def qualname(self) -> str:
        """Its name with that of the data set."""
        return f"{self.dataset.qualname}.{self.name}"

    @property
    def short_name(self) -> str:
        """What it is called in pictures and messages."""
        return self.qualname if self.currency is None else f"{self.qualname}.fx({self.currency!r})"

    def __repr__(self) -> str:
        return self.short_name

    def __getitem__(self, asset: object) -> NoReturn:
        raise NonSliceableTerm(term=self)

    def __getattr__(self, name: str) -> NoReturn:
        raise UnknownTermAttribute(
            term=self,
            attribute=name,
            reason="it is a column of data; its newest value, .latest, has the methods of terms",
        )

    @property
    def latest(self) -> "Any":  # noqa: ANN401 - as its dtype says
        """The newest value before each session: a Factor, Filter or Classifier, by its dtype."""
        dtype: np.dtype[Any] = self.dtype
        kind = {FLOAT: "factor", INSTANT: "factor", TRUTH: "filter"}.get(dtype, "classifier")
        return derived(
            kind,  # type: ignore[arg-type]  # one of the three
            "latest",
            (self,),
            dtype=dtype,
            missing_value=self.missing_value,
            window_length=1,
            window_safe=dtype == TRUTH,
        )

    def specialize(self, domain: Domain) -> "BoundColumn":
        """The same column of a domain."""
        return self._bound_to(self.dataset.specialize(domain))

    def unspecialize(self) -> "BoundColumn":
        """The same column of the generic data set."""
        return self._bound_to(self.dataset.unspecialize())

    def _bound_to(self, dataset: "type[DataSet]") -> "BoundColumn":
        column = dataset.column(self.name)
        return column if self.currency is None else column.fx(self.currency)

    def fx(self, currency: Any) -> "BoundColumn":  # noqa: ANN401 - anything may be given
        """The same column with its money in another currency.

        Each row is converted at the rate known at the close of the session that it is of, from
        the currency that the data set's column ``currency`` names, or that of the asset where it
        has none. Within a window each row keeps the rate of its own day.

        Args:
            currency: ISO 4217 code, or that of a coin; as the bundle's rates have it.

        Raises:
            InvalidArgument: The column holds no money, or this is no currency.
        """
        if not self.currency_aware:
            raise InvalidArgument(
                field=f"column of {self.dataset.qualname}",
                value=self.name,
                reason="its values are no money; declare it with currency_aware=True if they are",
            )
        if not isinstance(currency, str) or not currency:
            raise InvalidArgument(
                field="currency", value=currency, reason="give the code of a currency, such as EUR"
            )
        return BoundColumn.of(**{**self.fields, "currency": currency.upper()})

    @property
    def reported(self) -> "BoundColumn":
        """The same column as it is reported, without conversion."""
        return self.dataset.column(self.name)


refuses(
    BoundColumn,
    (*ARITHMETIC, *COMPARISONS, *LOGIC),
    "a column of data has no operators; take its newest value, .latest",
)


class DataSetType(type):
    """Makes data sets: classes whose columns are terms."""

    declared: dict[str, Column]
    domain: Domain
    qualname: str

    def __repr__(cls) -> str:
        return f"<DataSet {cls.qualname}, domain={cls.domain!r}>"

    def __getattr__(cls, name: str) -> Any:  # noqa: ANN401 - never returns
        if name.startswith("_"):
            raise AttributeError(f"{cls.__name__} has no attribute {name!r}")
        raise UnknownColumn(dataset=cls.qualname, column=name, known=tuple(cls.declared))


class DataSet(metaclass=DataSetType):
    """What a loader brings: columns of values per asset and session.

    A subclass declares the columns::

        class Ratings(DataSet):
            score = Column(dtype=float)
            analysts = Column(dtype=int, missing_value=0)

    Attributes:
        domain: Where its data are from.
        declared: Its columns by name.
        qualname: Its name.
        generic: The data set that this one was specialized from, or itself.
        family: The family that it is a slice of, if it is one.
        loaded_as: The name under which loaders of it are registered.
        recipe: What makes it again, a function and its arguments; None: it is found by its name.
    """

    domain: ClassVar[Domain] = GENERIC
    declared: ClassVar[dict[str, Column]] = {}
    qualname: ClassVar[str] = "DataSet"
    generic: ClassVar["type[DataSet]"]
    family: ClassVar[Any] = None
    loaded_as: ClassVar[str] = "DataSet"
    recipe: ClassVar[tuple[Any, ...] | None] = None
    _of_domain: ClassVar[dict[Domain, "type[DataSet]"]]

    def __init_subclass__(cls, *, of: "type[DataSet] | None" = None) -> None:
        own = {name: each for name, each in vars(cls).items() if isinstance(each, Column)}
        _check_names(cls.__name__, own)
        cls.declared = {**cls.declared, **own}
        cls.qualname = cls.__name__
        cls.generic = of or cls
        if of is None:
            cls._of_domain = {cls.domain: cls}
            cls.loaded_as, cls.recipe = cls.__name__, None

    @classmethod
    def column(cls, name: str) -> BoundColumn:
        """A column by its name.

        Raises:
            UnknownColumn: There is none of this name.
        """
        declared = cls.declared.get(name)
        if declared is None:
            raise UnknownColumn(dataset=cls.qualname, column=name, known=tuple(cls.declared))
        return BoundColumn.of(
            dataset=cls,
            name=name,
            dtype=declared.dtype,
            missing_value=declared.missing_value,
            domain=cls.domain,
        )

    @classmethod
    def get_column(cls, name: str) -> BoundColumn:
        """Zipline's name of `column`."""
        return cls.column(name)

    @classmethod
    def columns(cls) -> frozenset[BoundColumn]:
        """All of its columns."""
        return frozenset(cls.column(name) for name in cls.declared)

    @classmethod
    def specialize(cls, domain: Domain) -> "type[Self]":
        """The same data set of a domain: an object per domain."""
        known = cls._of_domain
        if domain not in known:
            if cls.domain not in {GENERIC, domain}:
                raise InvalidArgument(
                    field=f"domain of {cls.qualname}",
                    value=domain,
                    reason=f"it is of {cls.domain}; specialize {cls.generic.qualname}",
                )
            body = {"domain": domain, "__module__": cls.__module__, "__doc__": cls.__doc__}
            known[domain] = new_class(
                cls.__name__, (cls,), {"of": cls}, lambda namespace: namespace.update(body)
            )
        return known[domain]  # type: ignore[return-value]  # a subclass of this one

    @classmethod
    def unspecialize(cls) -> "type[DataSet]":
        """The generic data set of it."""
        return cls.generic.specialize(GENERIC) if cls.generic.domain == GENERIC else cls.generic


def dataset_of(
    name: str,
    columns: Mapping[str, Column],
    *,
    doc: str = "",
    domain: Domain = GENERIC,
    base: type[DataSet] = DataSet,
) -> type[DataSet]:
    """A data set that is made by a function, not by a class statement.

    The same arguments make the same data set. It is pickled by what it is made of, where one of a
    class statement is pickled by its name.

    Args:
        name: Its name: loaders that are registered under it bring it.
        columns: Its columns by name.
        doc: What it is.
        domain: Where its data are from.
        base: What it is a kind of.
    """
    _check_names(name, columns)
    key = (name, *((column, columns[column].key) for column in sorted(columns)), doc, domain, base)
    found = _made.get(key)
    if found is None:
        body = {**columns, "__doc__": doc, "domain": domain}
        found = new_class(name, (base,), {}, lambda namespace: namespace.update(body))
        found.recipe = _again, (name, dict(columns), doc, domain, base)
        _made[key] = found
    return found


_made: WeakValueDictionary[tuple[object, ...], type[DataSet]] = WeakValueDictionary()


def _check_names(dataset: str, columns: Mapping[str, Column]) -> None:
    for name in columns:
        if hasattr(DataSet, name) or name in DataSet.__annotations__:
            raise InvalidArgument(
                field=f"column of {dataset}",
                value=name,
                reason="data sets have an attribute of this name; choose another one",
            )


def _again(name: str, columns: dict[str, Column], doc: str, domain: Domain, base: Any) -> Any:  # noqa: ANN401
    return dataset_of(name, columns, doc=doc, domain=domain, base=base)


def _specialized(dataset: type[DataSet], domain: Domain) -> type[DataSet]:
    return dataset.specialize(domain)


def _reduced(dataset: type[DataSet]) -> Any:  # noqa: ANN401 - what `__reduce__` returns
    """How a data set is pickled: by its name, or by how it was made."""
    if vars(dataset).get("generic", dataset) is not dataset:
        return _specialized, (dataset.generic, dataset.domain)
    return dataset.__qualname__ if dataset.recipe is None else dataset.recipe


copyreg.pickle(DataSetType, _reduced)  # type: ignore[arg-type]  # classes are reduced, too
