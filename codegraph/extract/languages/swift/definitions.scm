; What Swift defines. An extension is a class of the extended type's name.

((class_declaration declaration_kind: "enum" name: (_) @name body: (_) @body) @definition (#set! kind "enum"))
((class_declaration name: (type_identifier) @name body: (_) @body) @definition (#set! kind "class"))
((class_declaration name: (user_type (type_identifier) @name .) body: (_) @body) @definition (#set! kind "class"))
((protocol_declaration name: (type_identifier) @name body: (_) @body) @definition (#set! kind "interface"))
((function_declaration "func" . name: _ @name body: (_) @body) @definition (#set! kind "function"))
((function_declaration "func" . name: _ @name !body) @definition (#set! kind "function"))
((protocol_function_declaration "func" . name: _ @name) @definition (#set! kind "function"))
((init_declaration body: (_) @body) @definition (#set! kind "method") (#set! name "init"))
((deinit_declaration body: (_) @body) @definition (#set! kind "method") (#set! name "deinit"))
((subscript_declaration) @definition (#set! kind "method") (#set! name "subscript"))
((property_declaration
  name: (pattern bound_identifier: (simple_identifier) @name) computed_value: (_) @body) @definition
  (#set! kind "constant"))
((property_declaration
  name: (pattern bound_identifier: (simple_identifier) @name) value: (_) @body) @definition (#set! kind "constant"))
((property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition (#set! kind "constant"))
((protocol_property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition
  (#set! kind "constant"))
((typealias_declaration name: (type_identifier) @name) @definition (#set! kind "class"))
