(function_call name: (identifier) @name @call)
