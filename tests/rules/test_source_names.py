"""Which names of a program stand for one thing, and what is changed of it."""

from __future__ import annotations

import ast

from atlint.rules.source_names import names_of
from tests.rules.test_source_code import told

#: statements that bind `p` once more, in its own scope: what it stands for is not certain any longer
BOUND_AGAIN = [
    "p = q",
    "p: str = q",
    "q = p = r",
    "p += q",
    "del p",
    "(p := q)",
    "p, q = r",
    "[q, p] = r",
    "for p in q: pass",
    "for q, p in r: pass",
    "[q for p in r]",
    "with q as p: pass",
    "with q as (p, r): pass",
    "import p",
    "import p.q",
    "import q as p",
    "from q import p",
    "from q import r as p",
    "def p(): pass",
    "async def p(): pass",
    "class p: pass",
    "try: pass\nexcept OSError as p: pass",
    "match q:\n    case p: pass",
    "match q:\n    case [r] as p: pass",
    "match q:\n    case [*p]: pass",
    "match q:\n    case {**p}: pass",
]
#: statements that bind another name, or `p` in another scope
BOUND_ELSEWHERE = [
    "q = p",
    "p.q = r",
    "p[q] = r",
    "q[p] += r",
    "del p.q",
    "del p[q]",
    "p: str",
    "for p.q in r: pass",
    "for q in p: pass",
    "[p for q in r]",
    "with p: pass",
    "with p as q: pass",
    "import q.p",
    "import p as q",
    "from p import q",
    "from q import p as r",
    "def f(p): pass",
    "def f(*p): pass",
    "def f(): p = q",
    "lambda p: q",
    "class C: p = q",
    "try: pass\nexcept OSError: p",
    "match q:\n    case _: p",
]


def constant_beside(statement: str) -> list[list[tuple[str, str]]]:
    """What is told of a file at `p`, with the statement behind the one that binds it, and before."""
    bound = "p = '/var/log/at/a.log'\n"
    texts = (f"{bound}{statement}\nopen(p, 'a')", f"{statement}\n{bound}open(p, 'a')")
    return [[(code, case) for code, case, _ in told(text)] for text in texts]


def test_a_name_that_is_bound_again_is_no_constant() -> None:
    assert {each: constant_beside(each) for each in BOUND_AGAIN} == {each: [[], []] for each in BOUND_AGAIN}


def test_a_name_that_is_bound_once_is_a_constant() -> None:
    once = [[("AT801", "")]] * 2
    assert {each: constant_beside(each) for each in BOUND_ELSEWHERE} == dict.fromkeys(BOUND_ELSEWHERE, once)


ATTRIBUTE = "class C:\n    def g(self):\n        self.p = '/var/log/at/a.log'\n"
#: programs in which a name is looked for from within a scope, and whether it is the same in every process
SEEN = [
    ("p = '/var/log/at/a.log'\ndef f():\n    open(p, 'a')", True),
    ("def f():\n    p = '/var/log/at/a.log'\n    def g():\n        open(p, 'a')", True),
    ("def f():\n    p = '/var/log/at/a.log'\nopen(p, 'a')", False),
    ("p = '/var/log/at/a.log'\ndef f(p):\n    open(p, 'a')", False),
    ("p = q\ndef f():\n    p = '/var/log/at/a.log'\n    open(p, 'a')", True),
    ("def f():\n    global p\n    p = '/var/log/at/a.log'\n    open(p, 'a')", False),
    (
        "def f():\n    p = q\n    def g():\n        nonlocal p\n        p = '/var/log/at/a.log'\n        open(p, 'a')",
        False,
    ),
    ("class C:\n    p = '/var/log/at/a.log'\n    open(p, 'a')", True),
    ("class C:\n    p = '/var/log/at/a.log'\n    def f(self):\n        open(p, 'a')", False),
    ("class C:\n    p = '/var/log/at/a.log'\nopen(C.p, 'a')", True),
    ("class C:\n    p = '/var/log/at/a.log'\n    p = q\nopen(C.p, 'a')", False),
    ("class C:\n    p = '/var/log/at/a.log'\nopen(C.q, 'a')", False),
    ("class C:\n    p = '/var/log/at/a.log'\nC = D\nopen(C.p, 'a')", False),
    ("class C(enum.Enum):\n    P = '/var/log/at/a.log'\nopen(C.P.value, 'a')", True),
    ("class C(enum.Enum):\n    P = '/var/log/at/a.log'\nopen(C.P.name, 'a')", False),
    (
        ATTRIBUTE + "    def f(self):\n        open(self.p, 'a')",
        True,
    ),
    (
        ATTRIBUTE + "    def f(self, p):\n        self.p = p\n        open(self.p, 'a')",
        False,
    ),
    (
        ATTRIBUTE.replace("self.p", "self.a.p") + "    def f(self):\n        open(self.a.p, 'a')",
        False,
    ),
    ("def f(self):\n    open(self.p, 'a')", False),
    ("open(p, 'a')", False),
]


def test_a_name_is_looked_for_where_python_looks() -> None:
    found = {text: [code for code, _, _ in told(text)] for text, _ in SEEN}
    assert found == {text: ["AT801"] if constant else [] for text, constant in SEEN}


#: events that are changed behind the place where they are made: name, and the keys to what is changed
UNKNOWN: list[tuple[str | None, ...]] = [(None,)]
CHANGES: list[tuple[str, list[tuple[str | None, ...]]]] = [
    ("e['a'] = 1", [("a",)]),
    ("e['a']['b'] = 1", [("a", "b")]),
    ("e[k]['b'] = 1", [(None, "b")]),
    ("e[0] = 1", [(None,)]),
    ("del e['a']", [("a",)]),
    ("e['a'] += 1", [("a", None)]),
    ("e |= more", [(None,)]),
    *((f"e.{name}(x)", UNKNOWN) for name in ("update", "setdefault", "pop", "popitem", "clear", "__setitem__")),
    ("e['a'].update(x)", [("a", None)]),
    ("e.get(x)", []),
    ("x = e['a']", []),
    ("other['a'] = 1", []),
    ("f(e)['a'] = 1", []),
    ("def f():\n    e['a'] = 1", [("a",)]),
    ("def f(e):\n    e['a'] = 1", []),
]


def test_what_is_changed_of_a_named_object() -> None:
    found = {}
    for text, _ in CHANGES:
        names = names_of(ast.parse(f"e = {{}}\n{text}"))
        found[text] = sorted(names.module.changes_of("e"), key=repr)
        assert names.module.changes_of("unbound") == ()
    assert found == {text: sorted(paths, key=repr) for text, paths in CHANGES}


def test_an_attribute_belongs_to_the_module_of_its_class() -> None:
    names = names_of(ast.parse("class C:\n    def f(self):\n        self.e = {}\n        self.e['a'] = 1"))
    assert names.module.changes_of("self.e") == (("a",),)
