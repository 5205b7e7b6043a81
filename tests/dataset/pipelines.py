"""What the programs of observed_pipelines.txt call: small pipelines, and their rows as lists."""

from __future__ import annotations

from typing import Any


def names(ds: Any, transforms: Any, np: Any) -> dict[str, Any]:
    """By name; ``ds`` and ``transforms`` are the modules of the framework that is asked."""

    def R(data: Any) -> list:  # rows
        rows = data.create_tuple_iterator(output_numpy=True, num_epochs=1)
        return [[np.asarray(v).tolist() for v in row] for row in rows]

    def C(data: Any) -> list:  # columns and the first row
        return [data.get_col_names(), R(data)[0]]

    def Q(data: Any) -> list:  # the parts' lengths
        return [part.get_dataset_size() for part in data]

    def F(data: Any) -> list:  # the first column
        return [row[0] for row in R(data)]

    def D() -> Any:  # four columns
        return ds.NumpySlicesDataset({"a": [1, 2, 3, 4, 5], "b": [10] * 5, "c": [20] * 5, "d": [30] * 5}, shuffle=False)

    def TD() -> Any:  # words
        return ds.NumpySlicesDataset({"t": ["a", "b", "a", "c", "a", "b"]}, shuffle=False)

    def V() -> Any:  # a number and a vector
        return ds.NumpySlicesDataset({"a": [1, 2, 3, 4, 5], "b": [[1.0, 2.0]] * 5}, shuffle=False)

    def picks(sampler: Any, n: int = 6, **kwargs: Any) -> list:  # what a sampler picks
        return F(ds.NumpySlicesDataset(list(range(n)), ["a"], sampler=sampler, **kwargs))

    def use(first: Any, second: Any, method: str = "use_sampler") -> list:
        data = ds.NumpySlicesDataset(list(range(6)), ["a"], sampler=first)
        getattr(data, method)(second)
        return F(data)

    def part(sampler: Any, method: str = "use_sampler") -> list:
        data = ds.NumpySlicesDataset(list(range(6)), ["a"], shuffle=False).split([4, 2], False)[0]
        getattr(data, method)(sampler)
        return F(data)

    def chain(first: Any, second: Any) -> Any:
        first.add_child(second)
        return first

    def own(order: Any, *args: Any) -> Any:  # a sampler of the user's
        return type("Own", (ds.Sampler,), {"__iter__": order})(*args)

    def P(operation: Any, value: Any) -> Any:  # one value through map
        data = ds.GeneratorDataset([(value,)], ["a"], shuffle=False).map(operation, ["a"])
        return next(iter(data.create_tuple_iterator(output_numpy=True, num_epochs=1)))[0]

    return {name: value for name, value in locals().items()} | {"t": transforms}
