; How names come to have values.

((assignment left: (_) @target right: (_) @value !type) (#set! form "assignment"))
((assignment left: (_) @target type: (_) @type) (#set! form "annotated"))
((augmented_assignment left: (identifier) @target) (#set! form "augmented"))
((named_expression name: (identifier) @target value: (_) @value) (#set! form "walrus"))

((for_statement left: (_) @target right: (_) @value) (#set! form "iteration"))
((for_in_clause left: (_) @target right: (_) @value) (#set! form "comprehension"))
((with_item value: (as_pattern . (_) @value alias: (as_pattern_target (_) @target))) (#set! form "entered"))
((except_clause value: (as_pattern . (_) @value alias: (as_pattern_target (_) @target))) (#set! form "except"))

((parameters (identifier) @target) (#set! form "parameter"))
((parameters [(list_splat_pattern (identifier) @target) (dictionary_splat_pattern (identifier) @target)])
  (#set! form "parameter"))
((parameters (default_parameter name: (identifier) @target value: (_) @value)) (#set! form "defaulted"))
((typed_parameter . (_) @target type: (_) @type) (#set! form "typed"))
((typed_default_parameter name: (identifier) @target type: (_) @type) (#set! form "typed"))
((lambda) @target (#set! form "lambda"))

((global_statement (identifier) @target) (#set! form "global"))
((nonlocal_statement (identifier) @target) (#set! form "nonlocal"))
((return_statement (_) @value) (#set! form "return"))
((yield . (_) @value .) (#set! form "yield"))

((case_pattern (dotted_name . (identifier) @target .)) (#set! form "plain"))
((keyword_pattern (dotted_name . (identifier) @target .)) (#set! form "plain"))
((case_pattern (as_pattern . (_) @value (identifier) @target)) (#set! form "matched"))
((splat_pattern (identifier) @target) (#set! form "plain"))

((function_definition type_parameters: (type_parameter (type) @target)) (#set! form "type_parameter"))
((class_definition type_parameters: (type_parameter (type) @target)) (#set! form "type_parameter"))
((type_alias_statement left: (type (identifier) @target) right: (type) @value) (#set! form "alias"))
((type_alias_statement left: (type (generic_type . (identifier) @target)) right: (type) @value) (#set! form "alias"))

; Annotations in quotes.
((type (string) @string) (#set! form "quoted"))
((type (binary_operator (string) @string)) (#set! form "quoted"))
((type (subscript subscript: (string) @string)) (#set! form "quoted"))
((type (list (string) @string)) (#set! form "quoted"))
((type (subscript subscript: (subscript subscript: (string) @string))) (#set! form "quoted"))
((type (subscript subscript: (list (string) @string))) (#set! form "quoted"))
((type (subscript subscript: (subscript subscript: (list (string) @string)))) (#set! form "quoted"))
