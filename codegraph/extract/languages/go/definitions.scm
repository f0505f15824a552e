; What Go defines. A method stands beside its type, not inside it; its receiver is part of its signature.

((function_declaration name: (identifier) @name body: (block) @body) @definition (#set! kind "function"))
((function_declaration name: (identifier) @name !body) @definition (#set! kind "function"))
((method_declaration name: (field_identifier) @name body: (block) @body) @definition (#set! kind "method"))
((type_spec name: (type_identifier) @name type: (interface_type)) @definition (#set! kind "interface"))
((type_spec name: (type_identifier) @name type: (struct_type (field_declaration_list) @body)) @definition
  (#set! kind "class"))
((type_spec name: (type_identifier) @name type: (_)) @definition (#set! kind "class"))
((type_alias name: (type_identifier) @name) @definition (#set! kind "class"))
((interface_type (method_elem name: (field_identifier) @name) @definition) (#set! kind "method"))
((source_file (const_declaration (const_spec name: (identifier) @name) @definition)) (#set! kind "constant"))
((source_file (var_declaration (var_spec name: (identifier) @name) @definition)) (#set! kind "constant"))
((source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @definition)))
  (#set! kind "constant"))
