(comment) @comment
[(string_literal) (char_literal) (system_lib_string)] @string
(ERROR) @error
(MISSING) @missing
(translation_unit (compound_statement) @apart)
(preproc_ifdef (compound_statement) @apart)
(preproc_if (compound_statement) @apart)
(function_definition declarator: (parenthesized_declarator) body: (compound_statement) @apart)
