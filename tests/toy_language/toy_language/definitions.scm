((function_declaration name: (identifier) @name body: (_) @body) @definition (#set! kind "function"))
