; What becomes no token, or one token, in JavaScript and TypeScript. The text of JSX is cut into words like
; code, so that wrapping it anew changes nothing.

(comment) @comment
(html_comment) @comment
(hash_bang_line) @comment
(string) @string
(regex) @string
(template_string (string_fragment) @string)
(template_string (escape_sequence) @string)
(arguments (arrow_function body: (statement_block)) @apart)
(arguments (function_expression body: (statement_block)) @apart)
(arguments (generator_function body: (statement_block)) @apart)
(object (method_definition body: (statement_block)) @apart)
(pair value: (arrow_function body: (statement_block)) @apart)
(pair value: (function_expression body: (statement_block)) @apart)
(pair value: (generator_function body: (statement_block)) @apart)
(assignment_expression right: (arrow_function body: (statement_block)) @apart)
(assignment_expression right: (function_expression body: (statement_block)) @apart)
(assignment_expression right: (generator_function body: (statement_block)) @apart)
(arguments (call_expression function: (parenthesized_expression (arrow_function body: (statement_block)) @apart)))
(arguments (call_expression function: (parenthesized_expression (function_expression body: (statement_block)) @apart)))
(pair value: (call_expression function: (parenthesized_expression (arrow_function body: (statement_block)) @apart)))
(pair value: (call_expression function: (parenthesized_expression (function_expression body: (statement_block)) @apart)))
(ERROR) @error
(MISSING) @missing
