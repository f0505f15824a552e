; Mentions. Every identifier is one, less those that bind (the bindings say so), name a keyword or stand in an import.

(identifier) @name
(attribute) @member

(call function: [(identifier) (attribute)] @call)
(call function: (list_splat [(identifier) (attribute)] @call))
(call function: [(call) (subscript) (parenthesized_expression)] @computed)
(decorator [(identifier) (attribute)] @decorator)
(decorator (call function: [(identifier) (attribute)] @decorator))
(class_definition superclasses: (argument_list [(identifier) (attribute)] @inherit))
(class_definition superclasses: (argument_list (subscript value: [(identifier) (attribute)] @inherit)))
(class_definition superclasses: (argument_list (subscript subscript: (_) @region.type)))
(class_definition type_parameters: (_) @region.type)
(type) @region.type

[(import_statement) (import_from_statement) (future_import_statement)] @region.skip

(keyword_argument name: (identifier) @skip)
(keyword_pattern . (identifier) @skip)
(delete_statement (identifier) @skip)
(delete_statement (expression_list (identifier) @skip))
(global_statement (identifier) @skip)
(nonlocal_statement (identifier) @skip)

; In patterns, qualified names are written as dotted names (and in imports, which are skipped).
(dotted_name (identifier) . (identifier) @skip) @member
