; Parameters and variables: a call of one is no call of a function of that name.

((parameter_declaration declarator: (identifier) @target) (#set! form "bound"))
((parameter_declaration declarator: (pointer_declarator declarator: (identifier) @target)) (#set! form "bound"))
((parameter_declaration declarator: (function_declarator
  declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @target)))) (#set! form "bound"))
((compound_statement (declaration declarator: (identifier) @target)) (#set! form "bound"))
((compound_statement (declaration declarator: (init_declarator declarator: (identifier) @target))) (#set! form "bound"))
((compound_statement (declaration declarator: (pointer_declarator declarator: (identifier) @target))) (#set! form "bound"))
((compound_statement (declaration declarator: (init_declarator declarator: (pointer_declarator declarator: (identifier) @target)))) (#set! form "bound"))
((compound_statement (declaration declarator: (array_declarator declarator: (identifier) @target))) (#set! form "bound"))
((preproc_include path: [(string_literal) (system_lib_string)] @target) (#set! form "include"))
; A struct that is only announced.
([
  (translation_unit [(struct_specifier name: (type_identifier) @target !body) (union_specifier name: (type_identifier) @target !body) (enum_specifier name: (type_identifier) @target !body)])
  (declaration_list [(struct_specifier name: (type_identifier) @target !body) (union_specifier name: (type_identifier) @target !body)])
  (preproc_ifdef [(struct_specifier name: (type_identifier) @target !body) (union_specifier name: (type_identifier) @target !body)])
  (preproc_if [(struct_specifier name: (type_identifier) @target !body) (union_specifier name: (type_identifier) @target !body)])
  (preproc_else [(struct_specifier name: (type_identifier) @target !body) (union_specifier name: (type_identifier) @target !body)])
] (#set! form "announced"))
