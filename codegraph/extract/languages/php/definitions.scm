; What PHP defines. A trait is a class.

((class_declaration name: (name) @name body: (_) @body) @definition (#set! kind "class"))
((trait_declaration name: (name) @name body: (_) @body) @definition (#set! kind "class"))
((interface_declaration name: (name) @name body: (_) @body) @definition (#set! kind "interface"))
((enum_declaration name: (name) @name body: (_) @body) @definition (#set! kind "enum"))
((method_declaration name: (name) @name body: (_) @body) @definition (#set! kind "method"))
((method_declaration name: (name) @name !body) @definition (#set! kind "method"))
((function_definition name: (name) @name body: (_) @body) @definition (#set! kind "function"))
((const_declaration (const_element (name) @name)) @definition (#set! kind "constant"))
