; What Ruby defines. A module is a class that has no instances.

((class name: (constant) @name body: (_) @body) @definition (#set! kind "class"))
((class name: (scope_resolution name: (constant) @name) body: (_) @body) @definition (#set! kind "class"))
((class name: (constant) @name !body) @definition (#set! kind "class"))
((module name: (constant) @name body: (_) @body) @definition (#set! kind "class"))
((module name: (scope_resolution name: (constant) @name) body: (_) @body) @definition (#set! kind "class"))
((method name: (_) @name body: (_) @body) @definition (#set! kind "function"))
((method name: (_) @name !body) @definition (#set! kind "function"))
((singleton_method name: (_) @name body: (_) @body) @definition (#set! kind "function"))
((singleton_method name: (_) @name !body) @definition (#set! kind "function"))
((assignment left: (constant) @name right: (_) @body) @definition (#set! kind "constant"))
