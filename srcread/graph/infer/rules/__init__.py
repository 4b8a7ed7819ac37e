"""The rules: one habit of Python or of its frameworks each, to be read by itself.

| module | knows |
|---|---|
| `abstract` | abstract methods, and what fills them in |
| `absent` | what Python's own classes and functions have |
| `callers` | setters of a module's globals |
| `choices` | a table of functions or classes, by a key that is not known |
| `class_decorators` | decorators that change a class |
| `class_statements` | statements that change a class |
| `containers` | subclasses of `dict`, `list` and Python's abstract containers |
| `decorators` | `@decorator` |
| `dispatch` | `functools.singledispatch` |
| `field_defaults` | fields of objects that somebody else made |
| `fillings` | `x.append(…)`, `x[key] = …` |
| `injected` | what a class's file gives its constructor |
| `lambdas` | lambdas as functions |
| `lazy` | a module's own `__getattr__` |
| `made_names` | names that are made when they are looked up |
| `narrowing` | `isinstance`, `is None`, `callable` in tests |
| `natives` | compiled modules: what they have and what they give |
| `neighbours` | the modules around another |
| `offers` | what an untyped parameter of a module's forward may be |
| `outside` | attributes that a script sets on an object |
| `patches` | monkey patches in walked code |
| `patterns` | the names that a pattern of `case` binds |
| `plain` | numbers, texts and tensors |
| `protocols` | `with`, `await`, `yield from`, `except` |
| `python` | Python's own functions and containers |
| `registered` | operators that are registered by name |
| `registries` | tables that are filled while modules are imported |
| `sending` | what generators are sent |
| `stubs` | `.pyi` files |
| `texts` | texts that are put together |
| `unread` | classes that are not read |
"""
