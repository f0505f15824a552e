; Mentions. Every identifier is one, less those that bind, name a keyword, or stand in an import.

(identifier) @name
(attribute) @member

(call function: [(identifier) (attribute)] @call)
(decorator [(identifier) (attribute)] @decorator)
(decorator (call function: [(identifier) (attribute)] @decorator))
(class_definition superclasses: (argument_list [(identifier) (attribute)] @inherit))
(class_definition superclasses: (argument_list (subscript value: [(identifier) (attribute)] @inherit)))
(class_definition superclasses: (argument_list (subscript subscript: (_) @region.type)))
(class_definition type_parameters: (_) @region.type)
(type) @region.type

[(import_statement) (import_from_statement) (future_import_statement)] @region.skip

(function_definition name: (identifier) @skip)
(class_definition name: (identifier) @skip)
(keyword_argument name: (identifier) @skip)
(assignment left: (identifier) @skip)
(named_expression name: (identifier) @skip)
(pattern_list (identifier) @skip)
(tuple_pattern (identifier) @skip)
(list_pattern (identifier) @skip)
(list_splat_pattern (identifier) @skip)
(dictionary_splat_pattern (identifier) @skip)
(for_statement left: (identifier) @skip)
(for_in_clause left: (identifier) @skip)
(as_pattern_target (identifier) @skip)
(parameters (identifier) @skip)
(lambda_parameters (identifier) @skip)
(typed_parameter (identifier) @skip)
(default_parameter name: (identifier) @skip)
(typed_default_parameter name: (identifier) @skip)
(delete_statement (identifier) @skip)
(global_statement (identifier) @skip)
(nonlocal_statement (identifier) @skip)
(keyword_pattern . (identifier) @skip)
(splat_pattern (identifier) @skip)
(case_pattern (dotted_name . (identifier) @skip .))
(keyword_pattern (dotted_name . (identifier) @skip .))
(case_pattern (as_pattern (identifier) @skip))
(type_alias_statement left: (type (identifier) @skip))

; A class pattern or a value pattern is written as a dotted name; a one-name class pattern is an @name.
(class_pattern (dotted_name (identifier) . (identifier)) @member)
(case_pattern (dotted_name (identifier) . (identifier)) @member)
(keyword_pattern (dotted_name (identifier) . (identifier)) @member)
(dotted_name (identifier) . (identifier) @skip)
