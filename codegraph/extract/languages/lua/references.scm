(function_call name: (identifier) @name @call)
(function_call name: (dot_index_expression) @member @call)
(function_call name: (method_index_expression) @member @call)
