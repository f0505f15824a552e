; Parameters and variables, whose declarators say the name: a call of one is no call of a function of that name.

((parameter_declaration declarator: (_) @target) (#set! form "parameter"))
((declaration declarator: (_) @target) (#set! form "variable"))
((preproc_include path: [(string_literal) (system_lib_string)] @target) (#set! form "include"))
; A struct that is only announced.
([
  (translation_unit [(struct_specifier name: (type_identifier) @target !body) (union_specifier name: (type_identifier) @target !body) (enum_specifier name: (type_identifier) @target !body)])
  (declaration_list [(struct_specifier name: (type_identifier) @target !body) (union_specifier name: (type_identifier) @target !body)])
  (preproc_ifdef [(struct_specifier name: (type_identifier) @target !body) (union_specifier name: (type_identifier) @target !body)])
  (preproc_if [(struct_specifier name: (type_identifier) @target !body) (union_specifier name: (type_identifier) @target !body)])
  (preproc_else [(struct_specifier name: (type_identifier) @target !body) (union_specifier name: (type_identifier) @target !body)])
] (#set! form "announced"))
; What a macro may paste into another name, or leave away: parameters beside `##`, and arguments that name something.
((preproc_function_def name: (identifier) @name parameters: (preproc_params) @target value: (preproc_arg)? @value) (#set! form "macro"))
; What its text names, whoever it stands for.
((preproc_def name: (identifier) @name value: (preproc_arg) @value) (#set! form "macro"))
((call_expression function: (identifier) @name arguments: (argument_list (identifier) @target) @list) (#set! form "argument") (#match? @name "[A-Z]"))
((macro_type_specifier name: (identifier) @name type: (type_descriptor type: (type_identifier) @target)) (#set! form "argument") (#match? @name "[A-Z]"))
