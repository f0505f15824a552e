"""The tables of node types, one per language.

Python, Java, JavaScript, Ruby, Go, PHP and C# do what the reference does (the extractor published with
GraphCodeBERT, Guo et al. 2021), on today's grammars, as if they still gave the nodes of 2021: strings that got
parts are one token again or lose the part that was not visible then. What the reference leaves out is left out
here (`:=` in Go, plain `=` and `for of` in JavaScript, `switch`, `do`, `try`): models were trained without it.
TypeScript, TSX, Rust, C and C++ are ours, by the same principles: declarations, assignments, `if`, counted loops,
`while` and loops over elements; nothing for `switch`, `do` and `match`. TypeScript has plain `=` and `for of` that
JavaScript lacks; counted loops go round twice there and in C whatever stands before their first `;`.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from string import ascii_letters
from types import MappingProxyType

from codegraph.extract.dataflow.rules import (
    Assignment,
    Branch,
    Child,
    ClausesFirst,
    Comments,
    Constructor,
    CountedLoop,
    Declaration,
    Documentation,
    Field,
    FlowTable,
    GroupedDeclaration,
    Iteration,
    KeyedElement,
    Nth,
    PairedAssignment,
    Repetition,
    Rule,
    Update,
)

_ASSIGNMENT = Assignment(Field("left"), Field("right"))
_DECLARATION = Declaration(Field("name"), Field("value"))
_ELSE_FOLLOWS = frozenset({"if_statement", "else"})
_CLAUSES_FIRST = ClausesFirst(frozenset({"for_in_clause"}))

_PYTHON_IF = Branch(frozenset({"elif_clause", "else_clause"}), sticky=False, keeps=False)
PYTHON = FlowTable(
    language="python",
    functions=frozenset({"function_definition"}),
    rules={
        "default_parameter": _DECLARATION,
        "assignment": PairedAssignment(Field("left"), Field("right"), optional=True),
        "augmented_assignment": PairedAssignment(Field("left"), Field("right"), optional=True),
        "for_in_clause": PairedAssignment(Field("left"), Child(-1), in_pairs=False),
        "if_statement": _PYTHON_IF,
        "for_statement": Iteration(Field("left"), Field("right"), Child(-1, "block"), paired=True, in_pairs=True),
        "while_statement": Repetition(),
        "list_comprehension": _CLAUSES_FIRST,
        "set_comprehension": _CLAUSES_FIRST,
        "dictionary_comprehension": _CLAUSES_FIRST,
        "generator_expression": _CLAUSES_FIRST,
        "ERROR": _CLAUSES_FIRST,
    },
    comments=Comments.PYTHON,
    dropped=frozenset({";"}),
    replaced=frozenset({"string_content"}),
    in_file={"expression_statement": Documentation("string", "comment", "block")},
)

JAVA = FlowTable(
    language="java",
    functions=frozenset({"method_declaration", "constructor_declaration", "compact_constructor_declaration"}),
    rules={
        "variable_declarator": _DECLARATION,
        "assignment_expression": _ASSIGNMENT,
        "update_expression": Update(),
        "if_statement": Branch(_ELSE_FOLLOWS, sticky=True, keeps=False),
        "for_statement": CountedLoop("local_variable_declaration"),
        "enhanced_for_statement": Iteration(Field("name"), Field("value"), Field("body")),
        "while_statement": Repetition(),
    },
    atoms=frozenset({"string", "string_literal"}),
)

C_SHARP = FlowTable(
    language="c_sharp",
    functions=frozenset({"method_declaration", "constructor_declaration", "local_function_statement"}),
    rules={
        "variable_declarator": GroupedDeclaration(),
        "assignment_expression": _ASSIGNMENT,
        "postfix_unary_expression": Update(),
        "if_statement": Branch(_ELSE_FOLLOWS, sticky=True, keeps=False),
        "for_statement": CountedLoop("local_variable_declaration"),
        "foreach_statement": Iteration(Field("left"), Field("right"), Field("body")),
        "while_statement": Repetition(),
    },
    atoms=frozenset({"string", "character_literal"}),
    dropped=frozenset({"string_literal_content"}),
    identifiers=frozenset({"identifier", "implicit_parameter"}),
    varying="#",  # "# if"
)

_JAVASCRIPT_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "variable_declarator": _DECLARATION,
        "assignment_pattern": _ASSIGNMENT,
        "augmented_assignment_expression": _ASSIGNMENT,
        "update_expression": Update(),
        "if_statement": Branch(_ELSE_FOLLOWS, sticky=True, keeps=True),
        "for_statement": CountedLoop("variable_declaration"),
        "while_statement": Repetition(),
    }
)
_JAVASCRIPT_FUNCTIONS = frozenset(
    {"function_declaration", "generator_function_declaration", "method_definition", "function_expression"}
    | {"generator_function", "arrow_function"}
)
JAVASCRIPT = FlowTable(
    language="javascript",
    functions=_JAVASCRIPT_FUNCTIONS,
    rules=_JAVASCRIPT_RULES,
    dropped=frozenset({"string_fragment"}),
)

_PARAMETER = Declaration(Field("pattern"), Field("value"))
_TYPESCRIPT_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        **_JAVASCRIPT_RULES,
        "required_parameter": _PARAMETER,
        "optional_parameter": _PARAMETER,
        "assignment_expression": _ASSIGNMENT,
        "for_statement": CountedLoop(Field("initializer")),
        "for_in_statement": Iteration(Field("left"), Field("right"), Field("body")),
    }
)
TYPESCRIPT = FlowTable(
    language="typescript",
    functions=_JAVASCRIPT_FUNCTIONS,
    rules=_TYPESCRIPT_RULES,
    comments=Comments.BY_TREE,
    dropped=frozenset({"string_fragment"}),
)
TSX = FlowTable(
    language="tsx",
    functions=_JAVASCRIPT_FUNCTIONS,
    rules=_TYPESCRIPT_RULES,
    comments=Comments.BY_TREE,
    dropped=frozenset({"string_fragment"}),
)

_RUBY_IF = Branch(frozenset({"if", "elsif", "else", "unless", "when"}), sticky=False, keeps=False)
RUBY = FlowTable(
    language="ruby",
    functions=frozenset({"method", "singleton_method"}),
    rules={
        "keyword_parameter": _DECLARATION,
        "assignment": PairedAssignment(Field("left"), Field("right")),
        "operator_assignment": PairedAssignment(Child(0), Child(-1), in_pairs=False),
        "if": _RUBY_IF,
        "elsif": _RUBY_IF,
        "else": _RUBY_IF,
        "unless": _RUBY_IF,
        "when": _RUBY_IF,
        "for": Iteration(Field("pattern"), Field("value"), Field("body"), paired=True),
        "while_modifier": Repetition(),
        "until": Repetition(),
    },
    comments=Comments.NONE,
    varying="\"'`/%:()[]{}<>|!",  # any of them may end or start a literal
)

GO = FlowTable(
    language="go",
    functions=frozenset({"function_declaration", "method_declaration"}),
    rules={
        "var_spec": _DECLARATION,
        "assignment_statement": _ASSIGNMENT,
        "inc_statement": Update(),
        "if_statement": Branch(_ELSE_FOLLOWS, sticky=True, keeps=True),
        "for_statement": CountedLoop("for_clause", "update"),
        "keyed_element": KeyedElement("literal_element", "identifier"),
    },
    atoms=frozenset({"string", "raw_string_literal"}),
    dropped=frozenset({"interpreted_string_literal_content"}),
)

_PHP_IF = Branch(frozenset({"if_statement", "else_clause"}), sticky=True, keeps=True)
PHP = FlowTable(
    language="php",
    functions=frozenset({"function_definition", "method_declaration"}),
    rules={
        "simple_parameter": Declaration(Field("name"), Field("default_value")),
        "assignment_expression": _ASSIGNMENT,
        "augmented_assignment_expression": _ASSIGNMENT,
        "update_expression": Update(),
        "if_statement": _PHP_IF,
        "else_clause": _PHP_IF,
        "for_statement": CountedLoop("assignment_expression"),
        "foreach_statement": Iteration(Nth("variable_name", 1), Nth("variable_name", 0), Field("body")),
        "while_statement": Repetition(),
    },
    atoms=frozenset({"string", "heredoc", "nowdoc"}),
    plain_atoms={"encapsed_string": frozenset({"string_content", "escape_sequence", '"'})},
    keywords=frozenset({"cast_type"}),
    varying=ascii_letters + "\"'`<",  # keywords in any case
    prefix="<?php",
    suffix="?>",
    revised={"foreach_statement": Iteration(Child(4), Child(2), Field("body"))},
)

_VALUE = Declaration(Field("declarator"), Field("value"))
_C_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "init_declarator": _VALUE,
        "assignment_expression": _ASSIGNMENT,
        "update_expression": Update(),
        "if_statement": Branch(frozenset({"else_clause"}), sticky=True, keeps=False),
        "for_statement": CountedLoop(Field("initializer")),
        "while_statement": Repetition(),
    }
)
_C_ATOMS = frozenset({"string_literal", "char_literal", "system_lib_string", "raw_string_literal"})
C = FlowTable(
    language="c",
    functions=frozenset({"function_definition"}),
    rules=_C_RULES,
    comments=Comments.BY_TREE,
    atoms=_C_ATOMS,
)
CPP = FlowTable(
    language="cpp",
    functions=frozenset({"function_definition"}),
    rules={
        **_C_RULES,
        "optional_parameter_declaration": Declaration(Field("declarator"), Field("default_value")),
        "declaration": Declaration(Field("declarator"), Field("value"), optional=True),  # in a condition
        "for_range_loop": Iteration(Field("declarator"), Field("right"), Field("body")),
    },
    comments=Comments.BY_TREE,
    atoms=_C_ATOMS,
)

RUST = FlowTable(
    language="rust",
    functions=frozenset({"function_item"}),
    rules={
        "let_declaration": Declaration(Field("pattern"), Field("value")),
        "let_condition": Declaration(Field("pattern"), Field("value")),
        "const_item": _DECLARATION,
        "static_item": _DECLARATION,
        "tuple_struct_pattern": Constructor(Field("type")),
        "struct_pattern": Constructor(Field("type")),
        "assignment_expression": _ASSIGNMENT,
        "compound_assignment_expr": _ASSIGNMENT,
        "if_expression": Branch(frozenset({"else_clause"}), sticky=True, keeps=False),
        "for_expression": Iteration(Field("pattern"), Field("value"), Field("body")),
        "while_expression": Repetition(),
        "loop_expression": Repetition(),
    },
    comments=Comments.BY_TREE,
    atoms=frozenset({"string_literal", "char_literal", "raw_string_literal", "lifetime", "label"}),
)

_EMBEDDED: Mapping[str, FlowTable] = MappingProxyType(
    {"vue": TYPESCRIPT, "svelte": TYPESCRIPT, "astro": TSX, "erb": RUBY, "blade": PHP, "jupyter": PYTHON}
)
"""What the functions of files with code of another language in them are written in."""

FLOW_TABLES: Mapping[str, FlowTable] = MappingProxyType(
    {
        table.language: table
        for table in (
            *(PYTHON, JAVA, C_SHARP, JAVASCRIPT, TYPESCRIPT, TSX, RUBY, GO, PHP, C, CPP, RUST),
            *(replace(table, language=language) for language, table in _EMBEDDED.items()),
        )
    }
)
"""By the name of the language."""
