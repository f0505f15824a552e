; What C++ defines. A member function declared in its class is a definition; so is its body elsewhere.

((function_definition
  declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name)
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (pointer_declarator declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (function_declarator declarator: (qualified_identifier name: [(identifier) (destructor_name) (operator_name)] @name))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (pointer_declarator declarator: (function_declarator declarator: (qualified_identifier name: [(identifier) (destructor_name) (operator_name)] @name)))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (reference_declarator (function_declarator declarator: (qualified_identifier name: [(identifier) (destructor_name) (operator_name)] @name)))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (function_declarator declarator: (qualified_identifier name: (qualified_identifier name: [(identifier) (destructor_name) (operator_name)] @name)))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (pointer_declarator declarator: (function_declarator declarator: (qualified_identifier name: (qualified_identifier name: [(identifier) (destructor_name) (operator_name)] @name))))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (reference_declarator (function_declarator declarator: (qualified_identifier name: (qualified_identifier name: [(identifier) (destructor_name) (operator_name)] @name))))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (function_declarator declarator: (template_function name: (identifier) @name))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (pointer_declarator declarator: (function_declarator declarator: (template_function name: (identifier) @name)))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (reference_declarator (function_declarator declarator: (template_function name: (identifier) @name)))
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (operator_cast) @name
  body: (_) @body) @definition (#set! kind "function"))
((function_definition
  declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name)
  !body) @definition (#set! kind "function"))
((field_declaration
  declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name)) @definition (#set! kind "function"))
((field_declaration_list (declaration
  declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name)) @definition) (#set! kind "function"))
((translation_unit (declaration
  declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name)) @definition) (#set! kind "function"))
((namespace_definition body: (declaration_list (declaration
  declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name)) @definition)) (#set! kind "function"))
((template_declaration (declaration
  declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name)) @definition) (#set! kind "function"))
((preproc_ifdef (declaration
  declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name)) @definition) (#set! kind "function"))
((linkage_specification (declaration
  declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name)) @definition) (#set! kind "function"))
((function_definition
  declarator: (pointer_declarator declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))
  !body) @definition (#set! kind "function"))
((field_declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition (#set! kind "function"))
((field_declaration_list (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition) (#set! kind "function"))
((translation_unit (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition) (#set! kind "function"))
((namespace_definition body: (declaration_list (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition)) (#set! kind "function"))
((template_declaration (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition) (#set! kind "function"))
((preproc_ifdef (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition) (#set! kind "function"))
((linkage_specification (declaration
  declarator: (pointer_declarator declarator: (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition) (#set! kind "function"))
((function_definition
  declarator: (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))
  !body) @definition (#set! kind "function"))
((field_declaration
  declarator: (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition (#set! kind "function"))
((field_declaration_list (declaration
  declarator: (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition) (#set! kind "function"))
((translation_unit (declaration
  declarator: (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition) (#set! kind "function"))
((namespace_definition body: (declaration_list (declaration
  declarator: (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition)) (#set! kind "function"))
((template_declaration (declaration
  declarator: (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition) (#set! kind "function"))
((preproc_ifdef (declaration
  declarator: (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition) (#set! kind "function"))
((linkage_specification (declaration
  declarator: (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (destructor_name) (operator_name)] @name))) @definition) (#set! kind "function"))
((class_specifier name: (type_identifier) @name body: (_) @body) @definition (#set! kind "class"))
((class_specifier name: (template_type name: (type_identifier) @name) body: (_) @body) @definition (#set! kind "class"))
((class_specifier name: (qualified_identifier name: (type_identifier) @name) body: (_) @body) @definition (#set! kind "class"))
((struct_specifier name: (type_identifier) @name body: (_) @body) @definition (#set! kind "class"))
((struct_specifier name: (template_type name: (type_identifier) @name) body: (_) @body) @definition (#set! kind "class"))
((struct_specifier name: (qualified_identifier name: (type_identifier) @name) body: (_) @body) @definition (#set! kind "class"))
((union_specifier name: (type_identifier) @name body: (_) @body) @definition (#set! kind "class"))
((union_specifier name: (template_type name: (type_identifier) @name) body: (_) @body) @definition (#set! kind "class"))
((union_specifier name: (qualified_identifier name: (type_identifier) @name) body: (_) @body) @definition (#set! kind "class"))
((enum_specifier name: (type_identifier) @name body: (_) @body) @definition (#set! kind "enum"))
((type_definition type: (struct_specifier !name body: (_) @body) declarator: (type_identifier) @name) @definition (#set! kind "class"))
((type_definition declarator: (type_identifier) @name) @definition (#set! kind "class"))
((alias_declaration name: (type_identifier) @name) @definition (#set! kind "class"))
((concept_definition name: (identifier) @name) @definition (#set! kind "interface"))
((preproc_function_def name: (identifier) @name value: (_) @body) @definition (#set! kind "function"))
((preproc_def name: (identifier) @name value: (_) @body) @definition (#set! kind "constant"))
