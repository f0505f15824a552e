; What C defines. A declaration of a function is no definition, unless the file has only that (a header).

((function_definition
  declarator: (function_declarator declarator: (identifier) @name)
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))
  body: (_) @body) @definition (#set! kind "function"))
((translation_unit (declaration
  declarator: (function_declarator declarator: (identifier) @name)) @definition) (#set! kind "function"))
((translation_unit (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))) @definition) (#set! kind "function"))
((translation_unit (declaration
  declarator: (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))) @definition) (#set! kind "function"))
((preproc_ifdef (declaration
  declarator: (function_declarator declarator: (identifier) @name)) @definition) (#set! kind "function"))
((preproc_ifdef (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))) @definition) (#set! kind "function"))
((preproc_if (declaration
  declarator: (function_declarator declarator: (identifier) @name)) @definition) (#set! kind "function"))
((preproc_if (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))) @definition) (#set! kind "function"))
((linkage_specification (declaration
  declarator: (function_declarator declarator: (identifier) @name)) @definition) (#set! kind "function"))
((linkage_specification (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))) @definition) (#set! kind "function"))
((declaration_list (declaration
  declarator: (function_declarator declarator: (identifier) @name)) @definition) (#set! kind "function"))
((declaration_list (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))) @definition) (#set! kind "function"))
((preproc_else (declaration
  declarator: (function_declarator declarator: (identifier) @name)) @definition) (#set! kind "function"))
((preproc_else (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))) @definition) (#set! kind "function"))
((function_definition
  declarator: (function_declarator declarator: (parenthesized_declarator (identifier) @name))
  body: (_) @body) @definition (#set! kind "function"))
((declaration
  declarator: (function_declarator declarator: (parenthesized_declarator (identifier) @name))) @definition (#set! kind "function"))
((declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: (parenthesized_declarator (identifier) @name)))) @definition (#set! kind "function"))
((struct_specifier name: (type_identifier) @name body: (_) @body) @definition (#set! kind "class"))
; `struct EXPORT name { int a; }` is the name of a function to the grammar, which has no parameters; its fields are variables.
((function_definition
  type: [(struct_specifier !body) (union_specifier !body)] declarator: (identifier) @name
  body: (_) @body) @definition (#set! kind "class"))
((function_definition
  type: [(struct_specifier !body) (union_specifier !body)] declarator: (identifier)
  body: (compound_statement (declaration
    declarator: [
      (identifier) @name
      (pointer_declarator declarator: (identifier) @name)
      (array_declarator declarator: (identifier) @name)]) @definition)) (#set! kind "constant"))
((union_specifier name: (type_identifier) @name body: (_) @body) @definition (#set! kind "class"))
((enum_specifier name: (type_identifier) @name body: (_) @body) @definition (#set! kind "enum"))
((type_definition type: (struct_specifier !name body: (_) @body) declarator: (type_identifier) @name) @definition (#set! kind "class"))
((type_definition type: (union_specifier !name body: (_) @body) declarator: (type_identifier) @name) @definition (#set! kind "class"))
((type_definition type: (enum_specifier !name body: (_) @body) declarator: (type_identifier) @name) @definition (#set! kind "enum"))
((type_definition declarator: (type_identifier) @name) @definition (#set! kind "class"))
((type_definition declarator: (pointer_declarator declarator: (type_identifier) @name)) @definition (#set! kind "class"))
((type_definition declarator: (pointer_declarator declarator: (pointer_declarator declarator: (type_identifier) @name))) @definition (#set! kind "class"))
((type_definition declarator: (pointer_declarator declarator: (pointer_declarator declarator: (pointer_declarator declarator: (type_identifier) @name)))) @definition (#set! kind "class"))
((type_definition declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name)))) @definition (#set! kind "class"))
((preproc_function_def name: (identifier) @name value: (_) @body) @definition (#set! kind "function"))
((preproc_def name: (identifier) @name value: (_) @body) @definition (#set! kind "constant"))
((translation_unit (declaration declarator: (init_declarator declarator: (identifier) @name value: (_) @body)) @definition) (#set! kind "constant"))
((type_definition declarator: (pointer_declarator declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name))))) @definition (#set! kind "class"))
((type_definition declarator: (array_declarator declarator: (type_identifier) @name)) @definition (#set! kind "class"))
((type_definition declarator: (function_declarator declarator: (type_identifier) @name)) @definition (#set! kind "class"))
((type_definition declarator: (function_declarator declarator: (parenthesized_declarator (type_identifier) @name))) @definition (#set! kind "class"))
((type_definition declarator: (pointer_declarator declarator: (function_declarator declarator: (type_identifier) @name))) @definition (#set! kind "class"))
((type_definition declarator: (pointer_declarator declarator: (function_declarator declarator: (parenthesized_declarator (type_identifier) @name)))) @definition (#set! kind "class"))
((type_definition declarator: (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (type_identifier) @name)))) @definition (#set! kind "class"))
((type_definition declarator: (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name)))))) @definition (#set! kind "class"))
; Further names that one typedef gives.
((type_definition declarator: (_) declarator: (type_identifier) @name @definition) (#set! kind "class"))
((type_definition declarator: (_) declarator: (pointer_declarator declarator: (type_identifier) @name) @definition) (#set! kind "class"))
((type_definition declarator: (_) declarator: (pointer_declarator declarator: (pointer_declarator declarator: (type_identifier) @name)) @definition) (#set! kind "class"))
((type_definition declarator: (_) declarator: (array_declarator declarator: (type_identifier) @name) @definition) (#set! kind "class"))
; A field counts unless its type is written out there: then the fields inside of that one do.
((field_declaration
  type: [(type_identifier) (primitive_type) (sized_type_specifier) (struct_specifier !body) (union_specifier !body) (enum_specifier !body)]
  . declarator: (field_identifier) @name) @definition (#set! kind "constant"))
((field_declaration
  type: [(type_identifier) (primitive_type) (sized_type_specifier) (struct_specifier !body) (union_specifier !body) (enum_specifier !body)]
  . declarator: (_ declarator: (field_identifier) @name)) @definition (#set! kind "constant"))
((field_declaration
  type: [(type_identifier) (primitive_type) (sized_type_specifier) (struct_specifier !body) (union_specifier !body) (enum_specifier !body)]
  . declarator: (_ declarator: (_ declarator: (field_identifier) @name))) @definition (#set! kind "constant"))
((field_declaration
  type: [(type_identifier) (primitive_type) (sized_type_specifier) (struct_specifier !body) (union_specifier !body) (enum_specifier !body)]
  . declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (field_identifier) @name)))) @definition (#set! kind "constant"))
((field_declaration
  type: [(type_identifier) (primitive_type) (sized_type_specifier) (struct_specifier !body) (union_specifier !body) (enum_specifier !body)]
  . declarator: (pointer_declarator declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (field_identifier) @name))))) @definition (#set! kind "constant"))
