(comment) @comment
[(string) (regex) (heredoc_body) (string_array) (symbol_array) (delimited_symbol)] @string
(ERROR) @error
(MISSING) @missing
